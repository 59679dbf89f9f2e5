/**
 * What a database held when a snapshot began, while it goes on changing: of what changes before it is captured, it is
 * kept what was there. Into how many parts it is divided may be said later.
 *
 * Invariant: `capture(part)` gives what there was at the beginning, whatever has happened since.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { Database, Entry } from '../../keyspace/database.ts';
import type { Value } from '../../keyspace/value.ts';

/** What a key held; `undefined`: it was missing. */
type PreImage = { readonly value: Value; readonly expireAt: number | undefined } | undefined;

export class DatabaseImage {
  readonly #database: Database;
  /** By slot: the number of the record that had changed it last. */
  readonly #changedAt: Float64Array;
  /** By slot: whether what it held may still be captured. */
  readonly #isWanted: Uint8Array;
  readonly #preImages = new Map<number, Map<ByteString, PreImage>>();
  #partCount = 1;

  /** @param changedAt a power of two of them; is not copied */
  constructor(database: Database, changedAt: Float64Array) {
    this.#database = database;
    this.#changedAt = changedAt;
    this.#isWanted = new Uint8Array(changedAt.length).fill(1);
  }

  /** This is about to change. */
  keep(key: ByteString, hash: number, entry: Entry | undefined): void {
    const slot = this.#slotOf(hash);
    if (this.#isWanted[slot] === 0) return;
    let images = this.#preImages.get(slot);
    if (images === undefined) this.#preImages.set(slot, (images = new Map<ByteString, PreImage>()));
    if (!images.has(key)) images.set(key, entry && { value: entry.value, expireAt: entry.expireAt });
  }

  /**
   * Divides it into so many parts, at most as many as there are slots. Only parts that have changed after this record
   * can be captured from now on. @returns which these are
   */
  divide(partCount: number, number: number): readonly number[] {
    this.#partCount = partCount;
    const hasChanged = new Uint8Array(partCount);
    for (const [slot, changedAt] of this.#changedAt.entries())
      if (changedAt > number) hasChanged[slot & (partCount - 1)] = 1;
    const parts = [...hasChanged.keys()];
    for (const part of parts) if (hasChanged[part] === 0) this.#release(part);
    return parts.filter((part) => hasChanged[part] === 1);
  }

  /** Visits what this part held when the snapshot began, once. */
  capture(part: number, visit: (key: ByteString, value: Value, expireAt: number | undefined) => void): void {
    this.#database.visitPart(part, this.#partCount, ({ key, hash, value, expireAt }) => {
      if (this.#preImages.get(this.#slotOf(hash))?.has(key) !== true) visit(key, value, expireAt);
    });
    for (let slot = part; slot < this.#changedAt.length; slot += this.#partCount) {
      const images = this.#preImages.get(slot) ?? [];
      for (const [key, image] of images) if (image !== undefined) visit(key, image.value, image.expireAt);
    }
    this.#release(part);
  }

  #slotOf(hash: number): number {
    return hash & (this.#changedAt.length - 1);
  }

  #release(part: number): void {
    for (let slot = part; slot < this.#changedAt.length; slot += this.#partCount) {
      this.#isWanted[slot] = 0;
      this.#preImages.delete(slot);
    }
  }
}
