/**
 * Publishes what has happened to a key, as Valkey's keyspace notifications do: to `__keyspace@0__:key` the event, to
 * `__keyevent@0__:event` the key. Every node tells its own subscribers, as every node sees every change: the broker
 * must be one that keeps messages on this node. Whoever calls this has waited until the change is settled.
 */
import type { Broker } from '../../commands/pubsub/broker.ts';
import type { ByteString } from '../../resp/bytes.ts';

export interface KeyspaceEvent {
  readonly db: number;
  readonly key: ByteString;
  /** `set`, `del`, `expired` … */
  readonly name: string;
}

/** Which of the two channels are wanted: the `K` and the `E` of `notify-keyspace-events`. */
export interface EventChannels {
  readonly keyspace: boolean;
  readonly keyevent: boolean;
}

export function publishKeyspaceEvent(broker: Broker, { db, key, name }: KeyspaceEvent, wanted: EventChannels): void {
  if (wanted.keyspace) broker.publish({ channel: `__keyspace@${db}__:${key}`, text: name, sharded: false });
  if (wanted.keyevent) broker.publish({ channel: `__keyevent@${db}__:${name}`, text: key, sharded: false });
}
