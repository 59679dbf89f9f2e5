/**
 * Knows of each part of a database which record has changed it last, so that a snapshot can go on from any earlier one,
 * whoever wrote that: a part is what it was at record N if nothing of it has changed since. Kept by slots of hashes,
 * more than there are parts, as how many parts there will be is said only by the snapshot that is gone on from.
 *
 * Invariant: since the keyspace was what the log is up to the record of a slot, no key of that slot has changed. What is
 * not certain counts as a change: one that is rolled back, and that it is rolled back. A change whose record has no
 * number yet is later than all records.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { ChangeObserver, Database, Entry } from '../../keyspace/database.ts';
import { DatabaseImage } from './database-image.ts';

/** Of the smallest database; a power of two. They take 8 KB. */
const slotCountMin = 1024;

export class TrackedDatabase implements ChangeObserver {
  readonly database: Database;
  /** By slot: the number of the record that has changed it last. */
  #changedAt: Float64Array;
  /** Slots that have changed since the last record. */
  #unnumbered: number[] = [];
  /** While a snapshot is being written. */
  #image: DatabaseImage | undefined;

  /**
   * All of it counts as changed.
   * @param partCountMax it may be divided into so many parts
   */
  constructor(database: Database, partCountMax = 1) {
    this.database = database;
    this.#changedAt = new Float64Array(Math.max(slotCountMin, partCountMax));
    this.beforeMove();
    database.observer = this;
  }

  beforeChange(key: ByteString, hash: number, entry: Entry | undefined): void {
    const slot = hash & (this.#changedAt.length - 1);
    if (this.#changedAt[slot] !== Infinity) {
      this.#changedAt[slot] = Infinity;
      this.#unnumbered.push(slot);
    }
    this.#image?.keep(key, hash, entry);
  }

  beforeMove(): void {
    this.#changedAt.fill(Infinity);
    this.#unnumbered = [...this.#changedAt.keys()];
  }

  /** The keyspace is now what the log is up to this record. */
  noteRecord(number: number): void {
    if (this.#unnumbered.length === 0) return;
    for (const slot of this.#unnumbered) this.#changedAt[slot] = number;
    this.#unnumbered = [];
  }

  /**
   * Begins a snapshot of what there is now, right after `noteRecord`.
   * @param partCountMax it may be divided into so many parts
   */
  begin(partCountMax: number): DatabaseImage {
    this.#refine(partCountMax);
    this.#image = new DatabaseImage(this.database, this.#changedAt.slice());
    return this.#image;
  }

  /** What there was when the snapshot began is not asked for any more. */
  end(): void {
    this.#image?.discard();
    this.#image = undefined;
  }

  /** Each of the new slots has changed when the one that it was a part of did, or before. */
  #refine(slotCount: number): void {
    const before = this.#changedAt;
    if (slotCount <= before.length) return;
    this.#changedAt = Float64Array.from(
      { length: slotCount },
      (_, slot) => before[slot & (before.length - 1)] as number,
    );
    this.#unnumbered = [...this.#changedAt.keys()].filter((slot) => this.#changedAt[slot] === Infinity);
  }
}
