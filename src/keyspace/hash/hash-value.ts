/**
 * A hash: fields, their values, and when those fields expire that do. Small ones are an array, large ones a table; one
 * that has become large stays so. It knows nothing of time: a field whose expiry has passed is there until an effect
 * deletes it. Effects change it (`apply-hash-effect.ts`), nothing else.
 *
 * The order of the fields is no part of the content: it is that of their coming while the hash is small, and any later.
 * Do not change a hash while iterating over it; between two calls of `scan` is well.
 */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Collection } from '../collection.ts';
import { stringMemory } from '../memory.ts';
import { FieldExpiries } from './field-expiries.ts';
import { FieldTable } from './field-table.ts';
import type { HashEntry } from './fields.ts';
import { FrozenHash, type FieldImage } from './frozen-hash.ts';
import { SmallFields } from './small-fields.ts';

/** This object: nine words. */
const emptyMemory = 72;

export class HashValue implements Collection, Iterable<HashEntry> {
  #fields: SmallFields | FieldTable<FieldImage> = new SmallFields();
  #stringMemory = 0;
  /** Only where some field expires. */
  #expiries: FieldExpiries | undefined = undefined;
  #largestSize = 0;
  #longestLength = 0;
  #hasHadExpiry = false;

  get kind(): 'hash' {
    return 'hash';
  }

  get size(): number {
    return this.#fields.size;
  }

  get memory(): number {
    return emptyMemory + this.#fields.memory + this.#stringMemory + (this.#expiries?.memory ?? 0);
  }

  /** The most fields it has ever had. This and the next two are for `OBJECT ENCODING`: Valkey never converts back. */
  get largestSize(): number {
    return this.#largestSize;
  }

  /** The length of the longest field or value it has ever had. */
  get longestLength(): number {
    return this.#longestLength;
  }

  /** Whether the expiry of a field has ever been set. */
  get hasHadExpiry(): boolean {
    return this.#hasHadExpiry;
  }

  get(field: ByteString): ByteString | undefined {
    return this.#fields.get(field);
  }

  /**
   * Sets the value, and that the field does not expire.
   * @returns the value that was there
   */
  set(field: ByteString, value: ByteString): ByteString | undefined {
    this.#fields.beforeChange(field);
    this.#clearExpiry(field);
    const old = this.#fields.set(field, value);
    this.#stringMemory += stringMemory(value) - (old === undefined ? -stringMemory(field) : stringMemory(old));
    if (this.size > this.#fields.sizeMax) this.#fields = new FieldTable(this.#fields);
    if (this.size > this.#largestSize) this.#largestSize = this.size;
    if (field.length > this.#longestLength) this.#longestLength = field.length;
    if (value.length > this.#longestLength) this.#longestLength = value.length;
    return old;
  }

  /** @returns the value that was there */
  delete(field: ByteString): ByteString | undefined {
    this.#fields.beforeChange(field);
    this.#clearExpiry(field);
    const old = this.#fields.delete(field);
    if (old !== undefined) this.#stringMemory -= stringMemory(field) + stringMemory(old);
    return old;
  }

  /** When the field expires (milliseconds since 1970), if it does. */
  expiryOf(field: ByteString): number | undefined {
    return this.#expiries?.get(field);
  }

  /** @param field must exist */
  setExpiry(field: ByteString, expireAt: number | undefined): void {
    const stored = this.#fields.stored(field);
    if (stored === undefined) throw new Error(`expiry of a missing field: field=${JSON.stringify(field)}`);
    this.#fields.beforeChange(field);
    if (expireAt === undefined) {
      this.#clearExpiry(field);
      return;
    }
    this.#expiries ??= new FieldExpiries();
    this.#expiries.set(stored, expireAt);
    this.#hasHadExpiry = true;
  }

  /** How many fields expire. */
  get expiringCount(): number {
    return this.#expiries?.size ?? 0;
  }

  /** The field that expires first and when. */
  nextExpiry(): { readonly field: ByteString; readonly expireAt: number } | undefined {
    return this.#expiries?.first();
  }

  /** Fields that expire by this time, at most so many. */
  dueFields(now: number, countMax: number): readonly ByteString[] {
    return this.#expiries?.due(now, countMax) ?? [];
  }

  [Symbol.iterator](): Iterator<HashEntry> {
    return this.#fields[Symbol.iterator]();
  }

  /** Any field, all equally likely (`Dictionary.random`); `undefined` where there is none. */
  random(random: Random): HashEntry | undefined {
    return this.#fields.random(random);
  }

  /** See `Dictionary.scan`. A small hash is visited all at once. */
  scan(cursor: number, visit: (field: ByteString, value: ByteString) => void): number {
    return this.#fields.scan(cursor, visit);
  }

  clone(): HashValue {
    const clone = new HashValue();
    clone.#fields = this.#fields.clone();
    clone.#stringMemory = this.#stringMemory;
    clone.#expiries = this.#expiries?.clone();
    clone.#largestSize = this.#largestSize;
    clone.#longestLength = this.#longestLength;
    clone.#hasHadExpiry = this.#hasHadExpiry;
    return clone;
  }

  freeze(): FrozenHash {
    if (this.#fields instanceof SmallFields) {
      const [fields, expiries] = [this.#fields.clone(), this.#expiries?.clone()];
      return new FrozenHash(this.size, () => images(fields, expiries));
    }
    const frozen = this.#fields.freeze((field, value) => ({ field, value, expireAt: this.expiryOf(field) }));
    return new FrozenHash(
      this.size,
      () => frozen.images(),
      () => {
        frozen.release();
      },
    );
  }

  #clearExpiry(field: ByteString): void {
    this.#expiries?.delete(field);
    if (this.#expiries?.size === 0) this.#expiries = undefined;
  }
}

function* images(fields: SmallFields, expiries: FieldExpiries | undefined): Generator<FieldImage, void, undefined> {
  for (const [field, value] of fields) yield { field, value, expireAt: expiries?.get(field) };
}
