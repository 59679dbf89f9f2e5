/**
 * The replies of a connection that are not written yet, in the order of its commands: a linked list, as commands put
 * themselves in line at one end while replies leave at the other, thousands at a time. Pushes (messages that nobody on
 * this connection has asked for) stand in it too while they cannot be written at once: behind all that is settled and
 * before all that is not, which is where Valkey, which settles every command as it runs, would have sent them.
 */
import type { Protocol } from '../resp/encode.ts';
import type { Reply } from '../resp/reply.ts';
import { replyBytes } from './weight.ts';

/** A place in the line. */
export class PendingReply {
  /** The next in line. */
  next: PendingReply | undefined = undefined;
  done = false;
  /** The memory it holds, words and reply. Changes by `ReplyLine.weigh` once it is in line. */
  bytes = 0;
  /** `undefined`: nothing is sent. */
  reply: Reply | undefined = undefined;
  /** The protocol in force when the command ran. */
  protocol: Protocol;

  constructor(protocol: Protocol) {
    this.protocol = protocol;
  }
}

/** A push that waits until the socket takes more. */
class PendingPush extends PendingReply {
  constructor(push: Reply, protocol: Protocol) {
    super(protocol);
    this.done = true;
    this.reply = push;
    this.bytes = replyBytes(push);
  }
}

export class ReplyLine {
  #first: PendingReply | undefined;
  #last: PendingReply | undefined;
  /** The last of those at the front that are known to be done; `undefined`: none is. Saves walking over them again. */
  #lastDone: PendingReply | undefined;
  #length = 0;
  #bytes = 0;
  #pushedBytes = 0;

  get isEmpty(): boolean {
    return this.#first === undefined;
  }

  /** The memory held by the commands in line. */
  get bytes(): number {
    return this.#bytes;
  }

  /** The commands in line. */
  get length(): number {
    return this.#length;
  }

  /** The memory held by the pushes in line. */
  get pushedBytes(): number {
    return this.#pushedBytes;
  }

  /** Whether the first in line can leave. */
  get isDue(): boolean {
    return this.#first?.done === true;
  }

  /** The first in line that is not done: all before it are settled. */
  get firstOpen(): PendingReply | undefined {
    const last = this.#lastSettled();
    return last === undefined ? this.#first : last.next;
  }

  append(place: PendingReply): void {
    if (this.#last === undefined) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#length++;
    this.#bytes += place.bytes;
  }

  /** Puts a push behind this place, or else behind all that is settled. */
  insert(push: Reply, protocol: Protocol, behind = this.#lastSettled()): PendingReply {
    const place = new PendingPush(push, protocol);
    place.next = behind === undefined ? this.#first : behind.next;
    if (behind === undefined) this.#first = place;
    else behind.next = place;
    if (place.next === undefined) this.#last = place;
    if (behind === this.#lastDone) this.#lastDone = place;
    this.#pushedBytes += place.bytes;
    return place;
  }

  #lastSettled(): PendingReply | undefined {
    let next = this.#lastDone === undefined ? this.#first : this.#lastDone.next;
    for (; next?.done === true; next = next.next) this.#lastDone = next;
    return this.#lastDone;
  }

  /** One in line holds more memory than before, or less. */
  weigh(place: PendingReply, bytes: number): void {
    this.#bytes += bytes - place.bytes;
    place.bytes = bytes;
  }

  /** Takes the first out of the line if it is due. */
  takeDue(): PendingReply | undefined {
    const first = this.#first;
    if (first?.done !== true) return undefined;
    this.#first = first.next;
    if (first.next === undefined) this.#last = undefined;
    if (first === this.#lastDone) this.#lastDone = undefined;
    if (first instanceof PendingPush) {
      this.#pushedBytes -= first.bytes;
    } else {
      this.#length--;
      this.#bytes -= first.bytes;
    }
    return first;
  }
}
