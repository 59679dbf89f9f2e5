/** A node, wired together: log, keyspace, engine, commands, connections. It takes no port and reads nothing yet. */
import { allCommands } from '../commands/all-commands.ts';
import { CommandError } from '../commands/command-error.ts';
import { createCommandTable } from '../commands/table.ts';
import { Engine } from '../engine/engine.ts';
import { engineLimitsDefault } from '../engine/limits.ts';
import type { Environment } from '../environment/environment.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { snapshotLimitsDefault, type SnapshotLimits } from '../log/journal/snapshotter.ts';
import { RecognisingLog, type Layout } from '../log/recognising-log.ts';
import { error } from '../resp/reply.ts';
import { CountingStore } from '../store/counting-store.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { logLevels, type Logger, type LogLevel } from './logger.ts';
import { NodeServer } from './node-server.ts';
import { Settings, type SettingValues } from './settings.ts';

export interface NodeSettings {
  readonly version: string;
  readonly host: string;
  readonly port: number;
  /** Of the database, where the store's address names none. */
  readonly databaseName: string;
  /** Of a database that does not exist yet. */
  readonly layout: Layout;
  /** How many commits may be under way at once, where the layout allows it. */
  readonly pipelineDepth: number;
  /** For so long obsolete objects are left in the store, of a database that does not say it itself. */
  readonly graceMs: number;
  /** Of commits, and of what is taken over at once (`JournalLogOptions`). */
  readonly recordLengthMax?: number;
  readonly newsLengthMax?: number;
  /** For so long the past of the database can be had again; `undefined`: as it was said before. */
  readonly retainMs?: number | undefined;
  /** When snapshots are due. */
  readonly snapshots?: SnapshotLimits;
  readonly databases: number;
  readonly keysMax: number;
  /** How long a command may wait for the store. */
  readonly storeTimeoutMs: number;
  /** How long one request to the store may take before it is sent again. */
  readonly requestTimeoutMs: number;
  readonly commitIntervalMs: number;
  /** How often the store is asked for news while clients wait for what other nodes do. */
  readonly followIntervalMs: number;
  readonly settings: SettingValues;
  readonly protectedMode: boolean;
  readonly logger: Logger;
  /** A client has sent SHUTDOWN. */
  readonly onShutdown: (now: boolean) => void;
}

export interface NodeParts extends NodeSettings {
  readonly environment: Environment;
  readonly store: ObjectStore;
}

const commandTable = createCommandTable(allCommands);

export function assembleNode(parts: NodeParts): NodeServer {
  const { environment, databaseName, databases, requestTimeoutMs, logger, port } = parts;
  const store = new CountingStore(parts.store, environment.clock);
  const keyspace = new Keyspace(databases);
  const log = new RecognisingLog({
    store,
    name: databaseName,
    node: `${parts.host}:${port}`,
    environment,
    layout: parts.layout,
    databaseCount: databases,
    requestTimeoutMs,
    pipelineDepth: parts.pipelineDepth,
    graceMs: parts.graceMs,
    ...(parts.recordLengthMax === undefined ? {} : { recordLengthMax: parts.recordLengthMax }),
    ...(parts.newsLengthMax === undefined ? {} : { newsLengthMax: parts.newsLengthMax }),
    retainMs: parts.retainMs,
    snapshots: parts.snapshots ?? snapshotLimitsDefault,
    warn: (message) => {
      logger.warn(message);
    },
  });
  const engine = new Engine({
    log,
    keyspace,
    environment,
    limits: {
      ...engineLimitsDefault,
      timeoutMs: parts.storeTimeoutMs,
      commitIntervalMs: parts.commitIntervalMs,
      keysMax: parts.keysMax,
    },
    replyToError: (cause) => {
      if (cause instanceof CommandError) return error(cause.message);
      logger.error({ err: cause }, 'a command failed unexpectedly');
      return error('ERR internal error; the log of this node says more');
    },
  });
  const fixed = { port, bind: parts.host, databases, protectedMode: parts.protectedMode };
  const settings = new Settings(parts.settings, fixed, (names) => {
    logger.level = pinoLevel(parts.settings.logLevel);
    if (names.has('maxmemory')) warnOfSmallLimit(parts.settings.memoryMax, keyspace.memory, logger);
  });
  return new NodeServer({
    engine,
    keyspace,
    store,
    environment,
    table: commandTable,
    settings,
    followIntervalMs: parts.followIntervalMs,
    logger,
    facts: {
      version: parts.version,
      databaseName,
      port,
      get layout() {
        return log.layout;
      },
    },
    onShutdown: parts.onShutdown,
  });
}

function warnOfSmallLimit(memoryMax: number, used: number, logger: Logger): void {
  if (memoryMax === 0 || used <= memoryMax) return;
  logger.warn({ maxmemory: memoryMax, used }, 'maxmemory is less than what is used: writes that may grow are refused');
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
