/**
 * The replies of a connection that are not written yet, in the order of its commands: a linked list, as commands put
 * themselves in line at one end while replies leave at the other, thousands at a time.
 */
import type { Protocol } from '../resp/encode.ts';
import type { Reply } from '../resp/reply.ts';

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

export class ReplyLine {
  #first: PendingReply | undefined;
  #last: PendingReply | undefined;
  #length = 0;
  #bytes = 0;

  /** The memory held by all in line. */
  get bytes(): number {
    return this.#bytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Whether the first in line can leave. */
  get isDue(): boolean {
    return this.#first?.done === true;
  }

  append(place: PendingReply): void {
    if (this.#last === undefined) this.#first = place;
    else this.#last.next = place;
    this.#last = place;
    this.#length++;
    this.#bytes += place.bytes;
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
    this.#length--;
    this.#bytes -= first.bytes;
    return first;
  }
}
