/**
 * A command's own refusal: thrown by `parse` and `execute`, turned into an error reply in one place. The texts are
 * Valkey's to the letter (`addReplyError` and `shared` of its `server.c`).
 */
import type { ByteString } from '../resp/bytes.ts';

export class CommandError extends Error {
  /** @param message with its code: `ERR syntax error` */
  constructor(message: string) {
    super(message);
    this.name = 'CommandError';
  }
}

export const syntaxError = 'ERR syntax error';
export const notAnInteger = 'ERR value is not an integer or out of range';
export const notAFloat = 'ERR value is not a valid float';
export const wrongType = 'WRONGTYPE Operation against a key holding the wrong kind of value';
export const noSuchKey = 'ERR no such key';
export const outOfMemory = "OOM command not allowed when used memory > 'maxmemory'.";
export const indexOutOfRange = 'ERR DB index is out of range';

/** As much of a word as an error may show: Valkey prints words as C strings, which end at the first zero byte. */
export function shown(word: string, lengthMax = Infinity): string {
  const end = word.indexOf('\0');
  return word.slice(0, Math.min(lengthMax, end < 0 ? lengthMax : end));
}

/** Valkey shows so much of what it does not know. */
export const shownLengthMax = 128;

/** Where a command has subcommands, but not this one with so many words. */
export function wrongSubcommand(name: string, word: ByteString): string {
  return `ERR unknown subcommand or wrong number of arguments for '${shown(word, shownLengthMax)}'. Try ${name} HELP.`;
}

export function wrongArity(fullName: string): string {
  return `ERR wrong number of arguments for '${fullName}' command`;
}
