/**
 * A node of the simulated world: the real one, from its sockets to its store, over a simulated machine. It can be
 * killed, paused and started again at any moment; its clock goes wrong as the machine's does.
 */
import { createLogger } from '../server/logger.ts';
import { assembleNode } from '../server/assemble-node.ts';
import { ClientSession } from '../server/client-session.ts';
import type { NodeServer } from '../server/node-server.ts';
import type { SnapshotLimits } from '../log/journal/snapshotter.ts';
import type { Layout } from '../log/recognising-log.ts';
import type { Environment } from '../environment/environment.ts';
import { FaultyStore, type Faults } from '../store/faulty-store.ts';
import { LatencyStore, type Latency } from '../store/latency-store.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { NodeEnvironment, type ClockError, type PauseKind } from './node-environment.ts';
import { NodeStore, type StoreLink } from './node-store.ts';
import { TracedStore } from './traced-store.ts';
import type { SimulatedSocket } from './network.ts';

export interface SimulatedNodeOptions {
  /** In the trace. */
  readonly name: string;
  /** What it says of itself. */
  readonly host: string;
  readonly world: Environment;
  /** Chance for its way to the store. */
  readonly way: Environment;
  readonly store: ObjectStore;
  readonly latency: Latency;
  readonly clockError: ClockError;
  /** How long a command may wait for the store, and one request of its. */
  readonly storeTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly commitIntervalMs: number;
  readonly layout: Layout;
  readonly pipelineDepth: number;
  readonly graceMs: number;
  /** `undefined`: as it was said before. */
  readonly retainMs?: number | undefined;
  readonly recordLengthMax: number;
  readonly newsLengthMax: number;
  readonly snapshots: SnapshotLimits;
  /** 0: as many as there are. */
  readonly keysMax: number;
  /** Something that must never happen has. */
  readonly onBroken: (what: string) => void;
  readonly trace: (what: string) => void;
}

/** One life, from a start to a kill. */
interface Life {
  readonly environment: NodeEnvironment;
  readonly server: NodeServer;
  isReady: boolean;
}

/** Between the end of a node that could not start and its next start, as a supervisor does it. */
const restartMs = 500;

export class SimulatedNode {
  readonly name: string;
  readonly clockError: ClockError;
  readonly storeLink: StoreLink = { requestsCut: false, responsesCut: false };
  readonly faulty: FaultyStore;
  readonly #options: SimulatedNodeOptions;
  readonly #store: TracedStore;
  readonly #sockets = new Set<SimulatedSocket>();
  #life: Life | undefined;
  #nextSessionId = 1;

  constructor(options: SimulatedNodeOptions) {
    this.#options = options;
    this.name = options.name;
    this.clockError = options.clockError;
    const { store, way, latency, trace } = options;
    this.faulty = new FaultyStore(new LatencyStore(store, way, latency), way, {});
    this.#store = new TracedStore(this.faulty, trace);
  }

  get isUp(): boolean {
    return this.#life !== undefined;
  }

  get isReady(): boolean {
    return this.#life?.isReady === true;
  }

  get server(): NodeServer | undefined {
    return this.#life?.server;
  }

  /** Sent to the store so far. */
  get requests(): number {
    return this.#store.requests;
  }

  setStoreFaults(faults: Faults): void {
    this.faulty.faults = faults;
  }

  start(): void {
    const { world, clockError, host } = this.#options;
    const environment = new NodeEnvironment(world, clockError);
    const store = new NodeStore(this.#store, { node: environment, world, link: this.storeLink });
    const server = assembleNode({
      ...settings,
      environment,
      store,
      host,
      keysMax: this.#options.keysMax,
      storeTimeoutMs: this.#options.storeTimeoutMs,
      requestTimeoutMs: this.#options.requestTimeoutMs,
      commitIntervalMs: this.#options.commitIntervalMs,
      layout: this.#options.layout,
      pipelineDepth: this.#options.pipelineDepth,
      graceMs: this.#options.graceMs,
      retainMs: this.#options.retainMs,
      recordLengthMax: this.#options.recordLengthMax,
      newsLengthMax: this.#options.newsLengthMax,
      snapshots: this.#options.snapshots,
      settings: { ...settings.settings },
      logger: this.#logger(),
      onShutdown: () => {
        this.#options.onBroken('a node was shut down by a client');
      },
    });
    const life = { environment, server, isReady: false };
    this.#life = life;
    server.engine.start().then(
      () => {
        life.isReady = true;
      },
      () => {
        if (this.#life === life) this.#startAgainLater(life);
      },
    );
  }

  #startAgainLater(life: Life): void {
    this.kill();
    this.#options.world.timers.set(() => {
      if (this.#life === undefined || this.#life === life) this.start();
    }, restartMs);
  }

  kill(): void {
    this.#life?.environment.kill();
    this.#life = undefined;
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }

  pause(kind: PauseKind): void {
    this.#life?.environment.pause(kind);
  }

  resume(): void {
    this.#life?.environment.resume();
  }

  /** `maxmemory`; 0: no limit. A node that is started again has none. */
  limitMemory(bytes: number): void {
    if (this.#life !== undefined) this.#life.server.configuration.values.memoryMax = bytes;
  }

  /** How what arrives reaches the life that is there now. */
  delivery(): (run: () => void) => void {
    const environment = this.#life?.environment;
    return (run) => {
      environment?.deliver(run);
    };
  }

  /** A client's connection; false where nobody listens. */
  accept(socket: SimulatedSocket): boolean {
    const life = this.#life;
    if (life?.isReady !== true) return false;
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    life.server.add(new ClientSession(life.server, socket, this.#nextSessionId++));
    return true;
  }

  /** Only what is logged as an error is of interest: the code takes it for impossible. */
  #logger(): ReturnType<typeof createLogger> {
    const logger = createLogger({ json: true, level: 'silent' });
    logger.error = (facts: unknown, message?: string) => {
      const cause = (facts as { err?: { stack?: string } }).err;
      this.#options.onBroken(`${this.name} logged an error: ${message ?? ''} ${cause?.stack ?? ''}`);
    };
    return logger;
  }
}

const settings = {
  version: '0.0.0',
  port: 6379,
  databaseName: 'db',
  databases: 4,
  followIntervalMs: 200,
  protectedMode: false,
  settings: {
    clientsMax: 10_000,
    timeoutSeconds: 0,
    keepAliveSeconds: 0,
    bulkLengthMax: 1024 * 1024,
    queryBufferBytesMax: 1024 * 1024,
    memoryMax: 0,
    password: '',
    logLevel: 'nothing',
  },
};
