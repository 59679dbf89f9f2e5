/**
 * Recognises short words that come again and again, such as the names of commands, without making a new string for
 * each: a direct-mapped cache from a hash of the bytes to the string. Bounded, and never wrong: the bytes are compared.
 */
import type { ByteString } from './bytes.ts';

const slots = 256;
const lengthMax = 16;

export class WordCache {
  readonly #words: ByteString[] = new Array<ByteString>(slots).fill('');

  /** The byte string of these bytes. */
  word(
    buffer: Buffer & { latin1Slice(start: number, end: number): string },
    start: number,
    length: number,
  ): ByteString {
    if (length > lengthMax) return buffer.latin1Slice(start, start + length);
    let hash = length;
    for (let i = start; i < start + length; i++) hash = (Math.imul(hash, 31) + (buffer[i] as number)) | 0;
    const slot = hash & (slots - 1);
    const known = this.#words[slot] as ByteString;
    if (known.length === length && equals(known, buffer, start)) return known;
    return (this.#words[slot] = buffer.latin1Slice(start, start + length));
  }
}

function equals(word: ByteString, buffer: Buffer, start: number): boolean {
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== buffer[start + i]) return false;
  return true;
}
