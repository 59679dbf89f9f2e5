/** `valthree serve`: one node in this process. */
import { Command } from 'commander';
import { nodeProperties } from '../environment/properties.ts';
import { createLogger, type Logger } from '../server/logger.ts';
import { startNode, type RunningNode } from '../server/node.ts';
import { formatAddress } from './addresses.ts';
import { antithesisWatcher } from './antithesis.ts';
import { exitCodes } from './exit.ts';
import { LoadingReport } from './loading-report.ts';
import { clientsAllowedBySystem } from './open-files.ts';
import { addServeOptions, resolveServeFlags, type ResolvedServeOptions } from './serve-options.ts';
import { version } from './version.ts';

const examples = `
Every flag is also an environment variable, as shown. Durations: 60s, 500ms, 1m30s.

Examples:
  valthree serve                                              data in ./valthree-data
  valthree serve --store s3://my-bucket/my-db                 AWS, its own variables and credential chain
  valthree serve --store s3://my-bucket/my-db --s3-addr http://127.0.0.1:9000 --s3-user admin --s3-pass secret
  valthree serve --addr 0.0.0.0:6379 --requirepass secret     reachable from other machines

Any number of nodes may serve one database. Exit codes: 0 stopped cleanly, 1 failed, 2 called wrongly.`;

export function serveCommand(): Command {
  const command = new Command('serve').description('Start a node.').addHelpText('after', examples);
  return addServeOptions(command).action(async () => {
    await serve(resolveServeFlags(command.opts()));
  });
}

async function serve(options: ResolvedServeOptions): Promise<void> {
  const watcher = antithesisWatcher(nodeProperties);
  const logger = createLogger(options);
  process.on('uncaughtException', (cause) => {
    logger.fatal({ err: cause }, 'an unexpected error: the node stops; nothing that was acknowledged is lost');
    process.exit(exitCodes.failure);
  });
  let node: RunningNode | undefined;
  let stopping = false;
  const stop = (reason: string, now: boolean): void => {
    if (stopping || now || node === undefined) {
      logger.warn({ reason }, 'stopping at once');
      node?.abort();
      process.exit(exitCodes.ok);
    }
    stopping = true;
    void drain(node, reason, logger);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => {
      stop(signal, false);
    });
  }
  // Started by `valthree cluster`, which has ended without saying so.
  process.on('disconnect', () => {
    if (!stopping) stop('the cluster has ended', false);
  });
  process.channel?.unref();
  const loading = new LoadingReport(logger);
  try {
    node = await startNode({
      ...options,
      settings: { ...options.settings, clientsMax: lowerToSystem(options.settings.clientsMax, logger) },
      version,
      logger,
      watcher,
      onLoading: (estimate) => {
        loading.show(estimate);
      },
      onShutdown: (now) => {
        stop('SHUTDOWN', now);
      },
    });
    loading.end();
  } catch (cause) {
    loading.end();
    logger.fatal(describeStartFailure(cause, options));
    process.exit(exitCodes.failure);
  }
  announce(node, options, logger);
}

/** As in Valkey: beyond what the system allows, clients would hang unaccepted. */
function lowerToSystem(clientsMax: number, logger: Logger): number {
  const allowed = clientsAllowedBySystem();
  if (allowed >= clientsMax) return clientsMax;
  logger.warn(
    { maxClients: clientsMax, loweredTo: allowed },
    'the system lets this process open too few files for --max-clients: raise ulimit -n',
  );
  return allowed;
}

function announce(node: RunningNode, options: ResolvedServeOptions, logger: Logger): void {
  const facts = { addr: formatAddress({ host: options.host, port: node.port }), tls: options.tls !== undefined };
  const http = node.httpPort === undefined ? {} : { http: `http://${options.http?.host ?? ''}:${node.httpPort}` };
  logger.info({ ...facts, ...http, version }, 'ready');
}

async function drain(node: RunningNode, reason: string, logger: Logger): Promise<void> {
  logger.info({ reason, waiting: node.server.engine.waitingTaskCount }, 'stopping: settling what waits');
  await node.drain();
  logger.info('stopped');
  process.exit(exitCodes.ok);
}

function describeStartFailure(cause: unknown, { host, port }: ResolvedServeOptions): string {
  const message = cause instanceof Error ? cause.message : String(cause);
  const code = (cause as NodeJS.ErrnoException).code;
  const address = formatAddress({ host, port });
  if (code === 'EADDRINUSE')
    return `the address is in use; stop what listens there or choose another --addr: addr=${address}`;
  if (code === 'EACCES') return `not allowed to listen there; ports below 1024 need privileges: addr=${address}`;
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `this machine has no such address: addr=${address}`;
  return message;
}
