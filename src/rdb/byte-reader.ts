/** Takes bytes and fixed numbers one after another out of a part of memory, and never anything behind its end. */
import { narrow } from '../resp/integer.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { Latin1Buffer } from '../resp/incoming.ts';
import { RdbFormatError, UnexpectedEnd } from './format-error.ts';
import { unlimitedMemory, type MemoryBudget } from './memory-budget.ts';

export class ByteReader {
  readonly #bytes: Latin1Buffer;
  #at = 0;
  /** What may be made of the bytes. */
  readonly memory: MemoryBudget;

  constructor(bytes: Uint8Array, memory = unlimitedMemory) {
    this.memory = memory;
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength) as Latin1Buffer;
  }

  /** How many bytes have been taken. */
  get at(): number {
    return this.#at;
  }

  get isAtEnd(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next byte, which stays. */
  peek(): number {
    return this.#bytes[this.#need(1)] as number;
  }

  byte(): number {
    return this.#bytes[this.#take(1)] as number;
  }

  /** The bytes themselves, not a copy. */
  bytes(count: number): Buffer {
    const at = this.#take(count);
    return this.#bytes.subarray(at, at + count);
  }

  text(length: number): ByteString {
    const at = this.#take(length);
    return this.#bytes.latin1Slice(at, at + length);
  }

  uint16(): number {
    return this.#bytes.readUInt16LE(this.#take(2));
  }

  uint32(): number {
    return this.#bytes.readUInt32LE(this.#take(4));
  }

  uint32BigEndian(): number {
    return this.#bytes.readUInt32BE(this.#take(4));
  }

  uint64BigEndian(): bigint {
    return this.#bytes.readBigUInt64BE(this.#take(8));
  }

  /** A signed integer of 1, 2, 3, 4 or 8 bytes. */
  integer(byteCount: number): number | bigint {
    const at = this.#take(byteCount);
    return byteCount === 8 ? narrow(this.#bytes.readBigInt64LE(at)) : this.#bytes.readIntLE(at, byteCount);
  }

  double(): number {
    return this.#bytes.readDoubleLE(this.#take(8));
  }

  /** Milliseconds since 1970. */
  time(): number {
    return clamp(this.integer(8));
  }

  /** @throws RdbFormatError where something is left */
  finish(what: string): void {
    if (!this.isAtEnd) throw new RdbFormatError(`${what} is followed by bytes that do not belong to it`);
  }

  #need(count: number): number {
    const missing = this.#at + count - this.#bytes.length;
    if (missing > 0) throw new UnexpectedEnd(this, missing);
    return this.#at;
  }

  #take(count: number): number {
    const at = this.#need(count);
    this.#at = at + count;
    return at;
  }
}

/** The nearest number that is exact: times and counters beyond it are ends of the world, not values. */
export function clamp(value: number | bigint): number {
  return Math.max(Number.MIN_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}
