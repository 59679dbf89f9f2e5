/** The node as its connections and their commands see it. */
import { CommandError } from '../commands/command-error.ts';
import type { CommandTable, ExecutableCommand } from '../commands/command.ts';
import type { Broker } from '../commands/pubsub/broker.ts';
import { resolveCommand } from '../commands/resolve.ts';
import type { Server } from '../commands/session.ts';
import type { Engine } from '../engine/engine.ts';
import type { Environment } from '../environment/environment.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Watches } from '../keyspace/watches.ts';
import type { ByteString } from '../resp/bytes.ts';
import { error, ok, type ErrorReply } from '../resp/reply.ts';
import type { CountingStore } from '../store/counting-store.ts';
import { Admission } from './admission.ts';
import { Follower } from './blocking/follower.ts';
import { WaitingClients } from './blocking/waiting-clients.ts';
import type { ClientSession } from './client-session.ts';
import { CommandRate } from './command-rate.ts';
import { CommandCounters, type CommandCounter } from './command-counters.ts';
import { crowdedShare, heapBytesMax } from './heap-limit.ts';
import { renderInfo } from './info.ts';
import type { Logger } from './logger.ts';
import type { OutputLimits } from './output-limit.ts';
import { samePassword } from './password.ts';
import { Pause } from './pause.ts';
import { Notifier } from './notifications/notifier.ts';
import { LocalBroker } from './pubsub/local-broker.ts';
import { NodeChannels } from './pubsub/node-channels.ts';
import type { SessionHost } from './session-host.ts';
import type { Settings } from './settings.ts';

export interface NodeServerOptions {
  readonly engine: Engine;
  readonly keyspace: Keyspace;
  readonly store: CountingStore;
  readonly environment: Environment;
  readonly table: CommandTable;
  readonly settings: Settings;
  readonly followIntervalMs: number;
  readonly logger: Logger;
  readonly facts: NodeFacts;
  readonly onShutdown: (now: boolean) => void;
}

/** What a node is; it does not change while it runs. */
export interface NodeFacts {
  readonly version: string;
  readonly layout: string;
  readonly databaseName: string;
  readonly port: number;
}

/** The version of Valkey whose commands and replies this node has. */
const valkeyVersion = '8.1.0';

export class NodeServer implements Server, SessionHost {
  readonly valkeyVersion = valkeyVersion;
  readonly engine: Engine;
  readonly keyspace: Keyspace;
  readonly store: CountingStore;
  readonly environment: Environment;
  readonly table: CommandTable;
  readonly configuration: Settings;
  readonly facts: NodeFacts;
  readonly startedAt: number;
  /** Since when it loads, or loaded, its database; milliseconds since 1970. */
  loadingSince: number;
  readonly runId: string;
  readonly counters: CommandCounters;
  readonly admission: Admission;
  readonly waiting: WaitingClients;
  readonly #notifier: Notifier;
  readonly #follower: Follower;
  readonly channels = new NodeChannels();
  readonly broker: Broker = new LocalBroker(this.channels);
  readonly #options: NodeServerOptions;
  readonly #sessions = new Map<number, ClientSession>();
  readonly #pause: Pause;
  readonly #heldByLoading = new Set<ClientSession>();
  #memoryPeak = 0;
  #flushing: ClientSession[] = [];
  #httpLoggedAt = -Infinity;
  #whenAllClosed: (() => void) | undefined;
  connectionsReceived = 0;
  connectionsRejected = 0;
  /** Subscribers closed because they did not read. */
  outputLimitDisconnections = 0;
  /** Bytes of connections that are closed. */
  #bytesIn = 0;
  #bytesOut = 0;
  commandsProcessed = 0;
  readonly commandRate: CommandRate;

