/** How far this node has got in the log, and how it learns what is new. */
import type { AccessClock } from '../../keyspace/database.ts';
import { Keyspace } from '../../keyspace/keyspace.ts';
import { entryMemory } from '../../keyspace/memory.ts';
import type { Changes, Deadline, Failure, LoadProgress, OpenOutcome } from '../log.ts';
import { Chain, type ChainObserver, type ChainReader, type Tip } from './chain.ts';
import type { FoundHead, Heads } from './heads.ts';
import { Loader, type Loaded } from './loader.ts';
import { beginningId, type Record } from './record.ts';
import { Reloader } from './reloader.ts';
import type { Fetched, Requests } from './requests.ts';
import type { Slices } from './slices.ts';
import type { Snapshotter } from './snapshotter.ts';

export interface News {
  readonly kind: 'news';
  /** Whether there is nothing but void records. */
  readonly isNothing: boolean;
  readonly tip: Tip;
  readonly changes: Changes;
}

/** News that are longer are handed over bit by bit: while they are applied nobody else has a turn. */
export const newsLengthMaxDefault = 1 << 20;

interface FollowerOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly snapshotter: Snapshotter;
  readonly slices: Slices;
  /** In bytes; a record at least. */
  readonly newsLengthMax: number;
  readonly name: string;
  readonly databaseCount: number;
  /** How many records a node has under way at most. */
  readonly pipelineDepth: number;
  readonly observer: ChainObserver;
}

export class Follower {
  /** As far as the commits go that were acknowledged or handed over. */
  tip: Tip = { next: 1, id: beginningId, time: 0 };
  /** There are known to be records behind the tip: they were too many to be handed over at once. */
  isBehind = false;
  readonly #options: FollowerOptions;
  readonly #reloader: Reloader;
  #chain: Chain | undefined;
  #accessClock: AccessClock | undefined;
  /** Records that the last news were. */
  #newsCount = 1;

  constructor(options: FollowerOptions) {
    this.#options = options;
    this.#reloader = new Reloader({
      environment: options.requests.environment,
      keptMs: () => options.heads.graceMs / 2,
      newKeyspace: () => new Keyspace(options.databaseCount, this.#accessClock),
      load: (head, keyspace, progress) => this.#load(head, keyspace, progress),
    });
  }

  get chain(): Chain {
    if (this.#chain === undefined) throw new Error('the log is not open');
    return this.#chain;
  }

  async open(keyspace: Keyspace, deadline: Deadline, progress: LoadProgress): Promise<OpenOutcome> {
    const { heads } = this.#options;
    const head = await heads.open(deadline);
    if (head.kind === 'unavailable') return head;
    this.#accessClock = keyspace.accessClock;
    this.#chain = new Chain({ ...this.#options, database: heads.database });
    const loaded = await this.#load(head, keyspace, progress);
    if (loaded.kind === 'unavailable') return loaded;
    this.#adopt(loaded);
    return { kind: 'opened' };
  }

  /**
   * What comes after the tip.
   * @param first what is stored under its number, where that is known already
   * @param reader who reads on
   */
  async news(deadline: Deadline, first?: Fetched<Record>, reader: ChainReader = this.chain): Promise<News | Failure> {
    const { heads, snapshotter, slices, newsLengthMax, pipelineDepth } = this.#options;
    // Where there is one, a busy writer has about as many under way as the last time.
    const expected = first === undefined ? 1 : Math.min(this.#newsCount, pipelineDepth);
    const from = this.tip;
    const outcome = await reader.read(from, deadline, { first, lengthMax: newsLengthMax, expected });
    // What cannot be read may be obsolete, and half of it deleted.
    const date = outcome.kind === 'unavailable' ? undefined : outcome.date;
    const confirmed = await heads.confirm(from.next, date, deadline);
    if (confirmed.kind === 'behind') return this.reload(confirmed.head, deadline);
    if (outcome.kind === 'unavailable') return outcome;
    if (confirmed.kind === 'unavailable') return confirmed;
    const { records, tip, isEnd } = outcome;
    this.#newsCount = Math.max(1, tip.next - from.next);
    const applyTo = (keyspace: Keyspace): void => {
      for (const { effects, number, length } of records) {
        for (const effect of effects) keyspace.apply(effect);
        snapshotter.noteRecord(keyspace, number, length);
        slices.noteLasting(length + effects.length * entryMemory);
      }
      this.tip = tip;
      this.isBehind = !isEnd;
      if (isEnd) heads.refresh(date);
    };
    const changes = { applyTo, isPartial: !isEnd };
    return { kind: 'news', isNothing: records.length === 0, tip, changes };
  }

  /** The whole database anew, which is put in the place of the one that is there when it is handed over. */
  async reload(head: FoundHead, deadline: Deadline): Promise<News | Failure> {
    let reloaded = await this.#reloader.reload(head, deadline);
    if (reloaded.kind === 'reloaded' && reloaded.loaded.tip.next < this.tip.next) {
      // It was loaded some time ago, and this node has got farther than that since.
      this.#reloader.finish();
      reloaded = await this.#reloader.reload(head, deadline);
    }
    if (reloaded.kind === 'unavailable') return reloaded;
    const { keyspace: fresh, loaded } = reloaded;
    const applyTo = (keyspace: Keyspace): void => {
      this.#reloader.finish();
      keyspace.become(fresh);
      this.#adopt(loaded);
    };
    // Whoever takes it over may have come after its end was read.
    const changes = { applyTo, isPartial: true };
    return { kind: 'news', isNothing: false, tip: loaded.tip, changes };
  }

  close(): void {
    this.#reloader.finish();
  }

  /** As long as it takes: it is each request that is given up. */
  #load(head: FoundHead, keyspace: Keyspace, progress: LoadProgress): Promise<Loaded | Failure> {
    return new Loader({ ...this.#options, chain: this.chain }, keyspace, progress).load(head, Infinity);
  }

  /** What was loaded is what the node's keyspace holds now. */
  #adopt(loaded: Loaded): void {
    const { snapshotter, heads } = this.#options;
    snapshotter.adopt(loaded);
    this.tip = loaded.tip;
    this.isBehind = false;
    heads.refresh(loaded.date, loaded.atMs);
  }
}
