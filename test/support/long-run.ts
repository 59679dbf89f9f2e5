/**
 * Hours of writes by several nodes in a few minutes: the nodes of the simulator, without faults, over a store that knows
 * for how long nobody has needed each object (`ageing-store.ts`). It says, at every moment, how much is stored beside what
 * must be kept.
 *
 * The live data are the keys and values that clients would read, and stay about as large all the time. Nodes write in
 * turns and at once: for a while one alone, then the next one, then all together, then all but one.
 */
import { connectSockets } from '../../src/simulation/network.ts';
import { SimulatedNode } from '../../src/simulation/simulated-node.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { snapshotLimitsDefault, type SnapshotLimits } from '../../src/log/journal/snapshotter.ts';
import { isError } from '../../src/resp/reply.ts';
import { Connection } from '../../src/workload/connection.ts';
import { Dice } from '../../src/workload/dice.ts';
import { AgeingStore, type Amount } from './ageing-store.ts';
import { BalancedWriter, randomText, type CommandWords } from './balanced-writer.ts';

export interface LongRunOptions {
  readonly hours: number;
  readonly nodes: number;
  /** Of all nodes together. */
  readonly writesPerSecond: number;
  readonly keys: number;
  readonly valueBytes: readonly [min: number, max: number];
  /** For so long the same nodes write. */
  readonly turnMs: number;
  readonly graceMs: number;
  readonly retainMs: number;
  readonly snapshots: SnapshotLimits;
  readonly seed: number;
}

const hourMs = 3_600_000;

/** A day, with what nodes are told where nobody says anything else. */
export const longRunDefaults: LongRunOptions = {
  hours: 24,
  nodes: 3,
  writesPerSecond: 5,
  keys: 10_000,
  valueBytes: [50, 350],
  turnMs: hourMs / 4,
  graceMs: hourMs,
  retainMs: 0,
  snapshots: snapshotLimitsDefault,
  seed: 1,
};

/** What is stored at some moment. */
export interface Stock {
  /** Of the keys and values that clients would read; objects are those of a snapshot of them and the log until the next. */
  readonly live: Amount;
  readonly stored: Amount;
  /** What of it must be kept for a while, although the newest state does not need it. */
  readonly kept: Amount;
}

export interface LongRunResult {
  /** At the end of each hour. */
  readonly hours: readonly Stock[];
  /** When most was stored beside what must be kept, against the live data: of all moments. */
  readonly worst: { readonly bytes: number; readonly objects: number };
  readonly writes: number;
  /** Snapshots that have become the newest. */
  readonly snapshots: number;
  /** Objects of snapshots that were written, and those that were ever part of the newest one. */
  readonly parts: Amount;
  readonly usedParts: Amount;
}

/** How much is stored beside what must be kept, against the live data. */
export function excess({ live, stored, kept }: Stock): { readonly bytes: number; readonly objects: number } {
  const { bytes, objects } = stored;
  return { bytes: (bytes - kept.bytes) / live.bytes, objects: (objects - kept.objects) / live.objects };
}

/** So many snapshots of the past are retained, by docs/time-machine.md. */
const snapshotsRetained = 8;
const latency = { minMs: 10, maxMs: 30 };
/** What `serve` has where nobody says anything else. */
const [storeTimeoutMs, requestTimeoutMs] = [60_000, 10_000];
const keysAtOnce = 50;
const textLength = 1 << 20;
const name = 'db';

/** @param onHour is told of each hour when it is over */
export function runLong(
  options: LongRunOptions,
  onHour?: (hour: number, stock: Stock) => void,
): Promise<LongRunResult> {
  return new LongRun(options).run(onHour);
}

class LongRun {
  readonly #options: LongRunOptions;
  readonly #environment: VirtualEnvironment;
  readonly #store: AgeingStore;
  readonly #nodes: readonly SimulatedNode[];
  readonly #writers: readonly BalancedWriter[];
  readonly #worst = { bytes: 0, objects: 0 };
  /** Records of the filling; `undefined`: it is not over. */
  #filling: Amount | undefined;

