/** The syntax of a command's arguments, in the vocabulary of `COMMAND DOCS` (Valkey's `src/commands/*.json`). */
export interface Argument {
  readonly name: string;
  readonly type: 'key' | 'string' | 'integer' | 'double' | 'pattern' | 'unix-time' | 'pure-token' | 'oneof' | 'block';
  readonly displayText?: string;
  readonly token?: string;
  readonly keySpecIndex?: number;
  readonly optional?: boolean;
  readonly multiple?: boolean;
  readonly multipleToken?: boolean;
  readonly since?: string;
  readonly deprecatedSince?: string;
  readonly arguments?: readonly Argument[];
}
