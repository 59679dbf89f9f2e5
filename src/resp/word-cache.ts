/**
 * Recognises short words that come again and again, such as the names of commands, without making a new string for
 * each: a direct-mapped cache from a hash of the bytes to the string, which then also keeps its own hash for the
 * look-up in the command table. Bounded, and never wrong: the bytes are compared.
 */
import type { ByteString } from './bytes.ts';
import type { Latin1Buffer } from './incoming.ts';

/** More than there are names of commands in upper and lower case. */
const slots = 1024;

export class WordCache {
  static readonly lengthMax = 16;
  readonly #words: ByteString[] = new Array<ByteString>(slots).fill('');

  /** The byte string of these bytes, at most `lengthMax`. */
  word(buffer: Latin1Buffer, start: number, length: number): ByteString {
    const end = start + length;
    let hash = length;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (buffer[at] as number)) | 0;
    const slot = hash & (slots - 1);
    const known = this.#words[slot] as ByteString;
    if (known.length === length && equals(known, buffer, start)) return known;
    return (this.#words[slot] = buffer.latin1Slice(start, end));
  }
}

function equals(word: ByteString, buffer: Buffer, start: number): boolean {
  for (let at = 0; at < word.length; at++) if (word.charCodeAt(at) !== buffer[start + at]) return false;
  return true;
}
