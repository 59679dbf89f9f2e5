/** The channels, patterns and shard channels that connections of this node listen to. */
import type { Channels, Topic } from '../../commands/pubsub/broker.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { SubscriberTable } from './subscriber-table.ts';

export class NodeChannels implements Channels {
  readonly tables: Readonly<Record<Topic, SubscriberTable>> = {
    channel: new SubscriberTable(),
    pattern: new SubscriberTable(),
    shardChannel: new SubscriberTable(),
  };

  count(topic: Topic): number {
    return this.tables[topic].size;
  }

  names(topic: Topic): Iterable<ByteString> {
    return this.tables[topic].names();
  }

  subscriberCount(topic: Topic, name: ByteString): number {
    return this.tables[topic].of(name)?.size ?? 0;
  }
}
