/**
 * The `journal` layout: a log of numbered records, each created once (`If-None-Match: *`), and a head that says where it
 * begins (`docs/store-format.md`). A commit is one small object, and several may be under way at once.
 *
 * Invariants:
 * - A commit is reported as committed only when it and all before it are known to be in the chain.
 * - A commit that is reported as lost is not in the chain, and never will be.
 * - Nothing is concluded from a number that may have been collected since (`Heads.confirm`).
 */
import type { Keyspace } from '../../keyspace/keyspace.ts';
import {
  newLoadProgress,
  type AppendOutcome,
  type Commit,
  type Deadline,
  type Log,
  type OpenOutcome,
  type SnapshotStatistics,
  type TurnStatistics,
  type VerifyOutcome,
} from '../log.ts';
import { Collector } from './collector.ts';
import { Follower, newsLengthMaxDefault } from './follower.ts';
import { Heads, type FoundHead } from './heads.ts';
import { Pipeline, recordLengthMaxDefault } from './pipeline.ts';
import { Pruner } from './pruner.ts';
import { Requests, type RequestOptions } from './requests.ts';
import { Slices } from './slices.ts';
import { Snapshotter, type SnapshotLimits } from './snapshotter.ts';
import { newId, writerOf } from './record.ts';
import { Turns } from './turns.ts';

export interface JournalLogOptions extends RequestOptions {
  /** The name of the database in the store. */
  readonly name: string;
  /** Who writes, for people who read the log. */
  readonly node: string;
  readonly databaseCount: number;
  /** How many commits may be under way at once. */
  readonly pipelineDepth: number;
  /**
   * For so long after it became obsolete an object is left, by the store's dates, where the database does not say it
   * itself; `undefined`: that is for others to say, and to delete what is obsolete.
   */
  readonly graceMs: number | undefined;
  /** For so long everything that was in the database can be had again; `undefined`: as it was said before. */
  readonly retainMs?: number | undefined;
  readonly snapshots: SnapshotLimits;
  /** Commits that are longer, in bytes, have objects beside their record. */
  readonly recordLengthMax?: number;
  /** So much is taken over at once from other nodes, in bytes of records. */
  readonly newsLengthMax?: number;
  /** It is known to be there, so that it is not created. */
  readonly mustExist?: boolean;
  /** Is told, in words, what is not as these options say. */
  readonly warn?: (message: string) => void;
}

export class JournalLog implements Log {
  readonly pipelineDepth: number;
  readonly #requests: Requests;
  readonly #heads: Heads;
  readonly #follower: Follower;
  readonly #pipeline: Pipeline;
  readonly #snapshotter: Snapshotter;
  readonly #turns: Turns;
  readonly #options: JournalLogOptions;

