/**
 * Brings messages to the connections of this node: to the subscribers of the channel first, then to those of each
 * pattern that matches, as in Valkey. Who listens in several ways gets the message as often.
 */
import { matchesGlob } from '../../commands/glob.ts';
import type { Broker, Message } from '../../commands/pubsub/broker.ts';
import { shared, type Reply } from '../../resp/reply.ts';
import type { NodeChannels } from './node-channels.ts';
import type { Subscriber } from './subscriber-table.ts';

export class LocalBroker implements Broker {
  readonly #channels: NodeChannels;

  constructor(channels: NodeChannels) {
    this.#channels = channels;
  }

  publish({ channel, text, sharded }: Message): number {
    const { tables } = this.#channels;
    if (sharded) return hand(['smessage', channel, text], tables.shardChannel.of(channel));
    let receivers = hand(['message', channel, text], tables.channel.of(channel));
    for (const [pattern, subscribers] of tables.pattern.entries()) {
      if (matchesGlob(pattern, channel)) receivers += hand(['pmessage', pattern, channel, text], subscribers);
    }
    return receivers;
  }
}

function hand(items: readonly Reply[], subscribers: ReadonlySet<Subscriber> | undefined): number {
  if (subscribers === undefined) return 0;
  // One of them may be gone by what it is handed.
  const count = subscribers.size;
  const message = shared({ kind: 'push', items });
  for (const subscriber of subscribers) subscriber.push(message);
  return count;
}
