/**
 * The commits of this node that are under way, in order, each the parent of the next. They are settled in that order: one
 * is committed when it is stored and the one before it is committed. Where one fails, all behind it are void for ever,
 * wherever they are stored or will be: what they stand on is not in the chain.
 */
import { nodeProperties } from '../../environment/properties.ts';
import type { Effect } from '../../keyspace/effect.ts';
import { entryMemory } from '../../keyspace/memory.ts';
import type { AppendOutcome, Commit, Deadline, Failure } from '../log.ts';
import { encodeEffects } from './effect-format.ts';
import type { Follower } from './follower.ts';
import type { FoundHead, Heads } from './heads.ts';
import { lengthOfEffects } from './pieces.ts';
import type { Pruner } from './pruner.ts';
import { encodeRecord, envelopeLength, newIdOf, type Record, type SideObject } from './record.ts';
import { RecordSender, type OutgoingRecord, type SendOutcome } from './record-sender.ts';
import type { Fetched, Requests } from './requests.ts';
import { SideWriter } from './side-writer.ts';
import type { Slices } from './slices.ts';
import type { Snapshotter } from './snapshotter.ts';
import type { Turns } from './turns.ts';

interface PipelineOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly follower: Follower;
  readonly snapshotter: Snapshotter;
  readonly turns: Turns;
  /** `undefined`: nothing is deleted. */
  readonly pruner: Pruner | undefined;
  readonly slices: Slices;
  /** Of the database, in the store. */
  readonly name: string;
  /** Who writes, for people, and the beginning of its records' ids. */
  readonly node: string;
  readonly writer: string;
  /** About how long a record may be, in bytes. */
  readonly recordLengthMax: number;
}

interface Pending extends OutgoingRecord {
  readonly parent: string;
  readonly time: number;
  /** As JSON, or, where they are too many for that, as they are. */
  readonly effects: string | readonly Effect[];
  readonly resolve: (outcome: AppendOutcome) => void;
  outcome: SendOutcome | Obsolete | Behind | undefined;
}

/** It was not sent: there is a head by which its number is obsolete. */
interface Obsolete {
  readonly kind: 'obsolete';
  readonly head: FoundHead;
}

/** It was not sent: its number is known to be taken. */
interface Behind {
  readonly kind: 'behind';
}

/** Effects that take more than this, as JSON, are objects of their own: a record is small, and raced for. */
export const recordLengthMaxDefault = 1 << 20;
/** More than can be asked about while they are on their way. */
const recentMax = 64;

export class Pipeline {
  readonly #options: PipelineOptions;
  #pending: Pending[] = [];
  /** By id, the newest last, commits of this node: how many had been begun before. */
  readonly #recent = new Map<string, number>();
  #begunCount = 0;
  #isSettling = false;
  /** The front has lost: nothing that would stand on it is sent any more. */
  #isLost = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** The number behind all that is under way. */
  get next(): number {
    const last = this.#pending.at(-1);
    return last === undefined ? this.#options.follower.tip.next : this.#options.turns.after(last.number);
  }

  /** How many commits of this node have been begun. */
  get begunCount(): number {
    return this.#begunCount;
  }

