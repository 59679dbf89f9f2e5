/**
 * The commits of this node that are under way, in order, each the parent of the next. They are settled in that order: one
 * is committed when it is stored and the one before it is committed. Where one fails, all behind it are void for ever,
 * wherever they are stored or will be: what they stand on is not in the chain.
 */
import { nodeProperties } from '../../environment/properties.ts';
import type { AppendOutcome, Commit, Deadline } from '../log.ts';
import { crc32 } from './crc32.ts';
import { encodeEffects } from './effect-format.ts';
import type { Follower } from './follower.ts';
import type { Heads } from './heads.ts';
import { sideName } from './names.ts';
import { encodeRecord, newId, type SideObject } from './record.ts';
import { RecordSender, type OutgoingRecord, type SendOutcome } from './record-sender.ts';
import type { Requests } from './requests.ts';
import type { Snapshotter } from './snapshotter.ts';

interface PipelineOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  readonly follower: Follower;
  readonly snapshotter: Snapshotter;
  /** Of the database, in the store. */
  readonly name: string;
  /** Who writes. */
  readonly node: string;
}

interface Pending extends OutgoingRecord {
  readonly time: number;
  readonly resolve: (outcome: AppendOutcome) => void;
  outcome: SendOutcome | undefined;
}

interface Side {
  readonly object: SideObject;
  readonly body: Uint8Array;
}

/** Effects that take more than this, as JSON, are an object of their own: a record is small, and raced for. */
const recordLengthMax = 1 << 20;
const stored = { kind: 'stored', date: undefined } as const;
/** More than can be asked about while they are on their way. */
const recentMax = 64;

export class Pipeline {
  readonly #options: PipelineOptions;
  #pending: Pending[] = [];
  /** Ids of commits of this node that are under way or committed, the newest last. */
  #recent: string[] = [];
  #isSettling = false;

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  get isEmpty(): boolean {
    return this.#pending.length === 0;
  }

  /** The number behind all that is under way. */
  get next(): number {
    const last = this.#pending.at(-1);
    return last === undefined ? this.#options.follower.tip.next : last.number + 1;
  }

  /** Whether this is the id of a commit of this node that is under way or was committed a moment ago. */
  isOwn(id: string): boolean {
    return this.#recent.includes(id);
  }

  append({ effects, keyspace }: Commit, deadline: Deadline): Promise<AppendOutcome> {
    const { requests, heads, follower, snapshotter, node } = this.#options;
    const { clock, random } = requests.environment;
    const { database } = heads;
    const last = this.#pending.at(-1);
    const id = newId(random);
    const time = Math.max(last?.time ?? follower.tip.time, clock.now());
    const parent = last?.id ?? follower.tip.id;
    const number = this.next;
    const json = encodeEffects(effects);
    const side = json.length > recordLengthMax ? this.#sideOf(number, id, json) : undefined;
    const body = encodeRecord({ database, number, id, parent, node, time, content: side?.object ?? json });
    this.#recent.push(id);
    if (this.#recent.length > recentMax) this.#recent.shift();
    snapshotter.noteRecord(body.length + (side?.body.length ?? 0));
    snapshotter.consider(keyspace, { number, id, time });
    return new Promise((resolve) => {
      const pending: Pending = { number, id, time, body, deadline, resolve, outcome: undefined, isAbandoned: false };
      this.#pending.push(pending);
      void this.#send(pending, side);
    });
  }

  #sideOf(number: number, id: string, json: string): Side {
    const body = Buffer.from(json, 'utf8');
    return {
      object: { name: sideName(this.#options.name, number, id), bytes: body.length, checksum: crc32(body) },
      body,
    };
  }

  async #send(pending: Pending, side: Side | undefined): Promise<void> {
    const { requests, follower, name } = this.#options;
    const before = side === undefined ? stored : await requests.putNew(side.object.name, side.body, pending.deadline);
    pending.outcome =
      before.kind === 'stored' ? await new RecordSender(requests, follower.chain, name).send(pending) : before;
    if (!pending.isAbandoned) await this.#settle();
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
        this.#options.follower.tip = { next: front.number + 1, id: front.id, time: front.time };
        this.#pending.shift();
        this.#options.snapshotter.onCommitted(front.number);
        front.resolve(outcome);
      } else {
        this.#fail(outcome);
      }
    }
    this.#isSettling = false;
  }

  async #fateOf(front: Pending, outcome: SendOutcome): Promise<AppendOutcome> {
    const { heads, follower, requests } = this.#options;
    if (outcome.kind === 'uncertain' || outcome.kind === 'unavailable') return outcome;
    if (outcome.kind === 'taken') {
      // Another record has its number for good; so it happens nowhere, whatever there is to be read.
      const news = await follower.news(front.deadline, outcome.by);
      if (news.kind === 'unavailable') return news;
      requests.environment.watcher?.observe(nodeProperties.fateLost, true);
      return { kind: 'conflict', changes: news.changes };
    }
    const confirmed = await heads.confirm(front.number, outcome.date, front.deadline);
    if (confirmed.kind === 'confirmed') {
      heads.refresh(outcome.date);
      return { kind: 'committed' };
    }
    if (confirmed.kind === 'unavailable') return { kind: 'uncertain', reason: confirmed.reason };
    // The number is obsolete by now: this may be its second life, or its answer has come very late.
    const news = await follower.reload(confirmed.head, front.deadline);
    const reason = 'the log has gone on for long since it was written';
    return news.kind === 'unavailable'
      ? { kind: 'uncertain', reason }
      : { kind: 'uncertain', reason, changes: news.changes };
  }

  /** The front has failed: all that stand on it fail too. */
  #fail(outcome: Exclude<AppendOutcome, { readonly kind: 'committed' }>): void {
    const [front, ...behind] = this.#pending;
    this.#pending = [];
    this.#options.snapshotter.onFailed();
    const failed = [front as Pending, ...behind];
    for (const pending of failed) pending.isAbandoned = true;
    // What is rolled back is somebody else's, should it be met in the log.
    this.#recent = this.#recent.filter((id) => failed.every((pending) => pending.id !== id));
    front?.resolve(outcome);
    for (const pending of behind) {
      const mayBeThere = outcome.kind === 'uncertain' && pending.outcome?.kind !== 'unavailable';
      pending.resolve(
        mayBeThere ? { kind: 'uncertain', reason: outcome.reason } : { kind: 'conflict', changes: undefined },
      );
    }
  }
}
