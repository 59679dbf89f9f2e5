/** Whole nodes on one store, in virtual time, with clients by simulated sockets: for tests of who waits for whom. */
import { encodeRequest } from '../../src/resp/encode-request.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { assembleNode } from '../../src/server/assemble-node.ts';
import { ClientSession } from '../../src/server/client-session.ts';
import { createLogger } from '../../src/server/logger.ts';
import type { NodeServer } from '../../src/server/node-server.ts';
import { connectSockets, type SimulatedSocket } from '../../src/simulation/network.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { FaultyStore, type Faults } from '../../src/store/faulty-store.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { settingsDefault } from './test-node.ts';

export class BlockingCluster {
  readonly environment: VirtualEnvironment;
  readonly nodes: NodeServer[] = [];
  readonly #stores: FaultyStore[] = [];
  readonly #clients: SimulatedClient[] = [];

  static async start(seed: number, nodeCount: number, layout: 'plain' | 'journal'): Promise<BlockingCluster> {
    const cluster = new BlockingCluster(seed);
    const store = new MemoryStore(cluster.environment.clock);
    for (let i = 0; i < nodeCount; i++) await cluster.#addNode(store, layout);
    return cluster;
  }

  private constructor(seed: number) {
    this.environment = new VirtualEnvironment(seed);
  }

  async #addNode(memory: MemoryStore, layout: 'plain' | 'journal'): Promise<void> {
    const { environment } = this;
    const store = new FaultyStore(new LatencyStore(memory, environment, { minMs: 5, maxMs: 60 }), environment, {});
    const node = assembleNode({
      version: '0.0.0',
      host: 'node',
      port: 6379 + this.nodes.length,
      environment,
      store,
      databaseName: 'db',
      layout,
      pipelineDepth: 4,
      graceMs: 3_600_000,
      databases: 2,
      keysMax: 0,
      storeTimeoutMs: 4000,
      requestTimeoutMs: 500,
      commitIntervalMs: 0,
      followIntervalMs: 200,
      protectedMode: false,
      settings: settingsDefault(),
      logger: createLogger({ json: true, level: 'silent' }),
      onShutdown: () => undefined,
    });
    let isOpen = false;
    void node.engine.start().then(() => {
      isOpen = true;
    });
    await this.until(() => isOpen);
    this.nodes.push(node);
    this.#stores.push(store);
  }

  setFaults(faults: Faults): void {
    for (const store of this.#stores) store.faults = faults;
  }

  blockedCount(node: number): number {
    return this.nodes[node]!.waiting.count;
  }

  connect(node: number): SimulatedClient {
    const server = this.nodes[node]!;
    const id = this.#clients.length + 1;
    const sockets = connectSockets(this.environment, {
      link: { forthCut: false, backCut: false },
      delays: { minMs: 0, maxMs: 1 },
      client: `client ${id}`,
      node: 'node',
      deliverToNode: (run) => {
        run();
      },
    });
    server.add(new ClientSession(server, sockets.node, id));
    const client = new SimulatedClient(sockets.client);
    this.#clients.push(client);
    return client;
  }

  /** Lets time pass until this holds. */
  async until(condition: () => boolean, limitMs = 60_000): Promise<void> {
    if (!(await this.environment.run(condition, limitMs))) throw new Error('it does not come to this');
  }

  async pass(ms: number): Promise<void> {
    await this.environment.advance(ms);
  }

  /** Closes all connections, and asserts that nothing stays behind: not even a request once in a while. */
  async end(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.until(() => this.nodes.every((node) => node.sessionCount === 0));
    await this.pass(10_000);
    const requests = (): number => this.nodes.reduce((sum, { store }) => sum + store.statistics('get').count, 0);
    const before = requests();
    await this.pass(60_000);
    if (requests() !== before) throw new Error('an idle node makes requests');
    for (const { waiting, keyspace } of this.nodes) {
      if (waiting.count !== 0 || keyspace.watches.observer !== undefined) throw new Error('a client still waits');
    }
  }
}

/** A client that sends commands ahead, and has a callback for each reply. */
class SimulatedClient {
  readonly #socket: SimulatedSocket;
  readonly #parser = new ReplyParser();
  readonly #callbacks: ((reply: Reply) => void)[] = [];

  constructor(socket: SimulatedSocket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#parser.push(chunk);
      for (let next = this.#parser.next(); next !== undefined; next = this.#parser.next())
        this.#callbacks.shift()?.(next.reply);
    });
  }

  send(command: string, callback: (reply: Reply) => void = () => undefined): void {
    this.#callbacks.push(callback);
    this.#socket.write(encodeRequest(command.split(' ')));
  }

  close(): void {
    this.#socket.destroy();
  }
}
