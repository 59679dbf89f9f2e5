/** A node in a real process: takes its ports, opens its store, starts and stops. */
import { systemEnvironment } from '../environment/system.ts';
import type { Environment } from '../environment/environment.ts';
import type { Watcher } from '../environment/properties.ts';
import { openStore, type OpenedStore, type OpenStoreOptions } from '../store/open-store.ts';
import { assembleNode, type NodeSettings } from './assemble-node.ts';
import { HeapWatch } from './heap-watch.ts';
import { OperatorServer } from './http.ts';
import { Listener, loadTls, type TlsFiles } from './listener.ts';
import { loadingEstimate, type LoadingEstimate } from './loading-estimate.ts';
import type { Logger } from './logger.ts';
import type { NodeServer } from './node-server.ts';

export interface NodeOptions extends NodeSettings {
  readonly store: Omit<OpenStoreOptions, 'environment'>;
  readonly tls: TlsFiles | undefined;
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly watcher?: Watcher | undefined;
  /** Called several times a second while the database is loaded. */
  readonly onLoading?: (estimate: LoadingEstimate) => void;
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
/** How often it is looked at. */
const skewCheckMs = 600_000;
/** How often it is looked at whether the heap becomes full. */
const heapCheckMs = 5000;
/** How often it is told how far loading has come, and looked at whether it all fits. */
const loadingCheckMs = 50;
/** Between two tries to reach a store at start. */
const startRetryMs = 1000;

/** @throws Error with a clear message where the node cannot start */
export async function startNode(options: NodeOptions): Promise<RunningNode> {
  const environment = systemEnvironment(options.watcher);
  const { logger } = options;
  const listener = new Listener({
    tls: options.tls && loadTls(options.tls),
    logger,
    protectedMode: options.protectedMode,
  });
  const operator = options.http && new OperatorServer(logger);
  let server: NodeServer | undefined;
  try {
    const port = await listener.bind(options.host, options.port);
    const httpPort = options.http && (await operator?.listen(options.http.host, options.http.port));
    const opened = await openStoreInTime(options, environment);
    warnOfSkew(skewOf(opened, environment), logger);
    const databaseName = opened.name ?? options.databaseName;
    server = assembleNode({ ...options, databaseName, environment, store: opened.store, port });
    // Whatever needs no database is served while it is loaded; the rest is told that it is.
    listener.serve(server);
    operator?.observe(server);
    const heap = new HeapWatch(server, logger);
    await load(server, heap, options);
    operator?.ready();
    const timers = watch(server, heap, logger);
    return running({ server, listener, operator, port, httpPort, timers });
  } catch (cause) {
    listener.close();
    operator?.close();
    for (const session of server?.sessions ?? []) session.kill();
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

function skewOf({ date }: OpenedStore, { clock }: Environment): number | undefined {
  return date === undefined ? undefined : clock.now() - date;
}

function warnOfSkew(skewMs: number | undefined, logger: Logger): void {
  if (skewMs === undefined || Math.abs(skewMs) <= clockSkewMsMax) return;
  logger.warn(
    { skew_ms: skewMs },
    "the clock of this machine is far from the store's; keys expire by it, set it right",
  );
}

/** Loads the database, tells how far it has come, and ends where it cannot go on. */
async function load(server: NodeServer, heap: HeapWatch, { logger, onLoading }: NodeOptions): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const doesNotFit = new Promise<never>((_, reject) => {
    timer = setInterval(() => {
      const reason = heap.whyLoadingEnds();
      if (reason !== undefined) reject(new Error(reason));
      onLoading?.(loadingEstimate(server));
    }, loadingCheckMs);
  });
  try {
    await Promise.race([server.start(), doesNotFit]);
  } finally {
    clearInterval(timer);
  }
  const { store, facts, keyspace, loadingSince, environment } = server;
  logger.info(
    {
      store: store.location,
      database: facts.databaseName,
      layout: facts.layout,
      keys: keyspace.size,
      seconds: Math.round(environment.clock.now() - loadingSince) / 1000,
    },
    'the database is open',
  );
}

/** Looks now and then for what an operator should know. */
function watch(server: NodeServer, heap: HeapWatch, logger: Logger): readonly NodeJS.Timeout[] {
  heap.check();
  heap.checkLimit(server.configuration.values.memoryMax);
  return [
    setInterval(() => {
      warnOfSkew(server.store.clockSkewMs, logger);
    }, skewCheckMs).unref(),
    setInterval(() => {
      heap.check();
    }, heapCheckMs).unref(),
  ];
}

function running(parts: {
  server: NodeServer;
  listener: Listener;
  operator: OperatorServer | undefined;
  port: number;
  httpPort: number | undefined;
  timers: readonly NodeJS.Timeout[];
}): RunningNode {
  const { server, listener, operator, port, httpPort, timers } = parts;
  return {
    port,
    httpPort,
    server,
    drain: async () => {
      operator?.draining();
      for (const timer of timers) clearInterval(timer);
      listener.close();
      for (const session of server.sessions) session.closeAfterReplies();
      await server.engine.stop();
      await withinDrainTime(server);
      await server.store.close();
      operator?.close();
    },
    abort: () => {
      for (const timer of timers) clearInterval(timer);
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
