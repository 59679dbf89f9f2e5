/**
 * The bytes that have arrived on a connection and are not parsed yet: what the parsers of requests and replies share.
 *
 * Ownership: bytes are read straight out of the chunk that was pushed, which must not change until all of it is
 * consumed or `detach` has been called; then the chunk may be used again, as one read buffer for all sockets is.
 *
 * Cost: linear, however the stream is cut. What is left of a chunk is copied into a buffer that grows by doubling, so
 * that a byte is moved a bounded number of times; the search for the end of a line goes on where it stopped; a long
 * bulk string that spans chunks is decoded in pieces, which are joined once. Nothing is allocated for a length that
 * was only announced, and no more than about twice what has arrived is held.
 */
import type { ByteString } from './bytes.ts';

/** Node's fast path behind `toString('latin1')`, which its types do not mention. */
export type Latin1Buffer = Buffer & { latin1Slice(start: number, end: number): ByteString };

/** A part of a bulk string is decoded when so much of it has arrived; less is cheaper to copy once more. */
const pieceBytesMin = 32 * 1024;

/**
 * Calling out of JavaScript for a word costs several times what cutting it out of a longer string does. V8 copies a
 * cut of at most 12 characters; a longer one would keep the string alive that it was cut from.
 */
export const cutLengthMax = 12;
const windowBytes = 4096;

/** `Incoming.lineEnd`: the end has not arrived. */
export const lineUnfinished = -1;
/** `Incoming.lineEnd`: there is no end within the allowed length. */
export const lineTooLong = -2;

const empty = Buffer.alloc(0) as Latin1Buffer;

export class Incoming {
  /** The bytes from `at` up to `end` are what has arrived. Parsers move `at` by `consume` or by one of the readers. */
  chunk: Latin1Buffer = empty;
  at = 0;
  end = 0;
  /** Whether the chunk is ours, to be appended to. */
  #owned = false;
  /** Bytes behind `at` that are known to hold no end of a line. */
  #scanned = 0;
  #pieces: ByteString[] = [];
  #piecesBytes = 0;
  /** The bytes from `#windowStart` on as a string, to cut short words from. */
  #window: ByteString = '';
  #windowStart = 0;

  /** Bytes that have arrived and are not consumed. */
  get bytes(): number {
    return this.end - this.at + this.#piecesBytes;
  }

  push(chunk: Uint8Array): void {
    if (this.at === this.end) {
      const { buffer, byteOffset, byteLength } = chunk;
      this.chunk = (Buffer.isBuffer(chunk) ? chunk : Buffer.from(buffer, byteOffset, byteLength)) as Latin1Buffer;
      this.at = 0;
      this.end = byteLength;
      this.#owned = false;
    } else {
      this.#reserve(chunk.length);
      this.chunk.set(chunk, this.end);
      this.end += chunk.length;
    }
    this.#window = '';
  }

  /** Gives the chunk back to whoever pushed it: what is left of it is copied. */
  detach(): void {
    if (this.at === this.end) this.clear();
    else if (!this.#owned) this.#reserve(0);
  }

  /** Forgets what has arrived, but for the parts of an unfinished bulk string. */
  clear(): void {
    this.chunk = empty;
    this.at = this.end = this.#scanned = 0;
    this.#owned = false;
    this.#window = '';
  }

  consume(count: number): void {
    this.at += count;
    this.#scanned = 0;
  }

  /**
   * Where the line's `terminator` stands, if it stands within `lengthMax` bytes. With `stopAtNul` a NUL hides what
   * follows it, as it does from C's `strchr`.
   */
  lineEnd(terminator: number, lengthMax: number, stopAtNul: boolean): number {
    const limit = Math.min(this.end, this.at + lengthMax + 1);
    let at = this.at + this.#scanned;
    for (; at < limit; at++) {
      const byte = this.chunk[at];
      if (byte === terminator) return at;
      if (byte === 0 && stopAtNul) break;
    }
    this.#scanned = at - this.at;
    return this.end - this.at > lengthMax ? lineTooLong : lineUnfinished;
  }

  /**
   * Consumes `3\r\n` behind the line's first byte and answers 3, where that has arrived and is a natural number of at
   * most nine digits in its canonical form. Otherwise it consumes nothing and answers -1: anything may be the case.
   */
  quickLength(): number {
    const { chunk, end } = this;
    const start = this.at + 1;
    const limit = Math.min(end - 1, start + 9);
    let at = start;
    let value = 0;
    for (; at < limit; at++) {
      const digit = (chunk[at] as number) - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    if (at === start || at >= end - 1 || chunk[at] !== 13 || chunk[at + 1] !== 10) return -1;
    if (chunk[start] === 48 && at > start + 1) return -1;
    this.consume(at + 2 - this.at);
    return value;
  }

  /** A byte string of these bytes. */
  slice(start: number, end: number): ByteString {
    if (end - start > cutLengthMax) return this.chunk.latin1Slice(start, end);
    const windowEnd = this.#windowStart + this.#window.length;
    if (this.#window === '' || start < this.#windowStart || end > windowEnd) {
      this.#windowStart = start;
      this.#window = this.chunk.latin1Slice(start, Math.min(this.end, start + windowBytes));
    }
    return this.#window.substring(start - this.#windowStart, end - this.#windowStart);
  }

  /** Consumes a bulk string of this length and the two bytes behind it; `undefined`: they have not all arrived. */
  bulk(length: number): ByteString | undefined {
    const { at } = this;
    const available = this.end - at;
    const left = length - this.#piecesBytes;
    if (available < left + 2) {
      if (available >= pieceBytesMin) this.#take(Math.min(available, left));
      return undefined;
    }
    this.consume(left + 2);
    if (this.#piecesBytes === 0) return this.slice(at, at + left);
    this.#pieces.push(this.chunk.latin1Slice(at, at + left));
    const joined = this.#pieces.join('');
    this.dropPieces();
    return joined;
  }

  dropPieces(): void {
    this.#pieces = [];
    this.#piecesBytes = 0;
  }

  #take(count: number): void {
    if (count === 0) return;
    this.#pieces.push(this.chunk.latin1Slice(this.at, this.at + count));
    this.#piecesBytes += count;
    this.consume(count);
  }

  /** Makes the chunk ours, with room for so many bytes behind its end. */
  #reserve(count: number): void {
    const { chunk, at, end } = this;
    const size = end - at;
    if (this.#owned && chunk.length - end >= count) return;
    if (this.#owned && chunk.length - size >= count && at >= size) {
      chunk.copyWithin(0, at, end);
    } else {
      const capacity = this.#owned ? Math.max(size + count, 2 * size) : size + count;
      this.chunk = Buffer.allocUnsafe(capacity) as Latin1Buffer;
      chunk.copy(this.chunk, 0, at, end);
      this.#owned = true;
    }
    this.at = 0;
    this.end = size;
    this.#window = '';
  }
}
