/** How far this node has got in the log, and how it learns what is new. */
import type { AccessClock } from '../../keyspace/database.ts';
import { Keyspace } from '../../keyspace/keyspace.ts';
import {
  newLoadProgress,
  type Changes,
  type Deadline,
  type Failure,
  type LoadProgress,
  type OpenOutcome,
} from '../log.ts';
import { Chain, type ChainObserver, type ChainReader, type Tip } from './chain.ts';
import type { FoundHead, Heads } from './heads.ts';
import { Loader, type Loaded } from './loader.ts';
import { beginningId, type Record } from './record.ts';
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
  readonly observer: ChainObserver;
}

export class Follower {
  /** As far as the commits go that were acknowledged or handed over. */
  tip: Tip = { next: 1, id: beginningId, time: 0 };
  /** There are known to be records behind the tip: they were too many to be handed over at once. */
  isBehind = false;
  readonly #options: FollowerOptions;
  #chain: Chain | undefined;
  #accessClock: AccessClock | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get chain(): Chain {
    if (this.#chain === undefined) throw new Error('the log is not open');
    return this.#chain;
  }

  async open(keyspace: Keyspace, deadline: Deadline, progress: LoadProgress): Promise<OpenOutcome> {
    const { heads, requests, name, databaseCount, observer } = this.#options;
    const head = await heads.open(deadline);
    if (head.kind === 'unavailable') return head;
    this.#accessClock = keyspace.accessClock;
    this.#chain = new Chain({ requests, name, database: heads.database, databaseCount, observer });
    const loaded = await this.#load(head, deadline, keyspace, progress);
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
    const { heads, snapshotter, newsLengthMax } = this.#options;
    const from = this.tip;
    const outcome = await reader.read(from, deadline, { first, lengthMax: newsLengthMax });
    if (outcome.kind === 'unavailable') return outcome;
    const confirmed = await heads.confirm(from.next, outcome.date, deadline);
    if (confirmed.kind === 'unavailable') return confirmed;
    if (confirmed.kind === 'behind') return this.reload(confirmed.head, deadline);
    const { records, tip, date, isEnd } = outcome;
    const applyTo = (keyspace: Keyspace): void => {
      for (const { effects, length } of records) {
        for (const effect of effects) keyspace.apply(effect);
        snapshotter.noteRecord(length);
      }
      this.tip = tip;
      this.isBehind = !isEnd;
      if (isEnd) heads.refresh(date);
    };
    return { kind: 'news', isNothing: records.length === 0, tip, changes: { applyTo, isPartial: !isEnd } };
  }

  /** The whole database anew, beside the one that is there, in whose place it is put when it is handed over. */
  async reload(head: FoundHead, deadline: Deadline): Promise<News | Failure> {
    const fresh = new Keyspace(this.#options.databaseCount, this.#accessClock);
    const loaded = await this.#load(head, deadline, fresh, newLoadProgress());
    if (loaded.kind === 'unavailable') return loaded;
    const applyTo = (keyspace: Keyspace): void => {
      keyspace.become(fresh);
      this.#adopt(loaded);
    };
    return { kind: 'news', isNothing: false, tip: loaded.tip, changes: { applyTo } };
  }

  #load(head: FoundHead, deadline: Deadline, keyspace: Keyspace, progress: LoadProgress): Promise<Loaded | Failure> {
    return new Loader({ ...this.#options, chain: this.chain }, keyspace, progress).load(head, deadline);
  }

  /** What was loaded is what the node's keyspace holds now. */
  #adopt({ snapshot, lengths, tip, date }: Loaded): void {
    const { snapshotter, heads } = this.#options;
    if (snapshot !== undefined) snapshotter.adopt(snapshot);
    for (const length of lengths) snapshotter.noteRecord(length);
    this.tip = tip;
    this.isBehind = false;
    heads.refresh(date);
  }
}
