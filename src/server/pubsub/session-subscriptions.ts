/**
 * What one connection is subscribed to, kept in step with the tables of its node. When the connection ends all is taken
 * back, and nothing can be added any more: a SUBSCRIBE may still be on its way, in a transaction that settles later.
 */
import type { Subscriptions, Topic } from '../../commands/pubsub/broker.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { NodeChannels } from './node-channels.ts';
import type { Subscriber } from './subscriber-table.ts';

const topics: readonly Topic[] = ['channel', 'pattern', 'shardChannel'];

export class SessionSubscriptions implements Subscriptions {
  readonly #channels: NodeChannels;
  readonly #subscriber: Subscriber;
  readonly #names = {
    channel: new Set<ByteString>(),
    pattern: new Set<ByteString>(),
    shardChannel: new Set<ByteString>(),
  };
  #total = 0;
  #ended = false;

  constructor(channels: NodeChannels, subscriber: Subscriber) {
    this.#channels = channels;
    this.#subscriber = subscriber;
  }

  get counts(): Readonly<Record<Topic, number>> {
    const { channel, pattern, shardChannel } = this.#names;
    return { channel: channel.size, pattern: pattern.size, shardChannel: shardChannel.size };
  }

  get total(): number {
    return this.#total;
  }

  names(topic: Topic): readonly ByteString[] {
    return [...this.#names[topic]];
  }

  add(topic: Topic, name: ByteString): void {
    const names = this.#names[topic];
    if (this.#ended || names.has(name)) return;
    names.add(name);
    this.#channels.tables[topic].add(name, this.#subscriber);
    this.#total++;
  }

  remove(topic: Topic, name: ByteString): void {
    if (!this.#names[topic].delete(name)) return;
    this.#channels.tables[topic].remove(name, this.#subscriber);
    this.#total--;
  }

  removeAll(): void {
    for (const topic of topics) {
      for (const name of this.#names[topic]) this.remove(topic, name);
    }
  }

  end(): void {
    this.#ended = true;
    this.removeAll();
  }
}
