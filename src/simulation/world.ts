/**
 * A whole cluster in one thread, from one seed: nodes, clients, links between them, the bucket, clocks, faults. First
 * faults and load together; then the faults end, and everything must come to rest, answer and agree.
 */
import type { Environment } from '../environment/environment.ts';
import type { Operation } from '../verify/history.ts';
import { Chaos, faultsOf } from './chaos.ts';
import { WorkloadClient } from '../workload/client.ts';
import { Dice } from '../workload/dice.ts';
import { judge, type Judgement } from '../workload/judge.ts';
import { Importer } from './importer.ts';
import { junkCommands } from './junk.ts';
import { KeyNames } from '../workload/key-names.ts';
import { connectSockets, type Link } from './network.ts';
import { PastCheck } from './past-check.ts';
import { pushElement, waitForElement } from '../workload/list-operations.ts';
import { planFinalReads } from '../workload/operations.ts';
import { checkDeserted, checkExpired, checkIdle, checkRun } from './properties.ts';
import { PropertyWatcher } from './property-watcher.ts';
import { Recorder } from '../workload/recorder.ts';
import { snapshotLimitsOf, type FaultName, type Scenario } from './scenario.ts';
import { noTravels, TimeTraveller, type TravelCounts } from './time-traveller.ts';
import { Connection } from '../workload/connection.ts';
import { SimulatedNode } from './simulated-node.ts';
import { Trace } from './trace.ts';
import { TruthStore } from './truth-store.ts';
import { VirtualEnvironment } from './virtual-environment.ts';

export interface RunResult {
  readonly scenario: Scenario;
  /** Empty: all properties hold. */
  readonly failures: readonly string[];
  readonly operations: readonly Operation[];
  /** By the kind of keys that they are of. */
  readonly judgements: readonly Judgement[];
  /** The last events. */
  readonly trace: readonly string[];
  readonly traceHash: string;
  /** Without the time at the end in which nothing happens. */
  readonly virtualMs: number;
  readonly events: number;
  readonly commits: number;
  readonly faults: Readonly<Partial<Record<FaultName, number>>>;
  /** What was done to the past, and states of it that were compared with the truth. */
  readonly past: Readonly<TravelCounts> & { readonly compared: number };
  /** That were certainly made. */
  readonly imports: number;
  /** Of the nodes, by message: how often they have observed that it holds. */
  readonly properties: ReadonlyMap<string, number>;
}

const databaseCount = 4;
/** Far more than all time-outs one after another. */
const loadMsMax = 3_600_000;
/** Within this time of the last fault everything must have come to rest. */
const recoveryMsMax = 60_000;
/** So long somebody has waited, at least, when there is something for him. */
const waitingMs = 100;
/** After the last client has gone, snapshots and collections may still be under way for so long. */
const settlingMs = 60_000;
/** Then nothing may ask the store for so long. */
const idleMs = 600_000;
/** Within this time nodes delete what has expired. */
const expiryMs = 10_000;

export class World {
  readonly scenario: Scenario;
  readonly environment: VirtualEnvironment;
  readonly trace: Trace;
  readonly store: TruthStore;
  readonly nodes: readonly SimulatedNode[];
  readonly recorder: Recorder;
  readonly failures: string[] = [];
  judgements: readonly Judgement[] = [];
  readonly #watcher: PropertyWatcher;
  /** By client, then by node. */
  readonly #links: readonly (readonly Link[])[];
  readonly #chaos: Chaos;
  /** Only of the journal layout, as the next two. */
  readonly #traveller: TimeTraveller | undefined;
  readonly #pastCheck: PastCheck | undefined;
  readonly #importer: Importer | undefined;
  readonly #clients: readonly WorkloadClient[];
  readonly #connections = new Set<Connection>();
  readonly #keys = new KeyNames();
  #values = 0;
  #busyMs = 0;

  constructor(scenario: Scenario) {
    this.scenario = scenario;
    this.environment = new VirtualEnvironment(scenario.seed);
    this.trace = new Trace(this.environment.clock);
    this.recorder = new Recorder(this.environment.clock);
    const onBroken = (what: string): void => {
      this.fail(what);
    };
    this.#watcher = new PropertyWatcher(scenario.faults, onBroken);
    this.environment.watcher = this.#watcher;
    const { clock } = this.environment;
    const { contentEtags, layout } = scenario;
    this.store = new TruthStore({ clock, name: 'db', databaseCount, contentEtags, layout, onBroken });
    this.nodes = Array.from({ length: scenario.nodes }, (_, i) => this.#newNode(i, onBroken));
    this.#links = Array.from({ length: scenario.clients }, () =>
      this.nodes.map(() => ({ forthCut: false, backCut: false })),
    );
    this.#chaos = this.#newChaos();
    if (layout === 'journal') {
      const { store, trace } = this;
      const parts = { scenario, store, databaseCount, onBroken };
      const beside = { ...parts, trace, faults: faultsOf(scenario) };
      this.#traveller = new TimeTraveller({ ...beside, world: this.environment.stream('time traveller') });
      this.#importer = new Importer({ ...beside, world: this.environment.stream('importer') });
      this.#pastCheck = new PastCheck({ ...parts, world: this.environment.stream('past') });
    }
    this.#clients = Array.from({ length: scenario.clients }, (_, i) => this.#newClient(i));
  }

