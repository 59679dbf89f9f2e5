/**
 * Session commands that wait in line until all commands before them on their connection are settled (`runsInTurn`).
 * They cost no request to the store: they run in the moment in which the last of those is settled, and at once where
 * all are. What one pushes to its own connection goes right behind its reply, as in Valkey.
 */
import type { SessionCommand } from '../commands/command.ts';
import type { Protocol } from '../resp/encode.ts';
import type { Reply } from '../resp/reply.ts';
import type { Admission } from './admission.ts';
import type { Outbox } from './outbox.ts';
import { PendingReply } from './reply-line.ts';
import { silentReply } from './silent-reply.ts';
import { replyBytes } from './weight.ts';

export class SessionTurn extends PendingReply {
  readonly command: SessionCommand;
  readonly args: unknown;
  readonly #silent: boolean;

  constructor(
    command: SessionCommand,
    { args, bytes, silent }: { readonly args: unknown; readonly bytes: number; readonly silent: boolean },
    protocol: Protocol,
  ) {
    super(protocol);
    this.bytes = bytes;
    this.command = command;
    this.args = args;
    this.#silent = silent;
  }

  answer(reply: Reply | undefined): void {
    this.reply = this.#silent ? silentReply(reply) : reply;
  }
}

/** Those of one connection. */
export class SessionTurns {
  readonly #outbox: Outbox;
  readonly #admission: Admission;
  readonly #run: (turn: SessionTurn) => Reply | undefined;
  #waiting = 0;

  constructor(outbox: Outbox, admission: Admission, run: (turn: SessionTurn) => Reply | undefined) {
    this.#outbox = outbox;
    this.#admission = admission;
    this.#run = run;
  }

  add(turn: SessionTurn): void {
    this.#outbox.append(turn);
    this.#admission.hold(turn.bytes);
    this.#waiting++;
    this.take();
  }

  /** Runs those whose turn has come. */
  take(): void {
    while (this.#waiting > 0) {
      const turn = this.#outbox.firstOpen;
      if (!(turn instanceof SessionTurn)) return;
      turn.done = true;
      this.#waiting--;
      this.#admission.release(turn.bytes);
      turn.answer(this.#outbox.pushingBehind(turn, () => this.#run(turn)));
      this.#outbox.weigh(turn, replyBytes(turn.reply));
    }
  }
}