  constructor(options: NodeServerOptions) {
    this.#options = options;
    this.engine = options.engine;
    this.keyspace = options.keyspace;
    this.store = options.store;
    this.environment = options.environment;
    this.table = options.table;
    this.configuration = options.settings;
    this.facts = options.facts;
    this.startedAt = this.loadingSince = options.environment.clock.now();
    const { random } = options.environment;
    this.runId = Array.from({ length: 5 }, () => random.uint32().toString(16).padStart(8, '0')).join('');
    this.counters = new CommandCounters(options.table);
    this.admission = new Admission(options.engine);
    this.#pause = new Pause(options.environment, () => {
      this.waiting.serve();
    });
    this.waiting = new WaitingClients(options.keyspace, {
      mayServe: () => !this.#pause.isOn,
      onCount: () => {
        this.#follower.update();
      },
    });
    this.engine.onChange = () => {
      this.waiting.serve();
    };
    this.#follower = new Follower({
      environment: options.environment,
      intervalMs: options.followIntervalMs,
      submit: (task) => {
        this.engine.submit(task);
      },
      isNeeded: () => !this.isLoading && (this.waiting.count > 0 || this.#notifier.isHeard),
      onAnswer: () => {
        this.waiting.retryFailed();
      },
    });
    this.#notifier = new Notifier({
      broker: this.broker,
      channels: this.channels,
      engine: options.engine,
      keyspace: options.keyspace,
      onChange: () => {
        this.#follower.update();
      },
    });
    options.settings.onEventClasses = (classes) => {
      this.#notifier.classes = classes;
    };
    this.commandRate = new CommandRate(options.environment.clock, () => this.commandsProcessed);
  }

  get server(): Server {
    return this;
  }

  get sessions(): Iterable<ClientSession> {
    return this.#sessions.values();
  }

  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** Clients that wait for keys, or for the end of a pause, which Valkey counts as well. */
  get blockedCount(): number {
    return this.waiting.count + this.#pause.heldCount;
  }

  get watches(): Watches {
    return this.keyspace.watches;
  }

  get bytesIn(): number {
    return this.#sumOver(this.#bytesIn, ({ statistics }) => statistics.bytesIn);
  }

  get bytesOut(): number {
    return this.#sumOver(this.#bytesOut, ({ statistics }) => statistics.bytesOut);
  }

  #sumOver(start: number, value: (session: ClientSession) => number): number {
    let sum = start;
    for (const session of this.#sessions.values()) sum += value(session);
    return sum;
  }

  get passwordRequired(): boolean {
    return this.configuration.values.password !== '';
  }

  checkPassword(user: ByteString, password: ByteString): boolean {
    const required = this.configuration.values.password;
    const same = samePassword(password, required);
    return user === 'default' && (required === '' || same);
  }

  get isOutOfMemory(): boolean {
    const { memoryMax } = this.configuration.values;
    return memoryMax > 0 && this.usedMemory > memoryMax;
  }

  get memoryRoom(): number {
    const { memoryMax } = this.configuration.values;
    return Math.max(0, Math.min(memoryMax === 0 ? Infinity : memoryMax, heapBytesMax * crowdedShare) - this.usedMemory);
  }

  /** What keys and values take. */
  get usedMemory(): number {
    const { memory } = this.keyspace;
    this.#memoryPeak = Math.max(this.#memoryPeak, memory);
    return memory;
  }

  /** The most of that whenever it was looked at, as in Valkey. */
  get memoryPeak(): number {
    return this.#memoryPeak;
  }

  findSession(id: number): ClientSession | undefined {
    return this.#sessions.get(id);
  }

  add(session: ClientSession): void {
    this.#sessions.set(session.id, session);
    this.connectionsReceived++;
  }

  info(sections: readonly string[]): ByteString {
    return renderInfo(this, sections);
  }

  resetStatistics(): void {
    this.counters.reset();
    this.store.reset();
    this.engine.resetStatistics();
    this.connectionsReceived = this.connectionsRejected = this.commandsProcessed = 0;
    this.outputLimitDisconnections = 0;
    this.#bytesIn = -this.#sumOver(0, ({ statistics }) => statistics.bytesIn);
    this.#bytesOut = -this.#sumOver(0, ({ statistics }) => statistics.bytesOut);
  }

  pause(until: number, mode: 'write' | 'all'): void {
    this.#pause.begin(until, mode);
  }

  unpause(): void {
    this.#pause.end();
  }

  /** Loads the database; serves meanwhile what needs none. Rejects where it cannot be read. */
  async start(): Promise<void> {
    this.loadingSince = this.environment.clock.now();
    await this.engine.start();
    this.#follower.update();
    const held = [...this.#heldByLoading];
    this.#heldByLoading.clear();
    for (const session of held) session.resume();
  }

  get isLoading(): boolean {
    return !this.engine.isOpen;
  }

  get mayHoldBack(): boolean {
    return this.#pause.isOn || this.isLoading;
  }

  holdsBack(command: ExecutableCommand, session: ClientSession): boolean {
    // WATCH and EXEC are allowed while Valkey loads; here they are answered when there is a database to prove them by.
    if (this.isLoading && command.kind === 'data') {
      // There is nothing to run, and so nothing to wait for.
      if (command.name === 'EXEC' && session.transaction?.broken !== false) return false;
      this.#heldByLoading.add(session);
      return true;
    }
    if (!this.#pause.isOn) return false;
    // CLIENT itself always runs, or nobody could end a pause.
    return !this.nameOf(command).startsWith('client|') && this.#pause.holdsBack(command, session);
  }

  shutdown({ now }: { now: boolean }): void {
    this.#options.onShutdown(now);
  }

  setActiveExpiry(enabled: boolean): void {
    this.engine.setActiveExpiry(enabled);
  }

  parserLimits(): { bulkLengthMax: number; queryBufferBytesMax: number } {
    return this.configuration.values;
  }

  flushSoon(session: ClientSession): void {
    this.#flushing.push(session);
    if (this.#flushing.length > 1) return;
    queueMicrotask(() => {
      const sessions = this.#flushing;
      this.#flushing = [];
      for (const due of sessions) due.flush();
    });
  }

  get outputLimits(): OutputLimits {
    return this.configuration.outputLimits;
  }

  onOutputLimit(session: ClientSession): void {
    this.outputLimitDisconnections++;
    this.#options.logger.warn(
      { client: session.address, id: session.id, unread_bytes: session.statistics.outputBytes },
      'a subscriber has fallen too far behind what it listens to: closed (client-output-buffer-limit)',
    );
  }

  /** Connections that listen to something. */
  get subscriberCount(): number {
    return this.#sumOver(0, ({ subscriptions }) => (subscriptions.total > 0 ? 1 : 0));
  }

  onHttpRequest(session: ClientSession): void {
    // Once a minute: whoever can connect could fill the log.
    const now = this.environment.clock.monotonic();
    if (now < this.#httpLoggedAt + 60_000) return;
    this.#httpLoggedAt = now;
    this.#options.logger.warn(
      { client: session.address },
      'an HTTP request came to the port for Valkey clients, perhaps from a browser that was tricked: closed',
    );
  }

  replyToError(cause: unknown, commandName: string): ErrorReply {
    if (cause instanceof CommandError) return error(cause.message);
    this.#options.logger.error({ err: cause, command: commandName }, 'a command failed unexpectedly');
    return error(`ERR internal error while running '${commandName}'; the log of this node says more`);
  }

  nameOf(command: ExecutableCommand): string {
    return this.counters.nameOf(command);
  }

  counterOf(command: ExecutableCommand): CommandCounter {
    return this.counters.of(command);
  }

  countFailure(command: ExecutableCommand, reply: ErrorReply): void {
    this.counters.of(command).failedCalls++;
    this.counters.countError(reply);
  }

  countRefusal(command: ExecutableCommand, reply: ErrorReply): void {
    const counter = this.counters.of(command);
    counter.calls--;
    counter.rejectedCalls++;
    this.commandsProcessed--;
    this.counters.countError(reply);
  }

  learnNews(): void {
    this.engine.submit({ execute: () => ok, settle: () => undefined });
  }

  countRejection(argv: readonly string[], reply: ErrorReply): void {
    const command = resolveCommand(this.table, argv);
    if (command.kind !== 'error') this.counters.of(command).rejectedCalls++;
    this.counters.countError(reply);
  }

  /** Resolves when no connection is open any more. */
  allClosed(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenAllClosed = resolve;
      if (this.#sessions.size === 0) resolve();
    });
  }

  onClosed(session: ClientSession): void {
    this.#sessions.delete(session.id);
    this.admission.forget(session);
    this.#pause.forget(session);
    this.#heldByLoading.delete(session);
    this.#bytesIn += session.statistics.bytesIn;
    this.#bytesOut += session.statistics.bytesOut;
    if (this.#sessions.size === 0) this.#whenAllClosed?.();
  }
}
