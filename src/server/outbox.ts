/**
 * What leaves a connection, in order: the replies in the order of its commands and, between them, pushes. Written out
 * is only as much as the socket takes; the rest are references to values, in line.
 *
 * A push goes behind all replies that are settled and before all that are not: that is where it would be had each
 * command run when it was settled, so a message neither overtakes what was true before it nor waits for what is not.
 */
import type { Protocol } from '../resp/encode.ts';
import type { Reply } from '../resp/reply.ts';
import type { ClientSocket } from './client-socket.ts';
import { PendingReply, ReplyLine } from './reply-line.ts';
import { ReplyOutput } from './reply-output.ts';
import { replyBytes } from './weight.ts';

/** Commands of one connection that may wait for their replies: more than any pipeline that helps. */
const unansweredMax = 16_384;
/** Memory that these and their replies may hold: more than a socket takes in the time of a round. */
const unansweredBytesMax = 64 * 1024 * 1024;
/** Bytes of replies that are written out ahead of what the socket has taken. */
const unsentBytesMax = 1024 * 1024;

export class Outbox {
  readonly #line = new ReplyLine();
  readonly #output: ReplyOutput;
  /** Where the next push goes, while a command is run that may push to its own connection. */
  #behind: PendingReply | undefined;

  constructor(socket: ClientSocket) {
    this.#output = new ReplyOutput(socket);
  }

  get isEmpty(): boolean {
    return this.#line.isEmpty;
  }

  /** Whether something in line can leave. */
  get isDue(): boolean {
    return this.#line.isDue;
  }

  /** Whether one more command may wait for its reply. */
  get hasRoom(): boolean {
    return this.#line.length < unansweredMax && this.#line.bytes < unansweredBytesMax;
  }

  /** The client does not take what is written out. */
  get isFull(): boolean {
    return this.#output.unsentBytes >= unsentBytesMax;
  }

  /** What waits for the client to read: all but replies that are not written out yet. */
  get unreadBytes(): number {
    return this.#output.unsentBytes + this.#line.pushedBytes;
  }

  /** Held by commands that are not answered yet. */
  get unansweredBytes(): number {
    return this.#line.bytes;
  }

  /** The first in line that is not settled. */
  get firstOpen(): PendingReply | undefined {
    return this.#line.firstOpen;
  }

  append(place: PendingReply): void {
    this.#line.append(place);
  }

  weigh(place: PendingReply, bytes: number): void {
    this.#line.weigh(place, bytes);
  }

  /** Answers at once, or when those before it have been answered. */
  answer(reply: Reply, protocol: Protocol): void {
    if (this.#line.isEmpty && !this.isFull) {
      this.#output.write(reply, protocol);
      return;
    }
    const place = new PendingReply(protocol);
    place.done = true;
    place.reply = reply;
    place.bytes = replyBytes(reply);
    this.#line.append(place);
  }

  /** @param protocol in force behind all that is in line */
  push(message: Reply, protocol: Protocol): void {
    if (this.#behind !== undefined) {
      this.#behind = this.#line.insert(message, this.#behind.protocol, this.#behind);
      return;
    }
    const now = this.#line.firstOpen?.protocol ?? protocol;
    if (this.#line.isEmpty && !this.isFull) this.#output.write(message, now);
    else this.#line.insert(message, now);
  }

  /** What is pushed meanwhile goes right behind this place, though others behind it may have their replies already. */
  pushingBehind<T>(place: PendingReply, run: () => T): T {
    this.#behind = place;
    try {
      return run();
    } finally {
      this.#behind = undefined;
    }
  }

  /** Sends what is due, as far as the socket takes it. */
  send(): void {
    do {
      while (!this.isFull) {
        const due = this.#line.takeDue();
        if (due === undefined) break;
        if (due.reply !== undefined) this.#output.write(due.reply, due.protocol);
      }
      this.#output.send();
    } while (this.#line.isDue && !this.isFull);
  }
}
