/** One command of one connection on its way: through the engine, where it needs a round, and to its place in line. */
import { View } from '../keyspace/view.ts';
import { CommandError, outOfMemory } from '../commands/command-error.ts';
import type { Context, DataCommand } from '../commands/command.ts';
import type { Task } from '../engine/task.ts';
import type { Reply } from '../resp/reply.ts';
import type { ClientSession } from './client-session.ts';
import { PendingReply } from './reply-line.ts';
import { silentReply } from './silent-reply.ts';
import { replyBytes } from './weight.ts';

/** What came with a command, but for its name. */
export interface CommandCall {
  readonly args: unknown;
  /** The memory that its words take. */
  readonly bytes: number;
  /** The client wants no reply. */
  readonly silent: boolean;
}

export class CommandTask extends PendingReply implements Task {
  readonly #session: ClientSession;
  readonly #command: DataCommand;
  readonly #args: unknown;
  /** The database that was selected when the command came. */
  readonly db: number;
  readonly #silent: boolean;
  readonly #wordsBytes: number;
  /** The last execution was refused for want of memory, before it began. */
  #isRefused = false;

  constructor(session: ClientSession, command: DataCommand, { args, bytes, silent }: CommandCall) {
    super(session.protocol);
    this.bytes = this.#wordsBytes = bytes;
    this.#session = session;
    this.#command = command;
    this.#args = args;
    this.db = session.db;
    this.#silent = silent;
  }

  execute(nowMs: number): Reply {
    const session = this.#session;
    // Here and not when it came: what is known now will be proven, and another node may have made room since.
    this.#isRefused = session.context.server.isOutOfMemory && this.#command.flags.includes('denyoom');
    if (this.#isRefused) throw new CommandError(outOfMemory);
    const { keyspace, noTouch } = session;
    const misses = keyspace.eventSink !== undefined && this.#command.flags.includes('readonly');
    const view = new View(keyspace, { db: this.db, now: nowMs, touches: !noTouch, misses });
    const reply = this.#command.execute(this.contextOf(view), this.#args);
    session.weigh(this, this.#wordsBytes + replyBytes(reply));
    return reply;
  }

  protected contextOf(view: View): Context {
    const { session, server, environment, table } = this.#session.context;
    return { session, server, environment, table, view };
  }

  get isRefused(): boolean {
    return this.#isRefused;
  }

  settle(reply: Reply): void {
    this.done = true;
    let final = reply;
    try {
      if (this.#command.settled !== undefined) {
        this.#session.whileSettling(this, () => this.#command.settled?.(this.#session.context, this.#args, reply));
      }
    } catch (cause) {
      final = this.#session.replyToError(this.#command, cause);
    }
    this.reply = this.#silent ? silentReply(final) : final;
    this.#session.onSettled(this, this.#command, final);
  }
}
