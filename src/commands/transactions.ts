/**
 * MULTI, EXEC and WATCH. A transaction runs as one unit inside a round: its data commands each time that the round is
 * run (again after a conflict), its session commands once, when the round is settled and it is certain that the
 * transaction took place. Neither sees what the other does, but for SELECT, which `selects` foretells.
 */
import { nodeProperties } from '../environment/properties.ts';
import type { Watch } from '../keyspace/watches.ts';
import type { ByteString } from '../resp/bytes.ts';
import { error, isError, nullArray, ok, type Reply } from '../resp/reply.ts';
import {
  defineData,
  defineSession,
  type Context,
  type ExecutableCommand,
  type SessionCommand,
  type SessionContext,
} from './command.ts';
import { CommandError, outOfMemory } from './command-error.ts';
import { keysFrom } from './key-spec.ts';

/** Whether a command runs at once between MULTI and EXEC instead of being queued. */
export function runsInsideMulti(command: ExecutableCommand): boolean {
  return ['EXEC', 'DISCARD', 'QUIT', 'RESET'].includes(command.name);
}

export const multi = defineSession({
  name: 'MULTI',
  group: 'transactions',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_multi', 'allow_busy'],
  categories: ['transaction'],
  doc: { summary: 'Begins a transaction: the commands that follow are queued.', since: '1.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session }) => {
    session.transaction = { commands: [], broken: false, bytes: 0 };
    return ok;
  },
});

export const discard = defineSession({
  name: 'DISCARD',
  group: 'transactions',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
  categories: ['transaction'],
  doc: {
    summary: 'Ends a transaction and forgets its commands.',
    since: '2.0.0',
    complexity: 'O(N), when N is the number of queued commands',
  },
  parse: () => undefined,
  run: ({ session }) => {
    if (session.transaction === undefined) throw new CommandError('ERR DISCARD without MULTI');
    session.transaction = undefined;
    session.unwatch();
    return ok;
  },
});

export const unwatch = defineSession({
  name: 'UNWATCH',
  group: 'transactions',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'fast', 'allow_busy'],
  categories: ['transaction'],
  doc: { summary: 'Forgets the keys that are watched.', since: '2.2.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ session }) => {
    session.unwatch();
    return ok;
  },
});

export const watch = defineData({
  name: 'WATCH',
  group: 'transactions',
  arity: -2,
  flags: ['noscript', 'loading', 'stale', 'fast', 'no_multi', 'allow_busy'],
  categories: ['transaction'],
  keys: [keysFrom(['RO'])],
  doc: {
    summary: 'Watches keys: the next transaction runs only if none of them has changed.',
    since: '2.2.0',
    complexity: 'O(1) for every key.',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv): { readonly keys: readonly ByteString[]; placed: Watch[] | undefined } => {
    return { keys: argv.slice(1), placed: undefined };
  },
  execute: ({ view, session }, args) => {
    for (const key of args.keys) view.peek(key);
    if (args.placed === undefined) {
      const fresh = args.keys.filter(
        (key) => !session.watches.some((watch) => watch.db === view.db && watch.key === key),
      );
      args.placed = [...new Set(fresh)].map((key) => view.keyspace.watches.place(view.db, key));
      session.watches.push(...args.placed);
    }
    // After a conflict the watches begin anew, on the state that this execution sees.
    for (const watch of args.placed) watch.tripped = false;
    return ok;
  },
});