  fail(what: string): void {
    this.failures.push(what);
    this.trace.add('FAILURE', what);
  }

  async run(): Promise<RunResult> {
    for (const node of this.nodes) node.start();
    this.#chaos.begin();
    this.#traveller?.begin();
    this.#importer?.begin();
    const load = Promise.all(this.#clients.map((client) => client.run()));
    if (!(await this.#finished(load, loadMsMax)))
      this.fail('clients did not come to their end, although all time-outs are bounded');
    this.trace.add('world', 'faults end');
    const ended = await this.#finished(this.#chaos.end(), 1000);
    const isQuiet = ended && (await this.#finished(this.#comeToRest(), recoveryMsMax));
    if (!isQuiet) this.fail(`the nodes did not answer everything within ${recoveryMsMax} ms of the last fault`);
    this.judgements = judge(this.recorder.operations());
    checkRun(this);
    this.#importer?.check();
    this.#busyMs = this.environment.clock.monotonic();
    if (this.failures.length === 0) await this.#see(this.#pastCheck?.checkKept());
    if (this.failures.length === 0) await this.#rest();
    return this.#result();
  }

  async #comeToRest(): Promise<void> {
    await this.#traveller?.end();
    await this.#importer?.end();
    while (!this.nodes.every((node) => node.isReady)) await this.#pause(10);
    const { types, faults } = this.scenario;
    // Where there is no room for a key, nobody can be given anything.
    if (types.includes('list') && !faults.has('fewKeys')) await this.#serveWaiting();
    await this.#readEverything();
  }

  /** What is broken of the past is a failure by itself. */
  async #see(past: Promise<void> | undefined): Promise<void> {
    if (past === undefined || (await this.#finished(past, recoveryMsMax)) || this.failures.length > 0) return;
    this.fail(`the past was not read within ${recoveryMsMax} ms`);
  }

  /** Nobody is there any more. */
  async #rest(): Promise<void> {
    await this.environment.advance(settlingMs);
    for (const node of this.nodes) checkDeserted(node, this);
    const requests = this.nodes.map((node) => node.requests);
    await this.environment.advance(idleMs);
    for (const [i, node] of this.nodes.entries()) checkIdle(node, node.requests - (requests[i] ?? 0), this);
    // What is due is tried when the store cannot be reached, and must be tried again.
    for (const node of this.nodes) {
      node.setStoreFaults({ refused: 1 });
      node.server?.setActiveExpiry(true);
    }
    await this.environment.advance(expiryMs);
    for (const node of this.nodes) node.setStoreFaults({});
    await this.environment.advance(expiryMs);
    checkExpired(this);
    await this.#see(this.#pastCheck?.checkWhole());
  }

  /**
   * Every key, by every node: all answer, and what they answer belongs to the history. In the end nothing is written
   * any more, so that afterwards all nodes hold the same.
   */
  async #readEverything(): Promise<void> {
    for (const node of this.nodes) node.server?.setActiveExpiry(false);
    while (this.nodes.some((node) => node.server?.engine.waitingTaskCount !== 0)) await this.#pause(10);
    // Nodes are asked for something also where the clients have used no key.
    this.#keys.name('s', 0);
    // A read may delete what has expired; then those before it have to read again.
    let versions: number;
    do {
      versions = this.store.versions;
      for (const node of this.nodes) await this.#readAll(node);
    } while (this.store.versions !== versions);
  }

  /** Whoever waits on one node gets what is pushed on another: one element is enough. */
  async #serveWaiting(): Promise<void> {
    for (const [i, node] of this.nodes.entries()) {
      const other = this.nodes[(i + 1) % this.nodes.length] as SimulatedNode;
      const [waiter, pusher] = [this.#clientOf(node), this.#clientOf(other)];
      const key = this.#keys.name('q', this.scenario.keys + i);
      const served = waiter.perform(waitForElement(key), { timeoutMs: recoveryMsMax });
      await this.#pause(waitingMs);
      while ((await pusher.perform(pushElement(key, ++this.#values))).outcome !== 'ok');
      await served;
      waiter.leave();
      pusher.leave();
    }
  }

  #clientOf(node: SimulatedNode): WorkloadClient {
    return new WorkloadClient(this.#clients.length, {
      ...this.#clientOptions(this.environment),
      connect: () => this.#connectTo(node, { forthCut: false, backCut: false }, this.environment),
    });
  }

  async #readAll(node: SimulatedNode): Promise<void> {
    const client = this.#clientOf(node);
    for (const read of planFinalReads(this.#keys)) {
      while ((await client.perform(read)).outcome !== 'ok');
    }
    client.leave();
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.environment.timers.set(resolve, durationMs));
  }

  /** Whether the promise is fulfilled in time. A rejection is a failure of the simulator itself and thrown. */
  async #finished(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
    let outcome: 'fulfilled' | { readonly cause: unknown } | undefined;
    promise.then(
      () => (outcome = 'fulfilled'),
      (cause: unknown) => (outcome = { cause }),
    );
    await this.environment.run(() => outcome !== undefined || this.failures.length > 0, limitMs);
    if (typeof outcome === 'object') throw outcome.cause;
    return outcome === 'fulfilled';
  }

  #newNode(index: number, onBroken: (what: string) => void): SimulatedNode {
    const [minMs, maxMs] = this.scenario.storeLatencyMs;
    const { faults, keysMax } = this.scenario;
    // Somebody has started two with the same settings.
    const host = `node ${faults.has('sameName') && index === 1 ? 0 : index}`;
    return new SimulatedNode({
      name: `node ${index}`,
      host,
      world: this.environment.stream(`node ${index}`),
      way: this.environment.stream(`way of node ${index} to the store`),
      store: this.store,
      latency: { minMs, maxMs },
      clockError: { offsetMs: 0, drift: 0 },
      storeTimeoutMs: 4000,
      requestTimeoutMs: 500,
      commitIntervalMs: this.scenario.commitIntervalMs,
      layout: this.scenario.layout,
      pipelineDepth: this.scenario.pipelineDepth,
      // They were told different ones: that of the node which creates the database holds for all.
      graceMs: this.scenario.graceMs * (1 + index),
      recordLengthMax: this.scenario.recordLength,
      newsLengthMax: this.scenario.newsLength,
      retainMs: this.scenario.retainMs,
      snapshots: snapshotLimitsOf(this.scenario),
      keysMax: faults.has('fewKeys') ? keysMax : 0,
      onBroken,
      trace: (what) => {
        this.trace.add(`node ${index}`, what);
      },
    });
  }

  #newChaos(): Chaos {
    return new Chaos({
      scenario: this.scenario,
      world: this.environment,
      nodes: this.nodes,
      links: this.#links.flat(),
      store: this.store,
      trace: this.trace,
      resetOne: (dice) => {
        const open = [...this.#connections];
        if (open.length === 0) return false;
        dice.pick(open).close();
        return true;
      },
    });
  }

  #clientOptions(environment: Environment): Omit<ConstructorParameters<typeof WorkloadClient>[1], 'connect'> {
    return {
      plan: this.scenario,
      environment,
      recorder: this.recorder,
      trace: (client, what) => {
        this.trace.add(`client ${client}`, what);
      },
      junk: junkCommands,
      keys: this.#keys,
      fresh: () => ++this.#values,
      onDisconnect: () => {
        this.#chaos.count('disconnect');
      },
    };
  }

