/** A history that cannot be read or makes no sense: what is wrong, and where. */
export class HistoryError extends Error {
  /** Of the text, the first is 1; `undefined`: the history did not come from a text, or it is not about one line. */
  readonly line: number | undefined;

  constructor(message: string, line?: number) {
    super(line === undefined ? message : `line ${line}: ${message}`);
    this.name = 'HistoryError';
    this.line = line;
  }
}
