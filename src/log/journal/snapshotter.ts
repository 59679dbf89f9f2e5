/**
 * Writes snapshots while commands go on. One begins right behind a commit, when the keyspace is just what the log will be
 * up to that record, and counts only if that record is committed. Nobody locks anything: whoever swaps the head in first
 * has written the snapshot; the other has wasted some bytes.
 */
import type { Database } from '../../keyspace/database.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Value } from '../../keyspace/value.ts';
import type { SnapshotStatistics } from '../log.ts';
import type { Head } from './head.ts';
import type { Heads } from './heads.ts';
import type { Loaded } from './loader.ts';
import { lengthOf, type NamedManifest } from './manifest.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import { SnapshotRun, type FullDatabase, type SnapshotPoint } from './snapshot-run.ts';
import { noteRecord, trackedOf } from './tracked-keyspace.ts';

export interface SnapshotLimits {
  /** Records since the last snapshot after which another is due. */
  readonly recordsMax: number;
  /** The same in bytes of records, at least so many, and this share of the snapshot. */
  readonly bytesMin: number;
  readonly ratio: number;
  /** About how long a part is, as JSON. */
  readonly partLength: number;
  /** For so long after a snapshot its writer leaves the log alone until it has so many bytes. */
  readonly rest?: { readonly ms: number; readonly bytes: number };
}

export const snapshotLimitsDefault: SnapshotLimits = {
  recordsMax: 10_000,
  bytesMin: 1 << 20,
  ratio: 0.5,
  partLength: 1 << 18,
  // So much is loaded in a second. Whoever writes it in less than ten would write snapshots of a small database several
  // times a second otherwise, and spend as much on them as on the commands.
  rest: { ms: 10_000, bytes: 1 << 25 },
};

interface SnapshotterOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly slices: Slices;
  readonly name: string;
  readonly databaseCount: number;
  readonly limits: SnapshotLimits;
  /** A new head is in place. */
  readonly onSwapped: (head: Head) => void;
}

/** When one is due, it is begun at so many records of a log of that length; by whom, their numbers decide. */
const turnsPerLog = 8;
/** When the log is so many times as long as it may be, whoever writes begins, whatever the number. */
const overdue = 2;
/** Keys that are looked at to guess how long all are. */
const sampleSize = 64;

export class Snapshotter {
  readonly #options: SnapshotterOptions;
  #run: SnapshotRun | undefined;
  /** The newest snapshot that this node has read or written. */
  #known: NamedManifest | undefined;
  #knownLength = 0;
  /** Records from this number on, how long they are, and up to where. */
  #logFrom = 1;
  #logLength = 0;
  #logUntil = 0;
  #written = 0;
  /** On `clock.monotonic`. */
  #restsUntilMs = -Infinity;

  constructor(options: SnapshotterOptions) {
    this.#options = options;
  }

  get statistics(): SnapshotStatistics {
    return { isUnderWay: this.#run !== undefined, written: this.#written };
  }

  /** The keyspace is now what the log is up to this record, if that is committed. */
  noteRecord(keyspace: Keyspace, number: number, length: number): void {
    noteRecord(keyspace, number);
    this.#logLength += length;
    this.#logUntil = number;
  }

  /** What was loaded is the keyspace of the node now. */
  adopt({ snapshot, logFrom, logLength, tip }: Loaded): void {
    this.#know(snapshot);
    this.#logFrom = logFrom;
    this.#logLength = logLength;
    this.#logUntil = tip.next - 1;
  }

  /** The record of this point has just been noted. Begins a snapshot if one is due. */
  consider(keyspace: Keyspace, point: SnapshotPoint): void {
    const { limits } = this.#options;
    const isDue = (): boolean => this.#isDue(point.number);
    if (this.#run !== undefined || !isDue()) return;
    if (!this.#isTurn(point.number) && !this.#isDue(point.number, overdue)) return;
    const { partLength } = limits;
    const databases = fullDatabases(keyspace, partLength);
    const run = new SnapshotRun({ ...this.#options, partLength, databases, point, known: this.#known, isDue });
    this.#run = run;
    void run.finish().then((outcome) => {
      this.#run = undefined;
      if (outcome.kind !== 'swapped') return;
      this.#restsUntilMs = this.#nowMs + (limits.rest?.ms ?? 0);
      this.#written++;
      this.#know(outcome.manifest);
      this.#options.onSwapped(outcome.head);
    });
  }

  /**
   * Nodes that write at once see the same log and are not to begin all at once: each number has one writer. Not that of a
   * claim (`claim-sender.ts`), which stands under a multiple of a power of two, nor those behind it, which are void where
   * whoever ran into it had more under way: but the one before it, the last of a turn.
   */
  #isTurn(number: number): boolean {
    const records = number - this.#options.heads.newest.log.number + 1;
    const step = 2 ** Math.floor(Math.log2(Math.max(1, records / turnsPerLog)));
    return number % step === step - 1;
  }

  #know(manifest: NamedManifest | undefined): void {
    this.#known = manifest;
    this.#knownLength = lengthOf(manifest?.databases ?? []);
  }

  /** @param times that the log is too long */
  #isDue(number: number, times = 1): boolean {
    const { heads, limits } = this.#options;
    const { log } = heads.newest;
    this.#forgetUntil(log.number);
    const restBytes = this.#nowMs < this.#restsUntilMs ? (limits.rest?.bytes ?? 0) : 0;
    const lengthMax = Math.max(limits.bytesMin, restBytes, limits.ratio * this.#knownLength);
    return number - log.number + 1 >= limits.recordsMax * times || this.#logLength >= lengthMax * times;
  }

  get #nowMs(): number {
    return this.#options.requests.environment.clock.monotonic();
  }

  /** What a snapshot covers, whoever wrote it, does not count: as if all records were of the same length. */
  #forgetUntil(number: number): void {
    if (number <= this.#logFrom) return;
    const records = this.#logUntil + 1 - this.#logFrom;
    const left = Math.max(0, this.#logUntil + 1 - number);
    this.#logLength *= left / Math.max(1, records);
    this.#logFrom = number;
  }

  onCommitted(number: number): void {
    this.#run?.onCommitted(number);
  }

  /** What was under way is rolled back. */
  onFailed(): void {
    this.#run?.abort();
  }
}

function fullDatabases(keyspace: Keyspace, partLength: number): readonly FullDatabase[] {
  const full = [];
  for (let db = 0; db < keyspace.databaseCount; db++) {
    const database = keyspace.database(db);
    if (database.size === 0) continue;
    full.push({ db, tracked: trackedOf(database), partCount: partCountFor(database, partLength) });
  }
  return full;
}

/** About how long a value is in bytes. */
function valueLength(value: Value): number {
  return typeof value === 'string' ? value.length : value.memory;
}

/** A power of two. */
function partCountFor(database: Database, partLength: number): number {
  let length = 0;
  let seen = 0;
  for (const { key, value } of database.entries()) {
    // What is longer has objects of its own.
    length += Math.min(key.length + valueLength(value), partLength) + 24;
    if (++seen === sampleSize) break;
  }
  const total = (length / Math.max(1, seen)) * database.size;
  return 2 ** Math.max(0, Math.ceil(Math.log2(total / partLength)));
}
