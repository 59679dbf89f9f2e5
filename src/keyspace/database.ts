/**
 * One database: keys, values and expiries. It knows nothing of time: a key whose expiry has passed is there until an
 * effect deletes it (`View` sees to that). Only `Keyspace` changes it.
 */
import type { Random } from '../environment/environment.ts';
import type { ByteString } from '../resp/bytes.ts';
import { Dictionary, hashOf, type DictionaryNode } from './dictionary.ts';
import { removesByName, type ElementEffect } from './effect.ts';
import { applyElementEffect, newCollectionFor } from './elements.ts';
import { ExpiryQueue } from './expiry-queue.ts';
import { HashValue } from './hash/hash-value.ts';
import type { Inverse, KeyImage } from './inverse.ts';
import { entryMemory, expiryMemory, memoryOf, stringMemory, valueMemory } from './memory.ts';
import type { Value } from './value.ts';

/** A key and what it holds. Owned by the database: read it, do not keep or change it. */
export class Entry implements DictionaryNode<Entry> {
  readonly key: ByteString;
  readonly hash: number;
  next: Entry | undefined = undefined;
  value: Value;
  /** Milliseconds since 1970. */
  expireAt: number | undefined = undefined;
  /** By the node's access clock: a fact about this node, neither committed nor rolled back. */
  accessedAtSeconds: number;

  constructor(key: ByteString, hash: number, value: Value, accessedAtSeconds: number) {
    this.key = key;
    this.hash = hash;
    this.value = value;
    this.accessedAtSeconds = accessedAtSeconds;
  }
}

/** Is told before anything of a key changes: snapshots hang on this. */
export interface ChangeObserver {
  beforeChange(key: ByteString, hash: number, entry: Entry | undefined): void;
  /** The database gets another number. */
  beforeMove(): void;
}

/** Seconds since 1970, as of the last command: what `OBJECT IDLETIME` counts from. */
export interface AccessClock {
  seconds: number;
}

