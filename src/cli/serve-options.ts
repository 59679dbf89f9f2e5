/** The flags of `valthree serve`: what they are called, what they mean, what is refused. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { fromText } from '../resp/bytes.ts';
import { layouts, type Layout } from '../log/recognising-log.ts';
import { logLevels, type LogLevel } from '../server/logger.ts';
import type { TlsFiles } from '../server/listener.ts';
import type { NodeOptions } from '../server/node.ts';
import { parseMemorySize } from '../server/memory-size.ts';
import { bulkLengthMax } from '../server/settings.ts';
import { isLoopback } from '../server/socket-facts.ts';
import { parseAddress, type Address } from './addresses.ts';
import { parseDuration, parseLongDuration } from './durations.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { UsageError } from './exit.ts';
import { integer } from './integer-option.ts';
import { resolveStore, storeOptions, type StoreFlags } from './store-options.ts';

/** As commander hands them over. */
interface ServeFlags extends StoreFlags {
  readonly addr: Address;
  readonly layout: Layout;
  readonly retain?: number;
  readonly pipeline: number;
  readonly grace: number;
  readonly maxKeys: number;
  readonly maxmemory: number;
  readonly databases: number;
  readonly commitInterval: number;
  readonly followInterval: number;
  readonly maxClients: number;
  readonly timeout: number;
  readonly tcpKeepalive: number;
  readonly requirepass: string;
  readonly protectedMode: boolean;
  readonly tlsCertFile?: string;
  readonly tlsKeyFile?: string;
  readonly tlsCaCertFile?: string;
  readonly tlsAuthClients?: TlsFiles['authClients'];
  readonly httpAddr?: Address;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly logLevel?: LogLevel;
}

/** Adds all flags, each with its environment variable. */
export function addServeOptions(command: Command): Command {
  const groups: readonly (readonly [heading: string, options: readonly Option[]])[] = [
    ['Where to listen:', listenOptions()],
    ['Where the data is:', [...storeOptions(), ...layoutOptions()]],
    ['How it works:', workOptions()],
    ['Who may connect:', securityOptions()],
    ['What it tells:', logOptions()],
  ];
  for (const [heading, options] of groups) {
    command.optionsGroup(heading);
    for (const option of options) addOptionWithVariable(command, option);
  }
  return command;
}

function listenOptions(): Option[] {
  return [
    new Option('--addr <host:port>', 'address for clients; :PORT is loopback, 0.0.0.0:PORT every interface')
      .argParser(parseAddress)
      .default(parseAddress('127.0.0.1:6379'), '127.0.0.1:6379'),
    new Option('--http-addr <host:port>', 'address of /healthz, /readyz and /metrics (off)').argParser(parseAddress),
    new Option('--max-clients <n>', 'open connections at most').argParser(integer(1, 2 ** 32 - 1)).default(10_000),
    new Option('--timeout <duration>', 'close idle connections after this; 0: never')
      .argParser(parseDuration)
      .default(0, '0'),
    new Option('--tcp-keepalive <duration>', 'between keep-alive probes; 0: none')
      .argParser(parseDuration)
      .default(300_000, '300s'),
  ];
}

function layoutOptions(): Option[] {
  return [
    new Option('--layout <layout>', 'how a new database is laid out').choices(layouts).default('journal'),
    new Option(
      '--retain <duration>',
      'how long the past can be had again, 7d, in the journal layout; 0: not at all (as it was said before)',
    ).argParser(parseLongDuration),
  ];
}

function workOptions(): Option[] {
  return [
    new Option('--max-keys <n>', 'keys that the database may hold; 0: no limit')
      .argParser(integer(0, 2 ** 53 - 1))
      .default(0),
    new Option('--maxmemory <size>', 'what keys and values may take in memory: 100mb, 1gb; 0: no limit')
      .argParser(memorySize)
      .default(0, '0'),
    new Option('--pipeline <n>', 'commits under way at once, in the journal layout')
      .argParser(integer(1, 64))
      .default(4),
    new Option('--grace <duration>', 'how long a new database leaves obsolete objects in the store (journal layout)')
      .argParser(parseDuration)
      .default(3_600_000, '1h'),
    new Option('--databases <n>', 'databases that SELECT knows').argParser(integer(1, 10_000)).default(16),
    new Option(
      '--commit-interval <duration>',
      'wait so long for company before a request: fewer requests, more latency',
    )
      .argParser(parseDuration)
      .default(0, '0'),
    new Option('--follow-interval <duration>', 'ask the store so often for news while clients wait for other nodes')
      .argParser(parseDuration)
      .default(200, '200ms'),
  ];
}

