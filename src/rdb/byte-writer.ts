/** Bytes and fixed numbers one behind another, in memory that grows by doubling. */
import { byteStringLengthMax, type ByteString } from '../resp/bytes.ts';

/** What is written would be longer than a byte string can be. */
export class TooLong extends Error {}

export class ByteWriter {
  #bytes = Buffer.allocUnsafe(256);
  #length = 0;

  /** What has been written; of no use any more when more is. */
  get bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  get length(): number {
    return this.#length;
  }

  byte(value: number): void {
    // Not in one go: what is reserved may be in another buffer.
    const at = this.#reserve(1);
    this.#bytes[at] = value;
  }

  append(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  text(text: ByteString): void {
    const at = this.#reserve(text.length);
    this.#bytes.write(text, at, 'latin1');
  }

  uint16(value: number): void {
    const at = this.#reserve(2);
    this.#bytes.writeUInt16LE(value, at);
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32LE(value, at);
  }

  uint32BigEndian(value: number): void {
    const at = this.#reserve(4);
    this.#bytes.writeUInt32BE(value, at);
  }

  uint64BigEndian(value: bigint): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigUInt64BE(value, at);
  }

  /** A signed integer of 1, 2, 3 or 4 bytes. */
  integer(value: number, byteCount: number): void {
    const at = this.#reserve(byteCount);
    this.#bytes.writeIntLE(value, at, byteCount);
  }

  int64(value: bigint): void {
    const at = this.#reserve(8);
    this.#bytes.writeBigInt64LE(value, at);
  }

  double(value: number): void {
    const at = this.#reserve(8);
    this.#bytes.writeDoubleLE(value, at);
  }

  /** Milliseconds since 1970. */
  time(value: number): void {
    this.int64(BigInt(value));
  }

  #reserve(count: number): number {
    const at = this.#length;
    const length = at + count;
    if (length > this.#bytes.length) this.#grow(length);
    this.#length = length;
    return at;
  }

  #grow(length: number): void {
    if (length > byteStringLengthMax) throw new TooLong();
    const bytes = Buffer.allocUnsafe(Math.min(byteStringLengthMax, 2 * length));
    this.#bytes.copy(bytes, 0, 0, this.#length);
    this.#bytes = bytes;
  }
}
