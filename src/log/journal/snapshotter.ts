/**
 * Writes snapshots while commands go on. One begins right behind a commit, when the keyspace is just what the log will be
 * up to that record, and counts only if that record is committed. Nobody locks anything: whoever swaps the head in first
 * has written the snapshot; the other has wasted some bytes.
 */
import type { Database } from '../../keyspace/database.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { SnapshotStatistics } from '../log.ts';
import type { Head } from './head.ts';
import type { Heads } from './heads.ts';
import { lengthOf, type Manifest } from './manifest.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import { SnapshotRun, type SnapshotPoint } from './snapshot-run.ts';
import { TrackedDatabase } from './tracked-database.ts';

export interface SnapshotLimits {
  /** Records since the last snapshot after which another is due. */
  readonly recordsMax: number;
  /** The same in bytes of records, at least so many, and this share of the snapshot. */
  readonly bytesMin: number;
  readonly ratio: number;
  /** About how long a part is, as JSON. */
  readonly partLength: number;
}

export const snapshotLimitsDefault: SnapshotLimits = {
  recordsMax: 10_000,
  bytesMin: 1 << 20,
  ratio: 0.5,
  partLength: 1 << 18,
};

/** A snapshot that is being loaded into a keyspace. */
export interface LoadedSnapshot {
  readonly name: string;
  readonly tracked: readonly TrackedEntry[];
  /** Of the snapshot, as JSON. */
  readonly length: number;
}

interface TrackedEntry {
  readonly tracked: TrackedDatabase;
  readonly db: number;
}

/** The keyspace is what this snapshot says: from now on it is noted what changes. */
export function track(name: string, manifest: Manifest, keyspace: Keyspace, ownDatabase: string): LoadedSnapshot {
  const { database, databases } = manifest;
  // The parts of another database are not named in a snapshot of this one: from its first on a branch has its own.
  const own = database === ownDatabase ? databases : [];
  const tracked = own.map(({ db, parts }) => ({
    tracked: new TrackedDatabase(keyspace.database(db), parts.length, parts),
    db,
  }));
  return { name, tracked, length: lengthOf(databases) };
}

interface SnapshotterOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly slices: Slices;
  readonly name: string;
  readonly graceMs: number;
  /** `undefined`: as the head says. */
  readonly retainMs: number | undefined;
  readonly limits: SnapshotLimits;
  /** A new head is in place. */
  readonly onSwapped: (head: Head) => void;
}

/** When one is due, a node begins it at one of so many commits, so that not all begin at once. */
const beginAtOneOf = 4;
/** Keys that are looked at to guess how long all are. */
const sampleSize = 64;

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  readonly #tracked = new Map<Database, TrackedEntry>();
  #run: SnapshotRun | undefined;
  /** The snapshot that the parts belong to which have not changed since. */
  #base: string | undefined;
  /** Length of the records behind the newest snapshot that this node knows of, and of that snapshot. */
  #logLength = 0;
  #snapshotLength = 0;
  #written = 0;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
  }

  get statistics(): SnapshotStatistics {
    return { isUnderWay: this.#run !== undefined, written: this.#written };
  }

  /** A record has been added to the log. */
  noteRecord(length: number): void {
    this.#logLength += length;
  }

  /** The keyspace whose databases are tracked is now that of the node. */
  adopt({ name, tracked, length }: LoadedSnapshot): void {
    this.#base = name;
    this.#tracked.clear();
    for (const entry of tracked) this.#tracked.set(entry.tracked.database, entry);
    this.#logLength = 0;
    this.#snapshotLength = length;
  }

  /** The keyspace is now what the log is up to this record, if that is committed. Begins a snapshot if one is due. */
  consider(keyspace: Keyspace, point: SnapshotPoint): void {
    const { requests, heads, limits } = this.#options;
    if (this.#run !== undefined) return;
    const records = point.number - heads.newest.log.number + 1;
    const lengthMax = Math.max(limits.bytesMin, limits.ratio * this.#snapshotLength);
    if (records < limits.recordsMax && this.#logLength < lengthMax) return;
    if (requests.environment.random.uint32() % beginAtOneOf !== 0) return;
    const databases = this.#trackAll(keyspace);
    const logLength = this.#logLength;
    const { partLength } = limits;
    const run = new SnapshotRun({ ...this.#options, partLength, databases, point, base: this.#base });
    this.#run = run;
    void run.finish().then((outcome) => {
      this.#run = undefined;
      if (outcome.kind === 'failed') return;
      // What others have swapped in counts as well: the log behind it is shorter than was thought.
      this.#logLength = Math.max(0, this.#logLength - logLength);
      if (outcome.kind === 'overtaken') {
        for (const { tracked } of databases) tracked.forget();
        return;
      }
      this.#written++;
      this.#base = outcome.head.snapshot;
      this.#snapshotLength = outcome.length;
      this.#options.onSwapped(outcome.head);
    });
  }

  onCommitted(number: number): void {
    this.#run?.onCommitted(number);
  }

  /** What was under way is rolled back. */
  onFailed(): void {
    this.#run?.abort();
  }

  /** The databases that hold something, each in as many parts as it needs. */
  #trackAll(keyspace: Keyspace): readonly TrackedEntry[] {
    const all = [];
    for (let db = 0; db < keyspace.databaseCount; db++) {
      const database = keyspace.database(db);
      if (database.size > 0) all.push(this.#track(database, db));
    }
    // Those that were flushed or swapped away are not looked at any more.
    const live = new Set(all.map(({ tracked }) => tracked.database));
    for (const [database, { tracked }] of this.#tracked) {
      if (live.has(database)) continue;
      if (database.observer === tracked) database.observer = undefined;
      this.#tracked.delete(database);
    }
    return all;
  }

  #track(database: Database, db: number): TrackedEntry {
    const partCount = partCountFor(database, this.#options.limits.partLength);
    const before = this.#tracked.get(database);
    // Parts are split when they have become too long, and merged only when they are much too many.
    const fits =
      before !== undefined && before.tracked.partCount >= partCount && before.tracked.partCount <= partCount * 8;
    if (before?.db === db && fits) return before;
    const entry = { tracked: new TrackedDatabase(database, partCount), db };
    this.#tracked.set(database, entry);
    return entry;
  }
}

/** A power of two. */
function partCountFor(database: Database, partLength: number): number {
  let length = 0;
  let seen = 0;
  for (const { key, value } of database.entries()) {
    // What is longer has objects of its own.
    length += Math.min(key.length + value.length, partLength) + 24;
    if (++seen === sampleSize) break;
  }
  const total = (length / Math.max(1, seen)) * database.size;
  return 2 ** Math.max(0, Math.ceil(Math.log2(total / partLength)));
}