  #newClient(index: number): WorkloadClient {
    const environment = this.environment.stream(`client ${index}`);
    const dice = new Dice(environment.random);
    const network = this.environment.stream(`network of client ${index}`);
    return new WorkloadClient(index, {
      ...this.#clientOptions(environment),
      connect: (client) => {
        const at = dice.below(this.nodes.length);
        const node = this.nodes[at] as SimulatedNode;
        this.trace.add(`client ${client}`, `connects to ${node.name}`);
        return this.#connectTo(node, this.#links[client]?.[at] as Link, network);
      },
    });
  }

  #connectTo(node: SimulatedNode, link: Link, network: Environment): Promise<Connection> {
    const [minMs, maxMs] = this.scenario.networkLatencyMs;
    const sockets = connectSockets(network, {
      link,
      delays: { minMs, maxMs },
      client: '10.0.0.1',
      node: '10.0.1.1',
      deliverToNode: node.delivery(),
    });
    const connection = new Connection(sockets.client, this.environment, node.name);
    this.#connections.add(connection);
    sockets.client.on('close', () => this.#connections.delete(connection));
    if (!node.accept(sockets.node)) sockets.node.destroy();
    return Promise.resolve(connection);
  }

  #result(): RunResult {
    return {
      scenario: this.scenario,
      failures: this.failures,
      operations: this.recorder.operations(),
      judgements: this.judgements,
      trace: this.trace.last,
      traceHash: this.trace.hash,
      virtualMs: this.#busyMs,
      events: this.environment.eventCount,
      commits: this.store.versions,
      faults: this.#chaos.counts,
      past: { ...(this.#traveller?.counts ?? noTravels), compared: this.#pastCheck?.count ?? 0 },
      imports: this.#importer?.count ?? 0,
      properties: this.#watcher.held,
    };
  }
}

/** Runs one scenario from its beginning to its end. Also what nobody has caught is a failure of the run. */
export async function simulate(scenario: Scenario): Promise<RunResult> {
  const world = new World(scenario);
  const onUncaught = (cause: unknown): void => {
    world.fail(`nobody caught: ${cause instanceof Error ? (cause.stack ?? cause.message) : String(cause)}`);
  };
  world.environment.onUncaught = onUncaught;
  process.on('unhandledRejection', onUncaught);
  process.on('uncaughtException', onUncaught);
  try {
    return await world.run();
  } finally {
    process.off('unhandledRejection', onUncaught);
    process.off('uncaughtException', onUncaught);
  }
}