export const exec = defineData({
  name: 'EXEC',
  group: 'transactions',
  arity: 1,
  flags: ['noscript', 'loading', 'stale', 'skip_slowlog'],
  categories: ['transaction'],
  doc: {
    summary: 'Runs the queued commands, all or, where a watched key has changed, none.',
    since: '1.2.0',
    complexity: 'Depends on commands in the transaction',
  },
  parse: (_, context) => takeTransaction(context),
  execute: (context, transaction) => {
    const { steps, watches } = transaction;
    if (context.server.isOutOfMemory && steps.some(({ command }) => command.flags.includes('denyoom')))
      throw new CommandError(`EXECABORT Transaction discarded because of: ${outOfMemory}`);
    for (const watch of watches) context.view.in(watch.db).peek(watch.key);
    if (watches.some(({ tripped }) => tripped)) return nullArray;
    let { db } = transaction;
    return steps.map((step) => {
      const reply = runStep(context, step, db);
      db = databaseAfter(context, step) ?? db;
      return reply;
    });
  },
  settled: (context, { steps, watches }, reply) => {
    for (const watch of watches) context.server.watches.remove(watch);
    if (watches.length > 0 && !isError(reply)) observeWatches(context, reply);
    if (!Array.isArray(reply)) return;
    const replies = reply as Reply[];
    for (const [index, step] of steps.entries()) {
      if (isSessionStep(step)) replies[index] = runSessionStep(context, step);
    }
  },
  holdsConnection: ({ steps }) => steps.some((step) => isSessionStep(step) && mayChangeSession(step.command)),
});

function observeWatches({ environment: { watcher } }: SessionContext, reply: Reply): void {
  if (Array.isArray(reply)) watcher?.observe(nodeProperties.watchHeld, true);
  else watcher?.observe(nodeProperties.watchTripped, true);
}

/** One queued command. */
interface Step {
  readonly command: ExecutableCommand;
  /** Parsed once, when the transaction runs, as Valkey does. */
  readonly parsed: { readonly args: unknown } | { readonly error: Reply };
}

interface SessionStep extends Step {
  readonly command: SessionCommand;
  readonly parsed: { readonly args: unknown };
}

function isSessionStep(step: Step): step is SessionStep {
  return step.command.kind === 'session' && !('error' in step.parsed);
}

/** What is only to run in turn (`PUBLISH`) leaves the session as it was. */
function mayChangeSession({ runsInTurn, holdsConnection }: SessionCommand): boolean {
  return runsInTurn !== true || holdsConnection === true;
}

interface Transaction {
  readonly steps: readonly Step[];
  readonly watches: readonly Watch[];
  readonly db: number;
}

function takeTransaction(context: SessionContext): Transaction {
  const { session } = context;
  const { transaction } = session;
  if (transaction === undefined) throw new CommandError('ERR EXEC without MULTI');
  session.transaction = undefined;
  if (transaction.broken) {
    session.unwatch();
    throw new CommandError('EXECABORT Transaction discarded because of previous errors.');
  }
  return {
    steps: transaction.commands.map(({ command, argv }) => ({
      command,
      parsed: attemptToParse(() => command.parse(argv, context)),
    })),
    watches: session.takeWatches(),
    db: session.db,
  };
}

function attemptToParse(parse: () => unknown): Step['parsed'] {
  try {
    return { args: parse() };
  } catch (cause) {
    if (cause instanceof CommandError) return { error: error(cause.message) };
    throw cause;
  }
}

/** The reply of a session command is a gap until the transaction is settled. */
function runStep(context: Context, { command, parsed }: Step, db: number): Reply {
  if ('error' in parsed) return parsed.error;
  if (command.kind === 'session') return null;
  const { view } = context;
  const inTurn = { ...context, view: view.in(db, command.flags.includes('readonly')) };
  return attempt(() => view.keyspace.attempt(() => command.execute(inTurn, parsed.args)));
}

function databaseAfter(context: Context, step: Step): number | undefined {
  return isSessionStep(step) ? step.command.selects?.(context, step.parsed.args) : undefined;
}

function runSessionStep(context: SessionContext, { command, parsed }: SessionStep): Reply {
  return attempt(() => {
    const reply = command.run({ ...context, insideTransaction: true }, parsed.args);
    if (reply instanceof Promise) return error(`ERR ${command.name} takes time and is not allowed in a transaction`);
    return reply ?? null;
  });
}

function attempt(run: () => Reply): Reply {
  try {
    return run();
  } catch (cause) {
    if (cause instanceof CommandError) return error(cause.message);
    throw cause;
  }
}
