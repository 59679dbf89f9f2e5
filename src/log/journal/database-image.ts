/**
 * What a database held when a snapshot began, while it goes on changing: of what changes before it is captured, it is
 * kept what was there. Into how many parts it is divided may be said later.
 *
 * Invariant: `capture(part)` gives what there was at the beginning, whatever has happened since.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { Database, Entry } from '../../keyspace/database.ts';
import type { EntryImage } from './pieces.ts';

/** What a key held; `undefined`: it was missing. */
type PreImage = EntryImage | undefined;

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
    if (!images.has(key)) images.set(key, entry && imageOf(entry));
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

  /** What this part held when the snapshot began, once. Whoever asks releases the collections (`release`). */
  capture(part: number): readonly EntryImage[] {
    const captured: EntryImage[] = [];
    this.#database.visitPart(part, this.#partCount, (entry) => {
      if (this.#preImages.get(this.#slotOf(entry.hash))?.has(entry.key) !== true) captured.push(imageOf(entry));
    });
    for (let slot = part; slot < this.#changedAt.length; slot += this.#partCount) {
      for (const image of this.#preImages.get(slot)?.values() ?? []) if (image !== undefined) captured.push(image);
      this.#preImages.delete(slot);
    }
    this.#release(part);
    return captured;
  }

  /** Nothing more is captured. */
  discard(): void {
    for (let part = 0; part < this.#partCount; part++) this.#release(part);
  }

  #slotOf(hash: number): number {
    return hash & (this.#changedAt.length - 1);
  }

  #release(part: number): void {
    for (let slot = part; slot < this.#changedAt.length; slot += this.#partCount) {
      this.#isWanted[slot] = 0;
      for (const image of this.#preImages.get(slot)?.values() ?? []) release(image);
      this.#preImages.delete(slot);
    }
  }
}

/** Collections go on changing. */
function imageOf({ key, value, expireAt }: Entry): EntryImage {
  return { key, value: typeof value === 'string' ? value : value.freeze(), expireAt };
}

export function release(image: EntryImage | undefined): void {
  if (image !== undefined && typeof image.value !== 'string') image.value.release();
}
