/**
 * Runs commands on a keyspace without a server, an engine or a store: as a session would dispatch them, at a time that
 * stands still until it is set. What a round does (run, roll back, run again, settle) is done by hand, so that tests
 * can put a conflict exactly where it hurts.
 */
import { encodingLimitsDefault } from '../../src/commands/generic/encoding.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import { CommandError } from '../../src/commands/command-error.ts';
import type { DataCommand, ExecutableCommand, SessionContext } from '../../src/commands/command.ts';
import { resolveCommand } from '../../src/commands/resolve.ts';
import type { QueuedTransaction, Server, Session } from '../../src/commands/session.ts';
import { createCommandTable } from '../../src/commands/table.ts';
import { runsInsideMulti } from '../../src/commands/transactions.ts';
import type { Effect } from '../../src/keyspace/effect.ts';
import type { KeyEvent } from '../../src/keyspace/event.ts';
import { Keyspace, newRecording, type Recording } from '../../src/keyspace/keyspace.ts';
import { View } from '../../src/keyspace/view.ts';
import type { Watch } from '../../src/keyspace/watches.ts';
import type { ByteString } from '../../src/resp/bytes.ts';
import { error, ok, simple, type Reply } from '../../src/resp/reply.ts';
import { LocalBroker } from '../../src/server/pubsub/local-broker.ts';
import { NodeChannels } from '../../src/server/pubsub/node-channels.ts';
import { SessionSubscriptions } from '../../src/server/pubsub/session-subscriptions.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';

const table = createCommandTable(allCommands);

/** Half a minute into the year 2027: far from every round number. */
export const startMs = 1_798_761_630_123;

export class CommandRunner {
  readonly keyspace = new Keyspace();
  readonly channels = new NodeChannels();
  readonly server: Server;
  readonly environment = new VirtualEnvironment(1, startMs);
  now = startMs;
  readonly client: RunnerClient;
  /** Of the last command. */
  effects: readonly Effect[] = [];
  /** Of the last command, if the keyspace has an `eventSink`. */
  events: readonly KeyEvent[] = [];

  constructor(options: { bulkLengthMax?: number } = {}) {
    this.server = fakeServer(this.keyspace, this.channels, options.bulkLengthMax ?? 512 * 1024 * 1024);
    this.client = this.connect();
  }

  connect(): RunnerClient {
    return new RunnerClient(this);
  }

  /** Runs a command to its end. */
  run(...words: ByteString[]): Reply {
    return this.client.run(...words);
  }
}

/** A data command between its parsing and its settlement. */
export interface Submitted {
  /** Executes, again if need be, and notes the effects in this recording. */
  execute(recording: Recording): Reply;
  /** The reply as it leaves. */
  settle(reply: Reply): Reply;
}

export class RunnerClient {
  readonly session: Session;
  readonly #runner: CommandRunner;

  constructor(runner: CommandRunner) {
    this.#runner = runner;
    this.session = fakeSession(runner.keyspace, runner.channels);
  }

  run(...words: ByteString[]): Reply {
    this.#runner.effects = [];
    this.#runner.events = [];
    const submitted = this.submit(...words);
    if (!isSubmitted(submitted)) return submitted;
    const recording = newRecording();
    const reply = submitted.settle(submitted.execute(recording));
    this.#runner.effects = recording.effects;
    this.#runner.events = recording.events;
    return reply;
  }

  /** The reply of what runs at once, or a data command that waits to be executed. */
  submit(...words: ByteString[]): Reply | Submitted {
    const { session } = this;
    const command = resolveCommand(table, words);
    const { transaction } = session;
    if (command.kind === 'error' || (transaction !== undefined && command.flags.includes('no_multi'))) {
      if (transaction !== undefined) transaction.broken = true;
      return command.kind === 'error' ? command : error('ERR Command not allowed inside a transaction');
    }
    if (transaction !== undefined && !runsInsideMulti(command)) {
      transaction.commands.push({ command, argv: words });
      return simple('QUEUED');
    }
    try {
      return this.#dispatch(command, words);
    } catch (cause) {
      return replyToError(cause);
    }
  }

