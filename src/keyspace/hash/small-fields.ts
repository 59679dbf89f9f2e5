/**
 * The fields of a small hash: one array `[field, value, field, value, …]` in the order in which they came, as in
 * Valkey's listpack. A change of its length replaces the array, so that it never has room to spare: that would be more
 * than the fields themselves take in the hashes of a few fields that most databases are made of.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Fields, HashEntry } from './fields.ts';

/** Up to here a linear search takes no longer than a look-up in a table (about two nanoseconds a field). */
export const smallFieldsMax = 64;
/** This object, the array and its elements' header. */
const emptyMemory = 80;
const fieldMemory = 16;

const none: ByteString[] = [];

export class SmallFields implements Fields {
  #pairs = none;

  get size(): number {
    return this.#pairs.length / 2;
  }

  get sizeMax(): number {
    return smallFieldsMax;
  }

  get memory(): number {
    return emptyMemory + this.size * fieldMemory;
  }

  get(field: ByteString): ByteString | undefined {
    const at = this.#indexOf(field);
    return at < 0 ? undefined : this.#pairs[at + 1];
  }

  stored(field: ByteString): ByteString | undefined {
    const at = this.#indexOf(field);
    return at < 0 ? undefined : this.#pairs[at];
  }

  beforeChange(): void {
    // Whoever freezes a small hash copies it.
  }

  set(field: ByteString, value: ByteString): ByteString | undefined {
    const at = this.#indexOf(field);
    if (at < 0) {
      this.#pairs = this.#pairs.toSpliced(this.#pairs.length, 0, field, value);
      return undefined;
    }
    const old = this.#pairs[at + 1];
    this.#pairs[at + 1] = value;
    return old;
  }

  delete(field: ByteString): ByteString | undefined {
    const at = this.#indexOf(field);
    if (at < 0) return undefined;
    const old = this.#pairs[at + 1];
    this.#pairs = this.#pairs.toSpliced(at, 2);
    return old;
  }

  *[Symbol.iterator](): Generator<HashEntry, void, undefined> {
    for (let i = 0; i < this.#pairs.length; i += 2) yield this.#entry(i);
  }

  random(random: Random): HashEntry | undefined {
    return this.size === 0 ? undefined : this.#entry((random.uint32() % this.size) * 2);
  }

  /** All at once: a small hash may become a table before the next call. */
  scan(_cursor: number, visit: (field: ByteString, value: ByteString) => void): number {
    for (const [field, value] of this) visit(field, value);
    return 0;
  }

  clone(): SmallFields {
    const clone = new SmallFields();
    clone.#pairs = this.#pairs.slice();
    return clone;
  }

  #entry(at: number): HashEntry {
    return [this.#pairs[at] as ByteString, this.#pairs[at + 1] as ByteString];
  }

  #indexOf(field: ByteString): number {
    const pairs = this.#pairs;
    for (let i = 0; i < pairs.length; i += 2) if (pairs[i] === field) return i;
    return -1;
  }
}
