/**
 * A database as it was at some commit, read without a node: from the newest snapshot before it, by the log from there on.
 * How far back that goes, the head's history says (`retention.ts`).
 */
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Deadline, Failure } from '../log.ts';
import { Chain, type Until, type ValidRecord } from './chain.ts';
import { FormatError } from '../format-error.ts';
import { decodeHead, firstKept, headsOf, looksLikeHead, ownerOf, type Head } from './head.ts';
import { decodeManifest } from './manifest.ts';
import { beginningId } from './record.ts';
import type { Requests } from './requests.ts';
import { Slices } from './slices.ts';
import { SnapshotReader } from './snapshot-reader.ts';

/** Where reading begins. */
export interface PastStart {
  /** The first record that is read. */
  readonly number: number;
  /** The id of the last valid record before it, and its time. */
  readonly parent: string;
  readonly time: number;
  readonly snapshot: string | undefined;
}

export interface PastState {
  readonly kind: 'past';
  readonly head: Head;
  readonly start: PastStart;
  /** The valid records that lead to it, in order. */
  readonly records: readonly ValidRecord[];
  /** The last record, valid or void, that belongs to it; 0: none. */
  readonly number: number;
  /** Of the last valid one. */
  readonly id: string;
  readonly time: number;
}

function decodeJournalHead(body: Uint8Array): Head {
  if (!looksLikeHead(body)) throw new FormatError('it is not in the journal layout, and no other keeps its past');
  return decodeHead(body);
}

interface PastOptions {
  readonly requests: Requests;
  /** Of the database in the store. */
  readonly name: string;
  readonly databaseCount: number;
}

export class Past {
  readonly #options: PastOptions & { readonly slices: Slices };

  constructor(options: PastOptions) {
    this.#options = { ...options, slices: new Slices(options.requests.environment) };
  }

  /** Finds the last commit until then, and all that leads to it. `{}`: the newest. */
  async find(until: Until, deadline: Deadline): Promise<PastState | Failure> {
    const { requests, name } = this.#options;
    const head = await requests.fetch(name, deadline, decodeJournalHead);
    if (head.kind === 'unavailable') return head;
    if (head.kind === 'notFound') return requests.failure('is not there: there is no such database', name);
    const start = await this.#startBefore(until, head.content, deadline);
    if ('kind' in start) return start;
    const chain = new Chain({ ...this.#options, database: head.content.database });
    chain.origins = head.content.origins;
    const from = { next: start.number, id: start.parent, time: start.time };
    const read = await chain.read(from, deadline, { until });
    const lost = await this.#letGoOf(start, head.content, deadline);
    if (lost !== undefined) return lost;
    if (read.kind === 'unavailable') return read;
    const { records, tip } = read;
    const number = tip.next - 1;
    if (until.number !== undefined && number < until.number) {
      return {
        kind: 'unavailable',
        reason: `there is no commit of that number yet: asked=${until.number} newest=${number} database=${name}`,
      };
    }
    return { kind: 'past', head: head.content, start, records, number, id: tip.id, time: tip.time };
  }

  /** Where what was read may have been deleted meanwhile, what looked like the end of the log may be none. */
  async #letGoOf({ number }: PastStart, { database }: Head, deadline: Deadline): Promise<Failure | undefined> {
    const { requests, name } = this.#options;
    const now = await requests.fetch(name, deadline, decodeJournalHead);
    if (now.kind === 'unavailable') return now;
    if (now.kind === 'notFound' || now.content.database !== database)
      return requests.failure('was replaced while it was read: is somebody else at work on it?', name);
    if (firstKept(now.content) <= number) return undefined;
    return requests.failure('has let go of that part of its past while it was read; try again', name);
  }

  /** Brings an empty keyspace to that state. */
  async load(
    { head, start, records }: PastState,
    keyspace: Keyspace,
    deadline: Deadline,
  ): Promise<Failure | undefined> {
    const { requests } = this.#options;
    const { number, parent, snapshot } = start;
    if (snapshot !== undefined) {
      const reader = new SnapshotReader(this.#options);
      const outcome = await reader.read({ ...head, log: { number, parent }, snapshot }, deadline, (effects) => {
        for (const effect of effects) keyspace.apply(effect);
      });
      if (outcome.kind === 'unavailable') return outcome;
      if (outcome.kind === 'missing') return requests.failure('is missing; was it collected meanwhile?', outcome.name);
    }
    for (const { effects } of records) for (const effect of effects) keyspace.apply(effect);
    return undefined;
  }

  /** The newest snapshot that is not beyond. */
  async #startBefore({ number, time }: Until, head: Head, deadline: Deadline): Promise<PastStart | Failure> {
    let oldest: PastStart | undefined;
    for (const one of headsOf(head).toReversed()) {
      const start = await this.#startOf(one, head, deadline);
      if ('kind' in start) return start;
      oldest = start;
      const isBeyond = (number !== undefined && start.number - 1 > number) || (time !== undefined && start.time > time);
      if (!isBeyond) return start;
    }
    const from = oldest === undefined ? '' : `${oldest.number - 1} of ${new Date(oldest.time).toISOString()}`;
    return {
      kind: 'unavailable',
      reason: `nothing is kept of what was before the commit ${from}; --retain keeps more from now on: database=${this.#options.name}`,
    };
  }

  async #startOf(
    { number, snapshot }: { readonly number: number; readonly snapshot: string | undefined },
    head: Head,
    deadline: Deadline,
  ): Promise<PastStart | Failure> {
    if (snapshot === undefined) return { number, parent: beginningId, time: 0, snapshot };
    const { requests, name, databaseCount } = this.#options;
    const { database } = ownerOf(number - 1, head, name);
    const fetched = await requests.fetch(snapshot, deadline, (body) =>
      decodeManifest(body, { database, databaseCount }),
    );
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') return requests.failure('is missing; was it collected meanwhile?', snapshot);
    const { id, time } = fetched.content;
    return { number, parent: id, time, snapshot };
  }
}
