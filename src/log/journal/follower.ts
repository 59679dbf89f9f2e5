/** How far this node has got in the log, and how it learns what is new. */
import type { Effect } from '../../keyspace/effect.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Changes, Deadline, Failure, OpenOutcome } from '../log.ts';
import { Chain, type ChainOutcome, type Tip } from './chain.ts';
import type { Head } from './head.ts';
import type { FoundHead, Heads } from './heads.ts';
import type { Manifest } from './manifest.ts';
import { beginningId, type Record } from './record.ts';
import type { Fetched, Requests } from './requests.ts';
import { SnapshotReader } from './snapshot-reader.ts';
import type { Snapshotter } from './snapshotter.ts';

export interface News {
  readonly kind: 'news';
  /** Whether there is nothing but void records. */
  readonly isNothing: boolean;
  readonly tip: Tip;
  readonly changes: Changes;
}

type ReadChain = ChainOutcome & { readonly kind: 'read' };

interface FollowerOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly snapshotter: Snapshotter;
  readonly name: string;
  readonly databaseCount: number;
}

export class Follower {
  /** As far as the commits go that were acknowledged or handed over. */
  tip: Tip = { next: 1, id: beginningId, time: 0 };
  readonly #options: FollowerOptions;
  #chain: Chain | undefined;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  get chain(): Chain {
    if (this.#chain === undefined) throw new Error('the log is not open');
    return this.#chain;
  }

  async open(keyspace: Keyspace, deadline: Deadline): Promise<OpenOutcome> {
    const { heads, requests, name, databaseCount } = this.#options;
    const head = await heads.open(deadline);
    if (head.kind === 'unavailable') return head;
    this.#chain = new Chain({ requests, name, database: heads.database, databaseCount });
    const news = await this.#load(head, deadline, keyspace);
    if (news.kind === 'unavailable') return news;
    news.changes.applyTo(keyspace);
    return { kind: 'opened' };
  }

  /** What comes after the tip. `first`: what is stored under its number, where that is known already. */
  async news(deadline: Deadline, first?: Fetched<Record>): Promise<News | Failure> {
    const from = this.tip;
    const outcome = await this.chain.read(from, deadline, { first });
    if (outcome.kind === 'unavailable') return outcome;
    const confirmed = await this.#options.heads.confirm(from.next, outcome.date, deadline);
    if (confirmed.kind === 'unavailable') return confirmed;
    if (confirmed.kind === 'behind') return this.#load(confirmed.head, deadline);
    return this.#news(outcome);
  }

  /**
   * The whole database, from this head on or a newer one. The parts of the snapshot are applied as they come where there
   * is a keyspace to apply them to that nobody looks at yet; else they are kept until they are handed over.
   */
  async #load(head: FoundHead, deadline: Deadline, fresh?: Keyspace): Promise<News | Failure> {
    const { heads, snapshotter } = this.#options;
    for (let from = head; ;) {
      const { number, parent } = from.content.log;
      this.chain.origins = from.content.origins;
      const image: (readonly Effect[])[] = [];
      const take = (effects: readonly Effect[]): void => {
        if (fresh === undefined) image.push(effects);
        else for (const effect of effects) fresh.apply(effect);
      };
      if (fresh !== undefined) empty(fresh);
      const snapshot = await this.#readSnapshot(from.content, deadline, take);
      if (snapshot.kind === 'unavailable') return snapshot;
      if (snapshot.kind === 'missing') {
        from = snapshot.newer;
        continue;
      }
      const { manifest } = snapshot;
      const time = manifest?.time ?? 0;
      const outcome = await this.chain.read({ next: number, id: parent, time }, deadline);
      if (outcome.kind === 'unavailable') return outcome;
      const confirmed = await heads.confirm(number, outcome.date, deadline, from.date);
      if (confirmed.kind === 'unavailable') return confirmed;
      if (confirmed.kind === 'behind') {
        from = confirmed.head;
        continue;
      }
      return this.#news(outcome, (keyspace) => {
        if (fresh === undefined) empty(keyspace);
        for (const effects of image) for (const effect of effects) keyspace.apply(effect);
        const { snapshot: name } = from.content;
        if (name !== undefined && manifest !== undefined) snapshotter.adopt(name, manifest, keyspace);
      });
    }
  }

  async #readSnapshot(
    head: Head,
    deadline: Deadline,
    take: (effects: readonly Effect[]) => void,
  ): Promise<
    | { readonly kind: 'read'; readonly manifest: Manifest | undefined }
    | { readonly kind: 'missing'; readonly newer: FoundHead }
    | Failure
  > {
    const { requests, heads, name, databaseCount } = this.#options;
    const { snapshot } = head;
    if (snapshot === undefined) return { kind: 'read', manifest: undefined };
    const reader = new SnapshotReader({ requests, databaseCount });
    const outcome = await reader.read({ ...head, snapshot }, deadline, take);
    if (outcome.kind !== 'missing') return outcome;
    const newest = await heads.fetch(deadline);
    if (newest.kind === 'unavailable') return newest;
    if (newest.kind === 'found' && newest.content.generation > head.generation)
      return { kind: 'missing', newer: newest };
    return requests.failure(`is missing, although the head ${name} needs it; restore it`, outcome.name);
  }

  reload(head: FoundHead, deadline: Deadline): Promise<News | Failure> {
    return this.#load(head, deadline);
  }

  /** @param begin brings the keyspace to where the records begin */
  #news({ records, tip, date }: ReadChain, begin?: (keyspace: Keyspace) => void): News {
    const applyTo = (keyspace: Keyspace): void => {
      begin?.(keyspace);
      for (const { effects, length } of records) {
        for (const effect of effects) keyspace.apply(effect);
        this.#options.snapshotter.noteRecord(length);
      }
      this.tip = tip;
      this.#options.heads.refresh(date);
    };
    return { kind: 'news', isNothing: begin === undefined && records.length === 0, tip, changes: { applyTo } };
  }
}

function empty(keyspace: Keyspace): void {
  for (let db = 0; db < keyspace.databaseCount; db++) {
    if (keyspace.database(db).size > 0) keyspace.apply({ kind: 'flush', db });
  }
}