export class Database {
  observer: ChangeObserver | undefined;
  readonly #accessClock: AccessClock;
  readonly #entries = new Dictionary<Entry>();
  #expiringCount = 0;
  #memory = 0;
  readonly #expiries = new ExpiryQueue(
    (key) => this.#entries.find(key)?.expireAt,
    () => this.#expiringCount,
  );
  #fieldExpiringCount = 0;
  /** By the field of a hash that expires first. */
  readonly #fieldExpiries = new ExpiryQueue(
    (key) => firstFieldExpiry(this.#entries.find(key)?.value),
    () => this.#fieldExpiringCount,
  );

  constructor(accessClock: AccessClock) {
    this.#accessClock = accessClock;
  }

  get size(): number {
    return this.#entries.size;
  }

  /** How many keys have an expiry. */
  get expiringCount(): number {
    return this.#expiringCount;
  }

  /** How many keys hold hashes of which fields expire. */
  get fieldExpiringCount(): number {
    return this.#fieldExpiringCount;
  }

  /** What keys and values take, in bytes (`memory.ts`). */
  get memory(): number {
    return this.#memory;
  }

  find(key: ByteString): Entry | undefined {
    return this.#entries.find(key);
  }

  entries(): Iterable<Entry> {
    return this.#entries;
  }

  /** See `Dictionary.visitPart`. */
  visitPart(part: number, partCount: number, visit: (entry: Entry) => void): void {
    this.#entries.visitPart(part, partCount, visit);
  }

  /** See `Dictionary.scan`. */
  scan(cursor: number, visit: (entry: Entry) => void): number {
    return this.#entries.scan(cursor, visit);
  }

  random(random: Random): Entry | undefined {
    return this.#entries.random(random);
  }

  /** The key that expires first and when. */
  nextExpiry(): { readonly key: ByteString; readonly expireAt: number } | undefined {
    return this.#expiringCount === 0 ? undefined : this.#expiries.peek();
  }

  /** The hash of which a field expires first and when. */
  nextFieldExpiry(): { readonly key: ByteString; readonly expireAt: number } | undefined {
    return this.#fieldExpiringCount === 0 ? undefined : this.#fieldExpiries.peek();
  }

  imageOf(db: number, key: ByteString): KeyImage {
    const entry = this.#entries.find(key);
    return { kind: 'key', db, key, value: entry?.value, expireAt: entry?.expireAt };
  }

  restore(image: KeyImage): void {
    if (image.value === undefined) {
      this.delete(image.key);
      return;
    }
    this.setValue(image.key, image.value);
    this.setExpiry(image.key, image.expireAt);
  }

  /** Sets the value and keeps the expiry. */
  setValue(key: ByteString, value: Value): void {
    const hash = hashOf(key);
    const entry = this.#entries.find(key, hash);
    const { seconds } = this.#accessClock;
    this.observer?.beforeChange(key, hash, entry);
    if (entry === undefined) {
      this.#insert(new Entry(key, hash, value, seconds));
    } else {
      this.#memory += valueMemory(value) - valueMemory(entry.value);
      this.#noteFieldExpiry(key, firstFieldExpiry(entry.value), firstFieldExpiry(value));
      entry.value = value;
      entry.accessedAtSeconds = seconds;
    }
  }

  #insert(entry: Entry): void {
    const { key, value } = entry;
    this.#entries.insert(entry);
    this.#memory += entryMemory + stringMemory(key) + valueMemory(value);
    this.#noteFieldExpiry(key, undefined, firstFieldExpiry(value));
  }

  /**
   * Adds to a collection, which is made where there is none, or takes out of one, which is deleted with its last element.
   * @param inverses takes what undoes it, if it is applied last first
   */
  changeElements(effect: ElementEffect, inverses: Inverse[] | undefined): void {
    const { key } = effect;
    const hash = hashOf(key);
    let entry = this.#entries.find(key, hash);
    this.observer?.beforeChange(key, hash, entry);
    const { seconds } = this.#accessClock;
    if (entry === undefined) {
      const value = newCollectionFor(effect);
      // What is not there need not be removed: the piece before may have taken the last element.
      if (value === undefined && removesByName(effect)) return;
      if (value === undefined) throw new Error(`effect on a missing key: kind=${effect.kind}`);
      entry = new Entry(key, hash, value, seconds);
      this.#insert(entry);
    }
    const { value } = entry;
    const [memory, fieldExpiry] = [valueMemory(value), firstFieldExpiry(value)];
    // The inverses of effects on elements are such effects, and are among the others.
    applyElementEffect(value, effect, inverses as ElementEffect[] | undefined);
    entry.accessedAtSeconds = seconds;
    this.#memory += valueMemory(value) - memory;
    if (value instanceof HashValue) this.#noteFieldExpiry(key, fieldExpiry, firstFieldExpiry(value));
    if (typeof value === 'string' || value.size > 0) return;
    inverses?.push(this.imageOf(effect.db, key));
    this.delete(key);
  }

  writeString(key: ByteString, offset: number, bytes: ByteString): void {
    const old = this.#entries.find(key)?.value ?? '';
    if (typeof old !== 'string') throw new Error(`effect on a key of another type: kind=writeString type=${old.kind}`);
    const gap = offset > old.length ? '\0'.repeat(offset - old.length) : '';
    this.setValue(key, old.slice(0, offset) + gap + bytes + old.slice(offset + bytes.length));
  }

  setExpiry(key: ByteString, expireAt: number | undefined): void {
    const entry = this.#entries.find(key);
    if (entry === undefined) throw new Error('effect on a missing key: kind=setExpiry');
    if (entry.expireAt === expireAt) return;
    this.observer?.beforeChange(key, entry.hash, entry);
    if (entry.expireAt !== undefined) this.#countExpiring(-1);
    entry.expireAt = expireAt;
    if (expireAt === undefined) return;
    this.#countExpiring(1);
    this.#expiries.push(key, expireAt);
  }

  delete(key: ByteString): void {
    if (this.observer !== undefined) this.observer.beforeChange(key, hashOf(key), this.#entries.find(key));
    const entry = this.#entries.remove(key);
    if (entry === undefined) return;
    this.#memory -= memoryOf(entry);
    if (entry.expireAt !== undefined) this.#expiringCount--;
    this.#noteFieldExpiry(key, firstFieldExpiry(entry.value), undefined);
  }

  /** When the first field of the hash at this key expires has changed. */
  #noteFieldExpiry(key: ByteString, before: number | undefined, after: number | undefined): void {
    if (before === after) return;
    if (before !== undefined) this.#fieldExpiringCount--;
    if (after === undefined) return;
    this.#fieldExpiringCount++;
    this.#fieldExpiries.push(key, after);
  }

  #countExpiring(change: 1 | -1): void {
    this.#expiringCount += change;
    this.#memory += change * expiryMemory;
  }
}

function firstFieldExpiry(value: Value | undefined): number | undefined {
  return value instanceof HashValue ? value.nextExpiry()?.expireAt : undefined;
}
