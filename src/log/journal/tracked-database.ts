/**
 * A database in parts, by the hashes of its keys: which of them have changed since they were written last, and, while a
 * snapshot is being written, what the keys of parts that are not yet written held when it began.
 *
 * Invariant: `capture(part)` gives what `begin` found, whatever has happened since.
 */
import type { ByteString } from '../../resp/bytes.ts';
import type { ChangeObserver, Database, Entry } from '../../keyspace/database.ts';
import type { Value } from '../../keyspace/value.ts';
import type { PartReference } from './manifest.ts';

/** What a key held; `undefined`: it was missing. */
type PreImage = { readonly value: Value; readonly expireAt: number | undefined } | undefined;

export class TrackedDatabase implements ChangeObserver {
  readonly database: Database;
  readonly partCount: number;
  /** By part: where it was written last. */
  readonly references: (PartReference | undefined)[];
  /** By part: whether it is not what was written last. */
  #dirty: Uint8Array;
  /** By part, while a snapshot is being written: whether it is still to be written. */
  #todo: Uint8Array | undefined;
  readonly #preImages = new Map<number, Map<ByteString, PreImage>>();

  /** @param references where its parts were written; left out: nowhere */
  constructor(database: Database, partCount: number, references?: readonly PartReference[]) {
    this.database = database;
    this.partCount = partCount;
    this.references = references === undefined ? new Array<undefined>(partCount).fill(undefined) : [...references];
    this.#dirty = new Uint8Array(partCount).fill(references === undefined ? 1 : 0);
    database.observer = this;
  }

  beforeChange(key: ByteString, hash: number, entry: Entry | undefined): void {
    const part = hash & (this.partCount - 1);
    this.#dirty[part] = 1;
    if (this.#todo?.[part] !== 1) return;
    let images = this.#preImages.get(part);
    if (images === undefined) this.#preImages.set(part, (images = new Map<ByteString, PreImage>()));
    if (!images.has(key)) images.set(key, entry && { value: entry.value, expireAt: entry.expireAt });
  }

  /** Begins a snapshot of what there is now. @returns the parts that must be written */
  begin(): readonly number[] {
    this.#todo = this.#dirty;
    this.#dirty = new Uint8Array(this.partCount);
    return [...this.#todo.keys()].filter((part) => this.#todo?.[part] === 1);
  }

  /** Visits what this part held when the snapshot began, once. */
  capture(part: number, visit: (key: ByteString, value: Value, expireAt: number | undefined) => void): void {
    const images = this.#preImages.get(part);
    this.database.visitPart(part, this.partCount, ({ key, value, expireAt }) => {
      if (images?.has(key) !== true) visit(key, value, expireAt);
    });
    for (const [key, image] of images ?? []) if (image !== undefined) visit(key, image.value, image.expireAt);
    this.#preImages.delete(part);
    if (this.#todo !== undefined) this.#todo[part] = 2;
  }

  /** The snapshot has become the newest one. */
  succeed(): void {
    this.#todo = undefined;
    this.#preImages.clear();
  }

  /** Nothing that was written counts any more: another snapshot has taken the place, and the parts may be collected. */
  forget(): void {
    this.#dirty.fill(1);
    this.references.fill(undefined);
  }

  /** It has not: what was to be written, and what was written, is so still. */
  fail(): void {
    for (const [part, state] of this.#todo?.entries() ?? []) if (state > 0) this.#dirty[part] = 1;
    this.succeed();
  }
}