  #dispatch(command: ExecutableCommand, words: readonly ByteString[]): Reply | Submitted {
    const { server, environment, keyspace } = this.#runner;
    const context: SessionContext = { session: this.session, server, environment, table };
    const args = command.parse(words, context);
    if (command.kind === 'data') return this.#submitted(command, args, context, keyspace);
    const reply = command.run(context, args);
    if (reply instanceof Promise) throw new Error(`takes time: command=${command.name}`);
    return reply ?? null;
  }

  #submitted(command: DataCommand, args: unknown, context: SessionContext, keyspace: Keyspace): Submitted {
    const { db } = this.session;
    return {
      execute: (recording) => {
        const misses = command.flags.includes('readonly');
        const view = new View(keyspace, { db, now: this.#runner.now, touches: true, misses });
        keyspace.record(recording);
        try {
          return keyspace.attempt(() => command.execute({ ...context, view }, args));
        } catch (cause) {
          return replyToError(cause);
        } finally {
          keyspace.record(undefined);
        }
      },
      settle: (reply) => {
        command.settled?.(context, args, reply);
        return reply;
      },
    };
  }
}

export function isSubmitted(outcome: Reply | Submitted): outcome is Submitted {
  return typeof outcome === 'object' && outcome !== null && 'execute' in outcome;
}

function replyToError(cause: unknown): Reply {
  if (cause instanceof CommandError) return error(cause.message);
  throw cause;
}

function fakeSession(keyspace: Keyspace, channels: NodeChannels): Session {
  let watches: Watch[] = [];
  const session: Session = {
    id: 1,
    address: '127.0.0.1:1000',
    localAddress: '127.0.0.1:6379',
    fileDescriptor: -1,
    connectedAt: startMs,
    lastInteractionAt: startMs,
    lastCommand: '',
    name: '',
    libraryName: '',
    libraryVersion: '',
    protocol: 2,
    db: 0,
    authenticated: true,
    user: 'default',
    noEvict: false,
    noTouch: false,
    replyMode: 'on',
    subscriptions: new SessionSubscriptions(channels, { push: () => undefined }),
    transaction: undefined as QueuedTransaction | undefined,
    get watches() {
      return watches;
    },
    unwatch: () => {
      for (const watch of session.takeWatches()) keyspace.watches.remove(watch);
    },
    takeWatches: () => {
      const taken = watches;
      watches = [];
      return taken;
    },
    isBlocked: false,
    unblock: () => false,
    closeAfterReplies: () => undefined,
    kill: () => undefined,
    reset: () => {
      session.transaction = undefined;
      session.unwatch();
      session.db = 0;
    },
    statistics: { queryBufferBytes: 0, outputBytes: 0, unansweredBytes: 0, bytesIn: 0, bytesOut: 0, commandCount: 0 },
  };
  return session;
}

function fakeServer(keyspace: Keyspace, channels: NodeChannels, bulkLengthMax: number): Server {
  return {
    valkeyVersion: '8.1.0',
    configuration: {
      get: () => [],
      set: () => ok,
      databases: keyspace.databaseCount,
      bulkLengthMax,
      encodingLimits: { ...encodingLimitsDefault },
    },
    watches: keyspace.watches,
    sessions: [],
    channels,
    broker: new LocalBroker(channels),
    startedAt: startMs,
    runId: '0'.repeat(40),
    passwordRequired: false,
    checkPassword: () => true,
    findSession: () => undefined,
    info: () => '',
    resetStatistics: () => undefined,
    pause: () => undefined,
    unpause: () => undefined,
    shutdown: () => undefined,
    isOutOfMemory: false,
    memoryRoom: Infinity,
    setActiveExpiry: () => undefined,
  };
}
