/**
 * A command is one row: what it is called, what it takes, what it does. Everything else (arity check, ACL categories,
 * key extraction, `COMMAND`, `COMMAND DOCS`, `docs/commands.md`) is derived from the row. The facts of a row are those
 * of Valkey's `src/commands/*.json`.
 */
import type { Environment } from '../environment/environment.ts';
import type { View } from '../keyspace/view.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import type { Argument } from './argument.ts';
import type { KeySpec } from './key-spec.ts';
import type { FoundKey } from './keys-of.ts';
import type { Server, Session } from './session.ts';
import type { Wait } from './wait.ts';

/** The words of a command as they came, its name first (and its subcommand's name second). */
export type Arguments = readonly ByteString[];

type CommandFlag =
  | 'write'
  | 'readonly'
  | 'denyoom'
  | 'admin'
  | 'pubsub'
  | 'noscript'
  | 'blocking'
  | 'loading'
  | 'stale'
  | 'skip_monitor'
  | 'skip_slowlog'
  | 'asking'
  | 'fast'
  | 'no_auth'
  | 'may_replicate'
  | 'no_mandatory_keys'
  | 'no_async_loading'
  | 'no_multi'
  | 'movablekeys'
  | 'allow_busy'
  | 'touches_arbitrary_keys';

interface CommandDoc {
  readonly summary: string;
  readonly since: string;
  readonly complexity: string;
  readonly arguments?: readonly Argument[];
  /** Version and what changed then. */
  readonly history?: readonly (readonly [since: string, change: string])[];
  readonly deprecatedSince?: string;
  readonly replacedBy?: string;
}

interface CommandFacts {
  /** Upper case. A subcommand's own name only: `GETNAME`, in the `subcommands` of `CLIENT`. */
  readonly name: string;
  /** As in `COMMAND DOCS`: `string`, `generic`, `connection`, `server`, `transactions` … */
  readonly group: string;
  /** Words including the name (and the subcommand's); negative: at least so many. */
  readonly arity: number;
  readonly flags: readonly CommandFlag[];
  /** Categories beyond those that follow from group and flags, without `@`: `dangerous`, `keyspace`. */
  readonly categories?: readonly string[];
  readonly keys?: readonly KeySpec[];
  /** Where what becomes of the keys depends on the words (`variable_flags`): what it is in this case. */
  readonly variableKeyFlags?: (argv: Arguments) => readonly string[];
  /** Keys that the specifications cannot tell. Throws `CommandError` where the words make no sense. */
  readonly moreKeys?: (argv: Arguments) => readonly FoundKey[];
  readonly tips?: readonly string[];
  readonly doc: CommandDoc;
}

/**
 * Runs on the keyspace, inside a round. `execute` is deterministic but for its context, does no I/O, is all or nothing
 * (what it did is undone where it throws) and may run again after a conflict.
 */
export interface DataCommand<Args = unknown> extends CommandFacts {
  readonly kind: 'data';
  /** Strict, pure but for taking over the session's transaction (`EXEC`), runs once. Throws `CommandError`. */
  parse(argv: Arguments, context: SessionContext): Args;
  execute(context: Context, args: Args): Reply;
  /** Runs once, after the last execution, when the reply is final. What it fills into the reply is sent. */
  settled?(context: SessionContext, args: Args, reply: Reply): void;
  /** Whether `settled` changes the session, so that the connection's later commands must wait for it. */
  holdsConnection?(args: Args): boolean;
}

/** Needs no proof from the store: it concerns the connection or the node. Runs once, in the order of the connection. */
export interface SessionCommand<Args = unknown> extends CommandFacts {
  readonly kind: 'session';
  parse(argv: Arguments, context: SessionContext): Args;
  /**
   * Runs only when all commands before it are settled, as what it does is seen elsewhere, or is to begin behind their
   * replies. In a transaction all session commands do. May not answer by a promise.
   */
  readonly runsInTurn?: true;
  /** Later commands of the connection wait until its turn has come. */
  readonly holdsConnection?: true;
  /** Later commands of the connection wait for a promise. `undefined`: no answer at all. */
  run(context: SessionContext, args: Args): Reply | undefined | Promise<Reply | undefined>;
  /** By the second word, in upper case: rows of the same name that run instead, as they look into the keyspace. */
  readonly dataForms?: ReadonlyMap<string, DataCommand>;
  /** The database that this command will select, if any: data commands behind it in a transaction run before it. */
  selects?(context: SessionContext, args: Args): number | undefined;
}

/** Groups its subcommands. */
export interface ContainerCommand extends CommandFacts {
  readonly kind: 'container';
  readonly subcommands: readonly ExecutableCommand[];
  /** What runs where no subcommand is given. */
  readonly alone?: ExecutableCommand;
}

export type Command = DataCommand | SessionCommand | ContainerCommand;
export type ExecutableCommand = DataCommand | SessionCommand;

/** What a session command may use. */
export interface SessionContext {
  readonly session: Session;
  readonly server: Server;
  readonly environment: Environment;
  /** All rows, for `COMMAND`. */
  readonly table: CommandTable;
  /** The command is one of a transaction: nothing may take time, or go on after it. */
  readonly insideTransaction?: boolean;
}

/** What a data command may use. */
export interface Context extends SessionContext {
  /** The selected database at the time of this execution. */
  readonly view: View;
  /** Lets the client wait (`waitOr`). Left out where nobody may wait: in transactions, and where no client is. */
  readonly wait?: (wait: Wait) => void;
}

/** Every command by name. */
export interface CommandTable {
  /** Top-level rows, in the order of their names. */
  readonly all: readonly Command[];
  /** A top-level row, by its name in any case. */
  find(name: ByteString): Command | undefined;
}

/** Types a row: `Args` is inferred from `parse`. */
export function defineData<Args>(row: Omit<DataCommand<Args>, 'kind'>): DataCommand {
  return { kind: 'data', ...row };
}

export function defineSession<Args>(row: Omit<SessionCommand<Args>, 'kind'>): SessionCommand {
  return { kind: 'session', ...row };
}

export function defineContainer(row: Omit<ContainerCommand, 'kind'>): ContainerCommand {
  return { kind: 'container', ...row };
}