  /** Whether a commit of this node has this id, and was begun when so many had been, or later. */
  isOwnSince(begunCount: number, id: string): boolean {
    return (this.#recent.get(id) ?? -1) >= begunCount;
  }

  append({ effects, keyspace }: Commit, deadline: Deadline): Promise<AppendOutcome> {
    const { requests, follower, snapshotter, slices, writer } = this.#options;
    const { clock, random } = requests.environment;
    const last = this.#pending.at(-1);
    const id = newIdOf(writer, random);
    const time = Math.max(last?.time ?? follower.tip.time, clock.now());
    const parent = last?.id ?? follower.tip.id;
    const number = this.next;
    const length = lengthOfEffects(effects);
    slices.noteLastingInPassing(length + effects.length * entryMemory);
    // The caller's list of effects may change, they themselves do not.
    const encoded = length > this.#options.recordLengthMax ? [...effects] : encodeEffects(effects);
    this.#recent.set(id, this.#begunCount++);
    if (this.#recent.size > recentMax) this.#recent.delete(this.#recent.keys().next().value as string);
    return new Promise((resolve) => {
      const own = { number, id, parent, time, effects: encoded, deadline };
      const pending: Pending = { ...own, resolve, outcome: undefined, isAbandoned: false };
      this.#pending.push(pending);
      if (this.#isLost) return;
      if (follower.isBehind) {
        pending.outcome = { kind: 'behind' };
        void this.#settle();
        return;
      }
      snapshotter.noteRecord(
        keyspace,
        number,
        envelopeLength + (typeof encoded === 'string' ? encoded.length : length),
      );
      snapshotter.consider(keyspace, { number, id, time });
      void this.#send(pending);
    });
  }

  async #send(pending: Pending): Promise<void> {
    const { requests, heads, follower, name } = this.#options;
    const isVoid = (): boolean => pending.isAbandoned;
    const obstacle = heads.mayBeBehind ? await this.#obstacleTo(pending) : undefined;
    const body = obstacle ?? (await this.#bodyOf(pending));
    // Asking takes its time, and so do objects beside it.
    if (isVoid()) return;
    pending.outcome =
      'kind' in body ? body : await new RecordSender(requests, follower.chain, name).send(pending, body);
    if (!isVoid()) await this.#settle();
  }

  /** Whoever has slept for long would create a number anew that was collected, and nobody could tell what that means. */
  async #obstacleTo({ number, deadline }: Pending): Promise<Failure | Obsolete | undefined> {
    const confirmed = await this.#options.heads.confirm(number, undefined, deadline);
    if (confirmed.kind === 'confirmed') return undefined;
    return confirmed.kind === 'behind' ? { kind: 'obsolete', head: confirmed.head } : confirmed;
  }

  async #bodyOf({ effects, number, id, parent, time, deadline }: Pending): Promise<Uint8Array | Failure> {
    const { heads, node, recordLengthMax } = this.#options;
    let content: string | readonly SideObject[];
    if (typeof effects === 'string') {
      content = effects;
    } else {
      const written = await new SideWriter(this.#options).write({ number, id, effects, deadline }, recordLengthMax / 2);
      if ('kind' in written) return written;
      content = written;
    }
    return encodeRecord({ database: heads.database, number, id, parent, node, time, content });
  }

  /** Settles from the front on what can be settled. */
  async #settle(): Promise<void> {
    if (this.#isSettling) return;
    this.#isSettling = true;
    for (;;) {
      const [front] = this.#pending;
      if (front?.outcome === undefined) break;
      const outcome = await this.#fateOf(front, front.outcome);
      if (outcome.kind === 'committed') {
        this.#commit(front);
        this.#pending.shift();
        this.#options.snapshotter.onCommitted(front.number);
        this.#options.pruner?.consider();
        front.resolve(outcome);
      } else {
        this.#fail(outcome);
      }
    }
    this.#isSettling = false;
  }

  #commit({ number, id, time }: Pending): void {
    const { follower, turns } = this.#options;
    follower.tip = { next: turns.after(number), id, time };
    turns.onCommitted(follower.tip);
  }

  async #fateOf(front: Pending, outcome: SendOutcome | Obsolete | Behind): Promise<AppendOutcome> {
    const { heads, follower } = this.#options;
    if (outcome.kind === 'uncertain' || outcome.kind === 'unavailable') return outcome;
    if (outcome.kind === 'behind') return this.#lose(front, undefined);
    if (outcome.kind === 'obsolete') {
      const news = await follower.reload(outcome.head, front.deadline);
      return news.kind === 'unavailable' ? news : { kind: 'conflict', changes: news.changes };
    }
    const date = outcome.kind === 'taken' ? outcome.by.date : outcome.date;
    const confirmed = await heads.confirm(front.number, date, front.deadline);
    if (confirmed.kind === 'unavailable') return { kind: 'uncertain', reason: confirmed.reason };
    if (confirmed.kind === 'behind') {
      // Whatever is there now: it may have been collected, and this be the number's second life.
      const news = await follower.reload(confirmed.head, front.deadline);
      const reason = 'the log has gone on for long since it was sent';
      return { kind: 'uncertain', reason, ...(news.kind === 'unavailable' ? {} : { changes: news.changes }) };
    }
    if (outcome.kind === 'taken') return this.#lose(front, outcome.by);
    heads.refresh(date);
    return { kind: 'committed' };
  }

  /** Another record has its number for good; so it happens nowhere, whatever there is to be read. */
  async #lose({ deadline }: Pending, by: Fetched<Record> | undefined): Promise<AppendOutcome> {
    const { follower, requests, turns } = this.#options;
    this.#isLost = true;
    const news = await follower.news(deadline, by, turns);
    if (news.kind === 'unavailable') return news;
    requests.environment.watcher?.observe(nodeProperties.fateLost, by !== undefined);
    return { kind: 'conflict', changes: news.changes };
  }

  /** The front has failed: all that stand on it fail too. */
  #fail(outcome: Exclude<AppendOutcome, { readonly kind: 'committed' }>): void {
    const [front, ...behind] = this.#pending;
    this.#pending = [];
    this.#isLost = false;
    this.#options.snapshotter.onFailed();
    const failed = [front as Pending, ...behind];
    for (const pending of failed) pending.isAbandoned = true;
    front?.resolve(outcome);
    for (const pending of behind) {
      const mayBeThere = outcome.kind === 'uncertain' && !wasNeverThere(pending);
      pending.resolve(
        mayBeThere ? { kind: 'uncertain', reason: outcome.reason } : { kind: 'conflict', changes: undefined },
      );
    }
  }
}

function wasNeverThere({ outcome }: Pending): boolean {
  return outcome?.kind === 'unavailable' || outcome?.kind === 'obsolete' || outcome?.kind === 'behind';
}
