/** Who listens to what: names (of channels, or patterns) and their subscribers. A name without subscribers is gone. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';

/** A connection, as far as messages go. */
export interface Subscriber {
  /** Sends this, between replies; has no effect where the connection is about to end. */
  push(message: Reply): void;
}

export class SubscriberTable {
  /** Is told of a name that gets its first subscriber, or has lost its last. */
  onNames: ((name: ByteString, change: 1 | -1) => void) | undefined;
  readonly #subscribers = new Map<ByteString, Set<Subscriber>>();

  get size(): number {
    return this.#subscribers.size;
  }

  names(): Iterable<ByteString> {
    return this.#subscribers.keys();
  }

  entries(): Iterable<[name: ByteString, subscribers: ReadonlySet<Subscriber>]> {
    return this.#subscribers;
  }

  of(name: ByteString): ReadonlySet<Subscriber> | undefined {
    return this.#subscribers.get(name);
  }

  add(name: ByteString, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(name);
    if (subscribers !== undefined) {
      subscribers.add(subscriber);
      return;
    }
    this.#subscribers.set(name, new Set([subscriber]));
    this.onNames?.(name, 1);
  }

  remove(name: ByteString, subscriber: Subscriber): void {
    const subscribers = this.#subscribers.get(name);
    subscribers?.delete(subscriber);
    if (subscribers?.size !== 0) return;
    this.#subscribers.delete(name);
    this.onNames?.(name, -1);
  }
}