  constructor(options: JournalLogOptions) {
    this.#options = options;
    const {
      name,
      node,
      databaseCount,
      pipelineDepth,
      graceMs,
      retainMs,
      mustExist = false,
      newsLengthMax = newsLengthMaxDefault,
      recordLengthMax = recordLengthMaxDefault,
    } = options;
    this.pipelineDepth = pipelineDepth;
    const requests = new Requests(options);
    const heads = new Heads(requests, name, { graceMs, retainMs, mustExist });
    const collects = graceMs !== undefined;
    const slices = new Slices(requests.environment);
    const collector = new Collector({ requests, heads, slices, name, databaseCount });
    const snapshotter = new Snapshotter({
      requests,
      heads,
      slices,
      name,
      databaseCount,
      limits: options.snapshots,
      onSwapped: (head) => {
        if (collects && heads.newestSince !== undefined) void collector.collect(head, heads.newestSince);
      },
    });
    const writer = writerOf(newId(requests.environment.random));
    const turns = new Turns({ requests, heads, chain: () => this.#follower.chain, name, node, writer, pipelineDepth });
    const reading = { databaseCount, newsLengthMax, pipelineDepth, observer: turns };
    const follower = new Follower({ requests, heads, snapshotter, slices, name, ...reading });
    this.#turns = turns;
    const isSnapshotUnderWay = (): boolean => snapshotter.statistics.isUnderWay;
    const pruning = { requests, heads, collector, name, isSnapshotUnderWay };
    const pruner = collects ? new Pruner(pruning) : undefined;
    this.#requests = requests;
    this.#heads = heads;
    this.#follower = follower;
    this.#snapshotter = snapshotter;
    const parts = { requests, heads, follower, snapshotter, pruner, slices, turns };
    this.#pipeline = new Pipeline({ ...parts, name, node, writer, recordLengthMax });
  }

  get retries(): number {
    return this.#requests.retries;
  }

  get snapshots(): SnapshotStatistics {
    return this.#snapshotter.statistics;
  }

  get turns(): TurnStatistics {
    return this.#turns.statistics;
  }

  /** The number of the newest record that this log has handed over or committed. */
  get newest(): number {
    return this.#follower.tip.next - 1;
  }

  /** A large database takes as long as it takes: it is each request that is given up after the deadline's time. */
  async open(keyspace: Keyspace, deadline: Deadline, progress = newLoadProgress()): Promise<OpenOutcome> {
    this.#requests.patienceMs = deadline - this.#requests.environment.clock.monotonic();
    const outcome = await this.#follower.open(keyspace, Infinity, progress);
    if (outcome.kind === 'opened') this.#compareGrace();
    return outcome;
  }

  #compareGrace(): void {
    const { graceMs = this.#heads.graceMs, warn } = this.#options;
    if (graceMs === this.#heads.graceMs) return;
    const [database, node] = [this.#heads.graceMs, graceMs].map((ms) => `${ms / 1000} s`);
    warn?.(
      `the grace period is that of the database, ${database}, as it was said first, and not this node's, ${node}: ` +
        'nodes that differ in it would lose data; a copy of the database may have another',
    );
  }

  append(commit: Commit, deadline: Deadline): Promise<AppendOutcome> {
    return this.#pipeline.append(commit, deadline);
  }

  /** Asks for the number behind all that is known and under way: that nobody has it proves that nobody was before. */
  async verify(deadline: Deadline): Promise<VerifyOutcome> {
    const follower = this.#follower;
    const { tip } = follower;
    const number = this.#pipeline.next;
    const { begunCount } = this.#pipeline;
    const fetched = await follower.chain.fetch(number, deadline);
    if (fetched.kind === 'unavailable') return fetched;
    let newer: FoundHead | undefined;
    // Nobody has it, or this node has sent it since: then the question came first.
    if (fetched.kind === 'notFound' || this.#pipeline.isOwnSince(begunCount, fetched.content.id)) {
      const confirmed = await this.#heads.confirm(number, fetched.date, deadline);
      if (confirmed.kind === 'unavailable') return confirmed;
      if (confirmed.kind === 'confirmed') {
        // Behind writes under way it says nothing of the end that is known: what is there may be obsolete.
        if (follower.tip === tip && number === tip.next) {
          this.#heads.refresh(fetched.date);
          follower.isBehind = false;
        }
        return { kind: 'current' };
      }
      newer = confirmed.head;
    }
    // Nobody can tell what it means until what is under way is settled.
    const isUnclear = (): boolean => number !== tip.next || !this.#pipeline.isEmpty || follower.tip !== tip;
    if (isUnclear()) return { kind: 'unclear' };
    const first = fetched.kind === 'found' ? fetched : undefined;
    const news = await (newer === undefined ? follower.news(deadline, first) : follower.reload(newer, deadline));
    if (news.kind === 'unavailable') return news;
    if (isUnclear()) return { kind: 'unclear' };
    if (!news.isNothing) return { kind: 'changed', changes: news.changes };
    follower.tip = news.tip;
    follower.isBehind = false;
    return { kind: 'current' };
  }

  close(): Promise<void> {
    this.#follower.close();
    return Promise.resolve();
  }
}