function securityOptions(): Option[] {
  return [
    new Option('--requirepass <password>', 'password of clients; better as VALTHREE_REQUIREPASS').default('', 'none'),
    new Option('--no-protected-mode', 'listen beyond this machine without a password'),
    new Option('--tls-cert-file <file>', 'certificate, PEM: clients must then use TLS'),
    new Option('--tls-key-file <file>', 'its key, PEM'),
    new Option('--tls-ca-cert-file <file>', "issuer of clients' certificates, PEM"),
    new Option('--tls-auth-clients <mode>', 'whether clients must show a certificate')
      .choices(['yes', 'no', 'optional'])
      .default(undefined, 'yes with --tls-ca-cert-file, else no'),
  ];
}

function logOptions(): Option[] {
  return [
    new Option('--json', 'log in JSON').default(false),
    new Option('-v, --verbose', 'log more (the same as --log-level debug)').default(false),
    new Option('--log-level <level>', 'least level that is logged').choices(logLevels).default(undefined, 'info'),
  ];
}

function memorySize(text: string): number {
  const bytes = parseMemorySize(text);
  if (text === '' || bytes === undefined || !Number.isSafeInteger(bytes))
    throw new InvalidArgumentError('It must be a size: 100mb, 1gb, or a number of bytes.');
  return bytes;
}

export type ResolvedServeOptions = Omit<NodeOptions, 'version' | 'logger' | 'onShutdown'> & {
  readonly json: boolean;
  readonly level: LogLevel;
};

/** What the flags mean together. @throws UsageError where they contradict each other */
export function resolveServeFlags(flags: ServeFlags): ResolvedServeOptions {
  refuseUnprotected(flags);
  const level = flags.logLevel ?? (flags.verbose ? 'debug' : 'info');
  return {
    host: flags.addr.host,
    port: flags.addr.port,
    store: resolveStore(flags),
    databaseName: flags.name,
    layout: flags.layout,
    pipelineDepth: flags.pipeline,
    graceMs: positive(flags.grace, '--grace'),
    retainMs: flags.retain,
    databases: flags.databases,
    keysMax: flags.maxKeys,
    storeTimeoutMs: positive(flags.s3Timeout, '--s3-timeout'),
    requestTimeoutMs: positive(flags.s3RequestTimeout, '--s3-request-timeout'),
    commitIntervalMs: commitIntervalOf(flags),
    followIntervalMs: positive(flags.followInterval, '--follow-interval'),
    settings: {
      clientsMax: flags.maxClients,
      timeoutSeconds: Math.ceil(flags.timeout / 1000),
      keepAliveSeconds: Math.ceil(flags.tcpKeepalive / 1000),
      bulkLengthMax,
      queryBufferBytesMax: 2 ** 30,
      memoryMax: flags.maxmemory,
      password: fromText(flags.requirepass),
      logLevel: valkeyLevel(level),
    },
    protectedMode: flags.protectedMode,
    tls: resolveTls(flags),
    http: flags.httpAddr,
    json: flags.json,
    level,
  };
}

function refuseUnprotected(flags: ServeFlags): void {
  if (flags.requirepass !== '' || !flags.protectedMode || isLoopback(flags.addr.host)) return;
  throw new UsageError(
    `--addr ${flags.addr.host} can be reached from other machines: set --requirepass, or --no-protected-mode if you mean it`,
  );
}

function positive(ms: number, flag: string): number {
  if (ms <= 0) throw new UsageError(`${flag} must be more than 0`);
  return ms;
}

function commitIntervalOf({ commitInterval, s3Timeout }: ServeFlags): number {
  if (commitInterval >= s3Timeout) {
    throw new UsageError('--commit-interval must be less than --s3-timeout: commands would time out while they wait');
  }
  return commitInterval;
}

function resolveTls(flags: ServeFlags): TlsFiles | undefined {
  const { tlsCertFile: certFile, tlsKeyFile: keyFile, tlsCaCertFile: caCertFile, tlsAuthClients } = flags;
  if (certFile === undefined && keyFile === undefined) {
    const alone = caCertFile === undefined ? tlsAuthClients && '--tls-auth-clients' : '--tls-ca-cert-file';
    if (alone !== undefined) throw new UsageError(`${alone} needs --tls-cert-file and --tls-key-file`);
    return undefined;
  }
  if (certFile === undefined || keyFile === undefined) {
    throw new UsageError('--tls-cert-file and --tls-key-file go together');
  }
  const authClients = tlsAuthClients ?? (caCertFile === undefined ? 'no' : 'yes');
  if (authClients !== 'no' && caCertFile === undefined) {
    throw new UsageError(`--tls-auth-clients ${authClients} needs --tls-ca-cert-file: whose certificates are good?`);
  }
  return { certFile, keyFile, caCertFile, authClients };
}

/** Of the names that `CONFIG GET loglevel` knows. */
function valkeyLevel(level: LogLevel): string {
  const names: Readonly<Record<LogLevel, string>> = {
    trace: 'debug',
    debug: 'debug',
    info: 'notice',
    warn: 'warning',
    error: 'warning',
    fatal: 'warning',
    silent: 'nothing',
  };
  return names[level];
}
