/** What a client sends: a command as an array of bulk strings. */
import type { ByteString } from './bytes.ts';

export function encodeRequest(words: readonly ByteString[]): ByteString {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}
