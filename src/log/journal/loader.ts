/**
 * Loads the database into a keyspace that nobody looks at: the snapshot that a head names, then the log behind it.
 * Parts and records are fetched many at a time, and are applied as they come, in slices: beside the keyspace memory
 * holds what is on its way, and no more.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import { entryMemory } from '../../keyspace/memory.ts';
import type { Deadline, Failure, LoadProgress } from '../log.ts';
import type { StoreDate } from '../../store/object-store.ts';
import type { Chain, Tip, ValidRecord } from './chain.ts';
import type { FoundHead, Heads } from './heads.ts';
import { keysOf, lengthOf, type Manifest, type NamedManifest } from './manifest.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import { SnapshotReader, type PartTaker, type SnapshotOutcome } from './snapshot-reader.ts';
import { noteRecord, track } from './tracked-keyspace.ts';

export interface Loaded {
  readonly kind: 'loaded';
  readonly snapshot: NamedManifest | undefined;
  /** The first number behind it, and how long the records are from there on. */
  readonly logFrom: number;
  readonly logLength: number;
  readonly tip: Tip;
  /** When the store said that there is nothing more, by its date, and by the node's own clock. */
  readonly date: StoreDate;
  readonly atMs: number;
}

export interface LoaderOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly chain: Chain;
  readonly slices: Slices;
  readonly name: string;
  readonly databaseCount: number;
}

/** Effects after which it is looked at the clock. */
const effectsPerLook = 64;

export class Loader {
  readonly #options: LoaderOptions;
  readonly #keyspace: Keyspace;
  readonly #progress: LoadProgress;

  /** @param keyspace is emptied first */
  constructor(options: LoaderOptions, keyspace: Keyspace, progress: LoadProgress) {
    this.#options = options;
    this.#keyspace = keyspace;
    this.#progress = progress;
  }

  /** The whole database, from this head on or a newer one. */
  async load(head: FoundHead, deadline: Deadline): Promise<Loaded | Failure> {
    for (let from = head; ;) {
      const loaded = await this.#loadFrom(from, deadline);
      if (loaded.kind !== 'behind') return loaded;
      from = loaded.newer;
    }
  }

  async #loadFrom(
    { content: head, date }: FoundHead,
    deadline: Deadline,
  ): Promise<Loaded | { readonly kind: 'behind'; readonly newer: FoundHead } | Failure> {
    const { heads, chain, requests } = this.#options;
    const { number, parent } = head.log;
    empty(this.#keyspace);
    chain.origins = head.origins;
    const read = await this.#readSnapshot(head.snapshot, head, deadline);
    if (read.kind !== 'read') return read;
    const { manifest } = read;
    track(this.#keyspace, number - 1, manifest);
    let logLength = 0;
    const take = async (record: ValidRecord): Promise<true> => {
      this.#progress.totalBytes += record.length;
      await this.#apply(record.effects, record.length);
      noteRecord(this.#keyspace, record.number);
      logLength += record.length;
      return true;
    };
    const end = await chain.readEach({ next: number, id: parent, time: manifest?.time ?? 0 }, deadline, take);
    if (end.kind === 'unavailable') return (await this.#newer(head, deadline)) ?? end;
    const confirmed = await heads.confirm(number, end.date, deadline, date);
    if (confirmed.kind === 'unavailable') return confirmed;
    if (confirmed.kind === 'behind') return { kind: 'behind', newer: confirmed.head };
    const { tip, date: endedAt } = end;
    const atMs = requests.environment.clock.monotonic();
    return { kind: 'loaded', snapshot: manifest, logFrom: number, logLength, tip, date: endedAt, atMs };
  }

  async #readSnapshot(
    snapshot: string | undefined,
    head: FoundHead['content'],
    deadline: Deadline,
  ): Promise<
    | { readonly kind: 'read'; readonly manifest: NamedManifest | undefined }
    | { readonly kind: 'behind'; readonly newer: FoundHead }
    | Failure
  > {
    this.#progress.loadedBytes = 0;
    if (snapshot === undefined) return { kind: 'read', manifest: undefined };
    const begin = ({ databases }: Manifest): void => {
      this.#progress.totalBytes = lengthOf(databases);
      this.#progress.totalKeys = keysOf(databases);
    };
    const take: PartTaker = (effects, { length }) => this.#apply(effects, length);
    const reader = new SnapshotReader(this.#options);
    const outcome = await reader.read({ ...head, snapshot }, deadline, take, begin);
    return outcome.kind === 'missing' ? this.#newerThan(head, outcome, deadline) : outcome;
  }

  /** An object that a head needs is missing: then there must be a newer head, which does not need it. */
  async #newerThan(
    head: FoundHead['content'],
    { name: missing }: SnapshotOutcome & { readonly kind: 'missing' },
    deadline: Deadline,
  ): Promise<{ readonly kind: 'behind'; readonly newer: FoundHead } | Failure> {
    const { requests, name } = this.#options;
    const newer = await this.#newer(head, deadline);
    if (newer !== undefined) return newer;
    return requests.failure(`is missing, although the head ${name} needs it; restore it`, missing);
  }

  /** `undefined`: there is no newer head. What cannot be read by this one may be obsolete, and half of it deleted. */
  async #newer(
    { generation }: FoundHead['content'],
    deadline: Deadline,
  ): Promise<{ readonly kind: 'behind'; readonly newer: FoundHead } | Failure | undefined> {
    const newest = await this.#options.heads.fetch(deadline);
    if (newest.kind === 'unavailable') return newest;
    return newest.kind === 'found' && newest.content.generation > generation
      ? { kind: 'behind', newer: newest }
      : undefined;
  }

  async #apply(effects: readonly Effect[], length: number): Promise<void> {
    const { slices } = this.#options;
    for (let i = 0; i < effects.length;) {
      if (slices.isOver) await slices.next();
      const from = i;
      const end = Math.min(effects.length, from + effectsPerLook);
      for (; i < end; i++) this.#keyspace.apply(effects[i] as Effect);
      slices.noteLasting((length / effects.length + entryMemory) * (end - from));
    }
    this.#progress.loadedBytes += length;
  }
}

function empty(keyspace: Keyspace): void {
  for (let db = 0; db < keyspace.databaseCount; db++) {
    if (keyspace.database(db).size > 0) keyspace.apply({ kind: 'flush', db });
  }
}
