/**
 * Who wants to know that a key has been touched. `WATCH` places a watch; an effect on the key trips it. Where the effect
 * is recorded, so is the watch that it was the first to trip, and a rollback lets that watch again: a transaction whose
 * round meets a conflict would otherwise be aborted by its own first attempt.
 */
import type { ByteString } from '../resp/bytes.ts';

export interface Watch {
  readonly db: number;
  readonly key: ByteString;
  tripped: boolean;
}

/** Is told of every touch, and of what a rollback brings back: blocked clients hang on this. */
export interface TouchObserver {
  touch(db: number, key: ByteString): void;
  /** All keys of a database for which this holds. */
  touchWhere(db: number, isTouched: (key: ByteString) => boolean): void;
}

export class Watches {
  /** Left out while it has nothing to wait for. */
  observer: TouchObserver | undefined;
  readonly #byDatabase = new Map<number, Map<ByteString, Set<Watch>>>();
  #tripped: Watch[] | undefined;

  /** How many are placed. */
  get size(): number {
    let size = 0;
    for (const byKey of this.#byDatabase.values()) for (const watches of byKey.values()) size += watches.size;
    return size;
  }

  /** Notes here, from now on, the watches that are tripped; `undefined`: nowhere. */
  noteTripped(tripped: Watch[] | undefined): void {
    this.#tripped = tripped;
  }

  place(db: number, key: ByteString): Watch {
    const watch: Watch = { db, key, tripped: false };
    let byKey = this.#byDatabase.get(db);
    if (byKey === undefined) this.#byDatabase.set(db, (byKey = new Map<ByteString, Set<Watch>>()));
    const watches = byKey.get(key);
    if (watches === undefined) byKey.set(key, new Set([watch]));
    else watches.add(watch);
    return watch;
  }

  remove(watch: Watch): void {
    const byKey = this.#byDatabase.get(watch.db);
    const watches = byKey?.get(watch.key);
    if (byKey === undefined || watches === undefined) return;
    watches.delete(watch);
    if (watches.size === 0) byKey.delete(watch.key);
    if (byKey.size === 0) this.#byDatabase.delete(watch.db);
  }

  touch(db: number, key: ByteString): void {
    this.observer?.touch(db, key);
    if (this.#byDatabase.size === 0) return;
    this.#trip(this.#byDatabase.get(db)?.get(key));
  }

  /** Touches all keys of a database for which this holds. */
  touchWhere(db: number, isTouched: (key: ByteString) => boolean): void {
    this.observer?.touchWhere(db, isTouched);
    for (const [key, watches] of this.#byDatabase.get(db) ?? []) if (isTouched(key)) this.#trip(watches);
  }

  #trip(watches: Iterable<Watch> | undefined): void {
    if (watches === undefined) return;
    for (const watch of watches) {
      if (watch.tripped) continue;
      watch.tripped = true;
      this.#tripped?.push(watch);
    }
  }
}
