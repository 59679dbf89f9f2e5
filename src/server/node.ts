/** A node in a real process: takes its ports, opens its store, starts and stops. */
import { systemEnvironment } from '../environment/system.ts';
import type { Environment } from '../environment/environment.ts';
import type { Watcher } from '../environment/properties.ts';
import { openStore, type OpenedStore, type OpenStoreOptions } from '../store/open-store.ts';
import { assembleNode, type NodeSettings } from './assemble-node.ts';
import { OperatorServer } from './http.ts';
import { Listener, loadTls, type TlsFiles } from './listener.ts';
import type { Logger } from './logger.ts';
import type { NodeServer } from './node-server.ts';

export interface NodeOptions extends NodeSettings {
  readonly store: Omit<OpenStoreOptions, 'environment'>;
  readonly tls: TlsFiles | undefined;
  readonly http: { readonly host: string; readonly port: number } | undefined;
  readonly watcher?: Watcher | undefined;
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
  try {
    const port = await listener.bind(options.host, options.port);
    const httpPort = options.http && (await operator?.listen(options.http.host, options.http.port));
    const opened = await openStoreInTime(options, environment);
    warnOfSkew(skewOf(opened, environment), logger);
    const server = await openDatabase(options, { environment, opened, port });
    listener.serve(server);
    operator?.ready(server);
    const skewTimer = setInterval(() => {
      warnOfSkew(server.store.clockSkewMs, logger);
    }, skewCheckMs).unref();
    return running({ server, listener, operator, port, httpPort, skewTimer });
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

async function openDatabase(
  options: NodeOptions,
  { environment, opened, port }: { environment: Environment; opened: OpenedStore; port: number },
): Promise<NodeServer> {
  const { logger } = options;
  const databaseName = opened.name ?? options.databaseName;
  const server = assembleNode({ ...options, databaseName, environment, store: opened.store, port });
  await server.engine.start();
  logger.info(
    {
      store: server.store.location,
      database: databaseName,
      layout: server.facts.layout,
      keys: server.keyspace.size,
    },
    'the database is open',
  );
  return server;
}

function running(parts: {
  server: NodeServer;
  listener: Listener;
  operator: OperatorServer | undefined;
  port: number;
  httpPort: number | undefined;
  skewTimer: NodeJS.Timeout;
}): RunningNode {
  const { server, listener, operator, port, httpPort, skewTimer } = parts;
  return {
    port,
    httpPort,
    server,
    drain: async () => {
      operator?.draining();
      clearInterval(skewTimer);
      listener.close();
      for (const session of server.sessions) session.closeAfterReplies();
      await server.engine.stop();
      await withinDrainTime(server);
      await server.store.close();
      operator?.close();
    },
    abort: () => {
      clearInterval(skewTimer);
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