  constructor(options: LongRunOptions) {
    this.#options = options;
    this.#environment = new VirtualEnvironment(options.seed);
    const onPut = (): void => {
      if (this.#filling !== undefined) this.#measure();
    };
    this.#store = new AgeingStore({ clock: this.#environment.clock, name, databaseCount: 4, onPut });
    this.#nodes = Array.from({ length: options.nodes }, (_, index) => this.#newNode(index));
    const text = randomText(textLength, this.#dice('text'));
    const keys = Math.ceil(options.keys / options.nodes);
    const { valueBytes } = options;
    this.#writers = this.#nodes.map(
      (_, index) =>
        new BalancedWriter({ prefix: `w${index}`, keys, valueBytes, dice: this.#dice(`writer ${index}`), text }),
    );
  }

  async run(onHour?: (hour: number, stock: Stock) => void): Promise<LongRunResult> {
    for (const node of this.#nodes) node.start();
    await this.#finish(this.#nodes.map((node, index) => this.#fill(node, index)));
    const { objects, bytes } = this.#store.records;
    this.#filling = { objects, bytes };
    const { clock } = this.#environment;
    const beganMs = clock.monotonic();
    const endMs = beganMs + this.#options.hours * hourMs;
    const writing = Promise.all(this.#nodes.map((node, index) => this.#write(node, index, endMs)));
    const hours: Stock[] = [];
    while (hours.length < this.#options.hours) {
      await this.#environment.run(() => clock.monotonic() >= beganMs + (hours.length + 1) * hourMs);
      hours.push(this.#stock());
      onHour?.(hours.length, this.#stock());
    }
    await this.#finish([writing]);
    const { parts, usedParts, snapshots } = this.#store;
    const writes = this.#writers.reduce((sum, writer) => sum + writer.writes, 0);
    return { hours, worst: this.#worst, writes, snapshots, parts, usedParts };
  }

  async #finish(promises: readonly Promise<unknown>[]): Promise<void> {
    let isDone = false;
    void Promise.all(promises).then(() => (isDone = true));
    if (!(await this.#environment.run(() => isDone, hourMs))) throw new Error('nothing more happens');
  }

  #dice(stream: string): Dice {
    return new Dice(this.#environment.stream(stream).random);
  }

  #newNode(index: number): SimulatedNode {
    const { graceMs, retainMs, snapshots } = this.#options;
    return new SimulatedNode({
      name: `node ${index}`,
      host: `node-${index}`,
      world: this.#environment.stream(`node ${index}`),
      way: this.#environment.stream(`way of node ${index}`),
      store: this.#store,
      latency,
      clockError: { offsetMs: 0, drift: 0 },
      storeTimeoutMs,
      requestTimeoutMs,
      commitIntervalMs: 0,
      layout: 'journal',
      pipelineDepth: 4,
      graceMs,
      retainMs,
      recordLengthMax: 1 << 20,
      newsLengthMax: 1 << 20,
      snapshots,
      keysMax: 0,
      onBroken: (what) => {
        throw new Error(what);
      },
      trace: () => undefined,
    });
  }

  async #fill(node: SimulatedNode, index: number): Promise<void> {
    while (!node.isReady) await this.#pause(10);
    const connection = this.#connect(node);
    const writer = this.#writers[index] as BalancedWriter;
    while (!writer.isFull) await ask(connection, writer.fill(keysAtOnce));
    connection.close();
  }

  async #write(node: SimulatedNode, index: number, endMs: number): Promise<void> {
    const { turnMs, writesPerSecond, nodes } = this.#options;
    const { clock } = this.#environment;
    const connection = this.#connect(node);
    const dice = this.#dice(`pace ${index}`);
    const writer = this.#writers[index] as BalancedWriter;
    while (clock.monotonic() < endMs) {
      const active = activeIn(Math.floor(clock.monotonic() / turnMs), nodes);
      if (active.includes(index)) {
        await this.#pause((-Math.log(1 - dice.fraction()) * 1000 * active.length) / writesPerSecond);
        await ask(connection, writer.next());
      } else {
        await this.#pause(turnMs - (clock.monotonic() % turnMs));
      }
    }
    connection.close();
  }

  #connect(node: SimulatedNode): Connection {
    const sockets = connectSockets(this.#environment.stream(`network of ${node.name}`), {
      link: { forthCut: false, backCut: false },
      delays: { minMs: 0.1, maxMs: 0.5 },
      client: '10.0.0.1',
      node: '10.0.1.1',
      deliverToNode: node.delivery(),
    });
    if (!node.accept(sockets.node)) throw new Error(`${node.name} does not listen`);
    return new Connection(sockets.client, this.#environment, node.name);
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#environment.timers.set(resolve, durationMs));
  }

  #measure(): void {
    const { bytes, objects } = excess(this.#stock());
    this.#worst.bytes = Math.max(this.#worst.bytes, bytes);
    this.#worst.objects = Math.max(this.#worst.objects, objects);
  }

  #stock(): Stock {
    const { objects, bytes } = this.#store.all;
    return { stored: { objects, bytes }, live: this.#live(), kept: this.#kept() };
  }

  #live(): Amount {
    const { snapshot, snapshotLength, records } = this.#store;
    const { recordsMax, bytesMin, ratio } = this.#options.snapshots;
    const filling = this.#filling ?? records;
    const recordLength = (records.bytes - filling.bytes) / Math.max(1, records.objects - filling.objects);
    const log = Math.min(recordsMax, Math.max(bytesMin, ratio * snapshotLength) / recordLength);
    const bytes = this.#writers.reduce((sum, writer) => sum + writer.bytes, 0);
    return { objects: 1 + snapshot.objects + log, bytes };
  }

  /**
   * What may not be deleted yet:
   * - records and parts that have been obsolete for less than the grace period: readers may be so slow;
   * - where the past is retained, records that have been obsolete for less than that time and an eighth more, as going back
   *   begins at one of eight snapshots of it; and of the older parts, as much as those eight are.
   */
  #kept(): Amount {
    const { graceMs, retainMs } = this.#options;
    const now = this.#environment.clock.now();
    const { snapshot } = this.#store;
    const since = now - Math.max(graceMs, retainMs + retainMs / snapshotsRetained);
    const records = this.#store.obsoleteSince(since, 'records');
    const parts = this.#store.obsoleteSince(since, 'parts');
    const recent = this.#store.obsoleteSince(now - graceMs, 'parts');
    const kept = (of: keyof Amount): number =>
      records[of] + recent[of] + Math.min(parts[of] - recent[of], snapshotsRetained * snapshot[of]);
    return { objects: kept('objects'), bytes: kept('bytes') };
  }
}

/** One after another alone, then all of them, then all but one. */
function activeIn(turn: number, nodes: number): readonly number[] {
  const all = Array.from({ length: nodes }, (_, index) => index);
  const which = turn % (nodes + 2);
  if (which < nodes) return [which];
  return which === nodes || nodes === 1 ? all : all.filter((index) => index !== turn % nodes);
}

async function ask(connection: Connection, command: CommandWords): Promise<void> {
  const answers = await connection.ask([command], 2 * storeTimeoutMs);
  if (answers.kind === 'lost') throw new Error('a node does not answer');
  const refused = answers.replies.find(isError);
  if (refused !== undefined) throw new Error(refused.text);
}
