/**
 * Byte strings. Keys, values and arguments are binary: every byte is allowed. They are held as JavaScript strings
 * with one character per byte (0-255), which V8 stores in one byte each: half the memory of a small Buffer's header
 * alone, hashable, comparable and sliceable without a copy. Only the borders (sockets, JSON, logs) convert.
 */
export type ByteString = string;

/** The longest byte string that can be held: V8's limit for a string, 24 bytes below Valkey's 512 MiB. */
export const byteStringLengthMax = 536_870_888;

/** The bytes of a byte string. */
export function toBuffer(bytes: ByteString): Buffer {
  return Buffer.from(bytes, 'latin1');
}

/** A byte string of these bytes. */
export function fromBuffer(buffer: Uint8Array): ByteString {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength).toString('latin1');
}

// eslint-disable-next-line no-control-regex -- the range is the point
const ascii = /^[\x00-\x7f]*$/;

/** Whether a text is the byte string of its UTF-8 bytes as it is. */
export function isAscii(text: string): boolean {
  return ascii.test(text);
}

/** The UTF-8 bytes of a text, as a byte string. */
export function fromText(text: string): ByteString {
  return ascii.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text that these bytes are in UTF-8, or `undefined` where they are not valid UTF-8. */
export function toText(bytes: ByteString): string | undefined {
  return ascii.test(bytes) ? bytes : decodeText(toBuffer(bytes));
}

/** The same of a buffer. */
export function decodeText(buffer: Uint8Array): string | undefined {
  try {
    return strictDecoder.decode(buffer);
  } catch {
    return undefined;
  }
}
