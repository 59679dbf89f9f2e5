/**
 * A command that may wait for keys (`BLPOP`). It goes through the engine as any other. If it finds nothing, and its round
 * proves that, its client is not answered but waits; whenever one of its keys may have something it goes through the
 * engine again, as a new task, until it is answered, its time is over or its client is gone.
 *
 * Invariant: while it is under way nothing but the engine ends it, as an element may already be on its way to the
 * client; what would have ended the wait is remembered, and holds if it has come back with nothing.
 */
import type { Context, DataCommand } from '../../commands/command.ts';
import type { Wait } from '../../commands/wait.ts';
import type { Timer } from '../../environment/environment.ts';
import type { View } from '../../keyspace/view.ts';
import { error, isError, nullArray, type Reply } from '../../resp/reply.ts';
import type { ClientSession } from '../client-session.ts';
import { CommandTask, type CommandCall } from '../command-task.ts';
import type { SessionHost } from '../session-host.ts';
import type { WaitingCommand } from './waiting-clients.ts';

/** Timers of Node hold at most 2^31 - 1 ms. */
const delayMsMax = 2 ** 31 - 1;

const unblocked = error('UNBLOCKED client unblocked via CLIENT UNBLOCK');
const nothing: Wait = { keys: [], isServedBy: () => false, timeoutMs: 0 };

export function mayBlock({ flags }: DataCommand): boolean {
  return flags.includes('blocking');
}

export class BlockingTask extends CommandTask implements WaitingCommand {
  readonly number: number;
  isCalled = false;
  readonly #session: ClientSession;
  readonly #host: SessionHost;
  readonly #startedAtMs: number;
  /** What it was told to wait for when it last found nothing. */
  #wait = nothing;
  /** It found nothing at its last execution. */
  #isEmptyHanded = false;
  #isUnderWay = true;
  #isBlocked = false;
  #isGone = false;
  /** What ends the wait, once it is not under way. */
  #end: { readonly reply: Reply | undefined } | undefined;
  #timer: Timer | undefined;

  constructor(session: ClientSession, command: DataCommand, call: CommandCall, host: SessionHost) {
    super(session, command, call);
    this.#session = session;
    this.#host = host;
    this.number = host.waiting.nextNumber();
    this.#startedAtMs = host.environment.clock.monotonic();
  }

  get wait(): Wait {
    return this.#wait;
  }

  get isUnderWay(): boolean {
    return this.#isUnderWay;
  }

  /** Whether its client really waits. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  protected override contextOf(view: View): Context {
    return {
      ...super.contextOf(view),
      wait: (wait) => {
        this.#wait = wait;
        this.#isEmptyHanded = true;
      },
    };
  }

  override execute(nowMs: number): Reply {
    this.#forgetLastExecution();
    // What it takes now nobody would get.
    if (this.#isGone) return nullArray;
    try {
      return super.execute(nowMs);
    } finally {
      if (this.#isEmptyHanded) this.#host.waiting.add(this);
      else this.#host.waiting.remove(this);
    }
  }

  /** What it had found is gone: it is in the lines again, before those who have waited for less long. */
  onUndone(): void {
    if (this.#wait !== nothing) this.#host.waiting.add(this);
  }

  #forgetLastExecution(): void {
    // What it was called for may be for those behind it.
    if (this.isCalled) this.#host.waiting.touchKeysOf(this);
    this.isCalled = this.#isEmptyHanded = false;
  }

  tryAgain(): void {
    this.#isUnderWay = true;
    this.#host.engine.submit(this);
  }

  override settle(reply: Reply): void {
    this.#isUnderWay = false;
    if (this.#isEmptyHanded && !isError(reply)) this.#goOnWaiting();
    else if (this.#isBlocked && isError(reply) && reply.text.startsWith('UNAVAILABLE ')) this.#waitForStore();
    else this.#finish(reply);
  }

  #goOnWaiting(): void {
    if (!this.#isBlocked) {
      this.#isBlocked = true;
      this.#host.waiting.changeCount(1);
    }
    if (this.#end !== undefined) {
      this.#finish(this.#end.reply);
      return;
    }
    this.#holdUpNobody();
    if (this.#timer === undefined && this.#wait.timeoutMs > 0) this.#setTimer();
    if (this.isBlocked && this.isCalled) this.#host.waiting.answerCall(this);
  }

  /** A try has failed, and nothing was written. Those behind it wait for the store, too: at once they would try in vain. */
  #waitForStore(): void {
    this.#host.waiting.add(this);
    this.#host.waiting.fail(this);
    if (this.#end === undefined) this.#holdUpNobody();
    else this.#finish(this.#end.reply);
  }

  #holdUpNobody(): void {
    this.#host.admission.release(this.bytes);
    this.#session.onBlocked(this);
  }

  #setTimer(): void {
    const { clock, timers } = this.#host.environment;
    const leftMs = this.#startedAtMs + this.#wait.timeoutMs - clock.monotonic();
    if (leftMs <= 0) {
      this.#timer = undefined;
      this.#endWith(nullArray);
      return;
    }
    this.#timer = timers.set(
      () => {
        this.#setTimer();
      },
      Math.min(Math.ceil(leftMs), delayMsMax),
    );
  }

  #endWith(reply: Reply | undefined): void {
    this.#end ??= { reply };
    if (this.#isBlocked && !this.#isUnderWay) this.#finish(this.#end.reply);
  }

  /** `CLIENT UNBLOCK`. */
  unblock(how: 'timeout' | 'error'): boolean {
    if (!this.#isBlocked || this.#end !== undefined) return false;
    this.#endWith(how === 'error' ? unblocked : nullArray);
    return true;
  }

  /** The client sends no more, or the node ends: it waits no longer, but gets what is on its way. */
  leave(): void {
    this.#endWith(undefined);
  }

  /** The client is gone. */
  abandon(): void {
    this.#isGone = true;
    this.leave();
  }

  /** @param reply undefined: nothing is sent */
  #finish(reply: Reply | undefined): void {
    if (this.#timer !== undefined) this.#host.environment.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#host.waiting.remove(this);
    const wasBlocked = this.#isBlocked;
    this.#isBlocked = false;
    super.settle(reply ?? nullArray);
    if (reply === undefined) this.reply = undefined;
    if (wasBlocked) this.#host.waiting.changeCount(-1);
    // Those behind it were held up by it.
    if (this.isCalled) this.#host.waiting.answerCall(this);
  }
}
