/** Nodes without sockets: engines over one store, in virtual time, with clients that count. */
import { Engine } from '../../src/engine/engine.ts';
import { engineLimitsDefault } from '../../src/engine/limits.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { View } from '../../src/keyspace/view.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { snapshotLimitsDefault, type SnapshotLimits } from '../../src/log/journal/snapshotter.ts';
import type { Log } from '../../src/log/log.ts';
import { PlainLog } from '../../src/log/plain/plain-log.ts';
import { error, isError, type Reply } from '../../src/resp/reply.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { FaultyStore, type Faults } from '../../src/store/faulty-store.ts';
import { LatencyStore, type Latency } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { ObjectStore } from '../../src/store/object-store.ts';

export const layouts = ['plain', 'journal'] as const;
export type Layout = (typeof layouts)[number];

interface ClusterOptions {
  readonly latency?: Latency;
  readonly timeoutMs?: number;
  /** Some records: whoever is behind catches up bit by bit. */
  readonly newsLengthMax?: number;
  readonly graceMs?: number;
  readonly snapshots?: SnapshotLimits;
}

export class EngineCluster {
  readonly environment: VirtualEnvironment;
  readonly store: MemoryStore;
  readonly nodes: { readonly engine: Engine; readonly keyspace: Keyspace; readonly faulty: FaultyStore }[] = [];

  readonly #layout: Layout;
  readonly #latency: Latency;
  readonly #timeoutMs: number;
  readonly #newsLengthMax: number;
  readonly #graceMs: number;
  readonly #snapshots: SnapshotLimits;

  constructor(
    seed: number,
    nodeCount: number,
    faults: Faults = {},
    layout: Layout = 'plain',
    options: ClusterOptions = {},
  ) {
    const { latency = { minMs: 5, maxMs: 60 }, timeoutMs = 4000, newsLengthMax = 3000 } = options;
    const { graceMs = 3_600_000, snapshots = snapshotLimitsDefault } = options;
    this.#layout = layout;
    this.#graceMs = graceMs;
    this.#snapshots = snapshots;
    this.#latency = latency;
    this.#timeoutMs = timeoutMs;
    this.#newsLengthMax = newsLengthMax;
    this.environment = new VirtualEnvironment(seed);
    this.store = new MemoryStore(this.environment.clock);
    for (let i = 0; i < nodeCount; i++) this.#addNode(faults);
  }

  #addNode(faults: Faults): void {
    const { environment } = this;
    const keyspace = new Keyspace(1);
    const faulty = new FaultyStore(new LatencyStore(this.store, environment, this.#latency), environment, faults);
    const engine = new Engine({
      log: this.#newLog(faulty),
      keyspace,
      environment,
      limits: { ...engineLimitsDefault, timeoutMs: this.#timeoutMs },
      replyToError: (cause) => error(`ERR ${(cause as Error).message}`),
    });
    this.nodes.push({ engine, keyspace, faulty });
  }

  #newLog(store: ObjectStore): Log {
    const options = { store, name: 'db', environment: this.environment, databaseCount: 1, requestTimeoutMs: 500 };
    if (this.#layout === 'plain') return new PlainLog(options);
    return new JournalLog({
      ...options,
      node: 'node',
      pipelineDepth: 4,
      graceMs: this.#graceMs,
      snapshots: this.#snapshots,
      newsLengthMax: this.#newsLengthMax,
    });
  }

  async start(): Promise<void> {
    for (const node of this.nodes) await this.result(node.engine.start());
  }

  setFaults(faults: Faults): void {
    for (const { faulty } of this.nodes) faulty.faults = faults;
  }

  /** Lets time pass until the promise is fulfilled. */
  async result<T>(promise: Promise<T>): Promise<T> {
    let outcome: { value: T } | { cause: unknown } | undefined;
    promise.then(
      (value) => (outcome = { value }),
      (cause: unknown) => (outcome = { cause }),
    );
    if (!(await this.environment.run(() => outcome !== undefined))) throw new Error('nothing is left to happen');
    if ('cause' in outcome!) throw outcome.cause;
    return (outcome as { value: T }).value;
  }

  /** Runs a command on a node. */
  run(node: number, execute: (view: View) => Reply): Promise<Reply> {
    const { engine, keyspace } = this.nodes[node]!;
    return new Promise((resolve) => {
      engine.submit({
        execute: (now) => execute(new View(keyspace, { db: 0, now, touches: true })),
        settle: resolve,
      });
    });
  }

  increment(node: number, key: string): Promise<Reply> {
    return this.run(node, (view) => {
      const next = Number((view.get(key) as string | undefined) ?? 0) + 1;
      view.setString(key, String(next));
      return next;
    });
  }

  read(node: number, key: string): Promise<Reply> {
    return this.run(node, (view) => Number((view.get(key) as string | undefined) ?? 0));
  }
}

/** An operation on a counter, as its client saw it. */
export interface CounterOperation {
  readonly kind: 'increment' | 'read';
  readonly calledAt: number;
  readonly returnedAt: number;
  readonly result: number | 'uncertain' | 'unavailable';
}

export function resultOf(reply: Reply): CounterOperation['result'] {
  if (typeof reply === 'number') return reply;
  if (!isError(reply)) throw new Error('an unexpected reply');
  if (reply.text.startsWith('UNCERTAIN ')) return 'uncertain';
  if (reply.text.startsWith('UNAVAILABLE ')) return 'unavailable';
  throw new Error(`an unexpected error: ${reply.text}`);
}

/**
 * Whether the operations on one counter are linearizable. For a counter that is simple: increments have distinct
 * results, nobody sees less than what had been seen before it began, and nobody more than has been begun.
 * @returns what is wrong, or undefined
 */
export function counterViolation(operations: readonly CounterOperation[], final: number): string | undefined {
  const increments = operations.filter(({ kind }) => kind === 'increment');
  const definite = increments.filter(({ result }) => typeof result === 'number');
  const uncertain = increments.filter(({ result }) => result === 'uncertain');
  if (new Set(definite.map(({ result }) => result)).size !== definite.length) return 'two increments had one result';
  if (final < definite.length) return `an acknowledged increment is lost: ${final} < ${definite.length}`;
  if (final > definite.length + uncertain.length) return `an increment counted twice, or one that had failed: ${final}`;
  for (const operation of operations) {
    if (typeof operation.result !== 'number') continue;
    const seenBefore = operations.filter(({ returnedAt }) => returnedAt < operation.calledAt);
    const floor = Math.max(0, ...seenBefore.map(({ result }) => (typeof result === 'number' ? result : 0)));
    const minimum = operation.kind === 'increment' ? floor + 1 : floor;
    if (operation.result < minimum) return `a stale result: ${JSON.stringify({ operation, floor })}`;
    const begun = increments.filter(
      ({ calledAt, result }) => calledAt <= operation.returnedAt && result !== 'unavailable',
    ).length;
    if (operation.result > begun) return `a result from nowhere: ${JSON.stringify({ operation, begun })}`;
  }
  return undefined;
}
