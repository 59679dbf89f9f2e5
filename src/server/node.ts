/** A node, wired together: store, log, keyspace, engine, connections. Starts it and stops it. */
import { allCommands } from '../commands/all-commands.ts';
import { CommandError } from '../commands/command-error.ts';
import { createCommandTable } from '../commands/table.ts';
import { Engine } from '../engine/engine.ts';
import { engineLimitsDefault } from '../engine/limits.ts';
import { systemEnvironment } from '../environment/system.ts';
import type { Environment } from '../environment/environment.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { PlainLog } from '../log/plain/plain-log.ts';
import { error } from '../resp/reply.ts';
import { CountingStore } from '../store/counting-store.ts';
import { openStore, type OpenedStore, type OpenStoreOptions } from '../store/open-store.ts';
import { OperatorServer } from './http.ts';
import { Listener, loadTls, type TlsFiles } from './listener.ts';
import { logLevels, type Logger, type LogLevel } from './logger.ts';
import { NodeServer } from './node-server.ts';
import { Settings, type SettingValues } from './settings.ts';

export interface NodeOptions {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  readonly store: Omit<OpenStoreOptions, 'environment'>;
  /** Of the database, where the store's address names none. */
  readonly databaseName: string;
  readonly databases: number;
  readonly keysMax: number;
  /** How long a command may wait for the store. */
  readonly storeTimeoutMs: number;
  /** How long one request to the store may take before it is sent again. */
  readonly requestTimeoutMs: number;
  readonly commitIntervalMs: number;
  readonly settings: SettingValues;
  readonly protectedMode: boolean;
  readonly tls: TlsFiles | undefined;
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly logger: Logger;
  /** A client has sent SHUTDOWN. */
  readonly onShutdown: (now: boolean) => void;
}

export interface RunningNode {
  readonly port: number;
  readonly httpPort: number | undefined;
  readonly server: NodeServer;
  /** Settles what waits, then closes the connections. */
  drain(): Promise<void>;
  /** Closes everything at once: what waits is not answered. */
  abort(): void;
}

/** A clock that is further off than this is worth a warning: S3 refuses requests at 15 minutes. */
const clockSkewMsMax = 60_000;
/** Between two tries to reach a store at start. */
const startRetryMs = 1000;

/** @throws Error with a clear message where the node cannot start */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const environment = systemEnvironment();
  const { logger } = options;
  const listener = new Listener({
    tls: options.tls && loadTls(options.tls),
    logger,
    protectedMode: options.protectedMode,
  });
  const operator = options.http && new OperatorServer(logger);
  try {
    const port = await listener.bind(options.host, options.port);
    const httpPort = options.http && (await operator?.listen(options.http.host, options.http.port));
    const opened = await openStoreInTime(options, environment);
    warnOfSkew(opened, environment, logger);
    const server = await openDatabase(options, { environment, opened, port });
    listener.serve(server);
    operator?.ready(server);
    return running({ server, listener, operator, port, httpPort });
  } catch (cause) {
    listener.close();
    operator?.close();
    throw cause;
  }
}

/** Tries again while the store cannot be reached, with a line in the log for each try. */
async function openStoreInTime(options: NodeOptions, environment: Environment): Promise<OpenedStore> {
  const endsAt = environment.clock.monotonic() + options.storeTimeoutMs;
  for (;;) {
    const opened = await openStore({ ...options.store, environment });
    if (opened.kind === 'opened') return opened;
    const final = opened.failure === 'denied' || environment.clock.monotonic() + startRetryMs > endsAt;
    if (final) throw new Error(opened.message);
    options.logger.warn({ reason: opened.message }, 'the store does not answer, trying again');
    await new Promise((resolve) => setTimeout(resolve, startRetryMs));
  }
}

function warnOfSkew(opened: OpenedStore, environment: Environment, logger: Logger): void {
  if (opened.date === undefined) return;
  const skewMs = environment.clock.now() - opened.date;
  if (Math.abs(skewMs) > clockSkewMsMax) {
    logger.warn(
      { skew_ms: skewMs },
      "the clock of this machine is far from the store's; keys expire by it, set it right",
    );
  }
}

async function openDatabase(
  options: NodeOptions,
  { environment, opened, port }: { environment: Environment; opened: OpenedStore; port: number },
): Promise<NodeServer> {
  const { logger } = options;
  const databaseName = opened.name ?? options.databaseName;
  const store = new CountingStore(opened.store, environment.clock);
  const keyspace = new Keyspace(options.databases);
  const { databases, requestTimeoutMs } = options;
  const log = new PlainLog({ store, name: databaseName, environment, databaseCount: databases, requestTimeoutMs });
  const server = createServer(options, { environment, store, keyspace, log, port, databaseName });
  await server.engine.start();
  logger.info(
    { store: store.location, database: databaseName, layout: server.facts.layout, keys: keyspace.size },
    'the database is open',
  );
  return server;
}

function createServer(
  options: NodeOptions,
  parts: {
    environment: Environment;
    store: CountingStore;
    keyspace: Keyspace;
    log: PlainLog;
    port: number;
    databaseName: string;
  },
): NodeServer {
  const { environment, store, keyspace, log, port, databaseName } = parts;
  const { logger } = options;
  const engine = new Engine({
    log,
    keyspace,
    environment,
    limits: {
      ...engineLimitsDefault,
      timeoutMs: options.storeTimeoutMs,
      commitIntervalMs: options.commitIntervalMs,
      keysMax: options.keysMax,
    },
    replyToError: (cause) => {
      if (cause instanceof CommandError) return error(cause.message);
      logger.error({ err: cause }, 'a command failed unexpectedly');
      return error('ERR internal error; the log of this node says more');
    },
  });
  const fixed = { port, bind: options.host, databases: options.databases, protectedMode: options.protectedMode };
  const settings = new Settings(options.settings, fixed, () => {
    logger.level = pinoLevel(options.settings.logLevel);
  });
  return new NodeServer({
    engine,
    keyspace,
    store,
    environment,
    table: createCommandTable(allCommands),
    settings,
    logger,
    facts: { version: options.version, layout: 'plain', databaseName, port },
    onShutdown: options.onShutdown,
  });
}

/** Valkey's names of log levels beside those of the log itself. */
const valkeyLevels: Readonly<Record<string, LogLevel>> = {
  debug: 'debug',
  verbose: 'debug',
  notice: 'info',
  warning: 'warn',
  nothing: 'silent',
};

function pinoLevel(name: string): LogLevel {
  return valkeyLevels[name] ?? logLevels.find((level) => level === name) ?? 'info';
}

function running(parts: {
  server: NodeServer;
  listener: Listener;
  operator: OperatorServer | undefined;
  port: number;
  httpPort: number | undefined;
}): RunningNode {
  const { server, listener, operator, port, httpPort } = parts;
  return {
    port,
    httpPort,
    server,
    drain: async () => {
      operator?.draining();
      listener.close();
      for (const session of server.sessions) session.closeAfterReplies();
      await server.engine.stop();
      await withinDrainTime(server);
      await server.store.close();
      operator?.close();
    },
    abort: () => {
      listener.close();
      operator?.close();
      for (const session of server.sessions) session.kill();
    },
  };
}

/** Clients that do not read their last replies are not waited for longer than this. */
const lastRepliesMs = 5000;

async function withinDrainTime(server: NodeServer): Promise<void> {
  const timer = setTimeout(() => {
    for (const session of server.sessions) session.kill();
  }, lastRepliesMs);
  await server.allClosed();
  clearTimeout(timer);
}
