/**
 * What commands ask of publish and subscribe. The server implements these; they stand here because imports go down the
 * layers only.
 */
import type { ByteString } from '../../resp/bytes.ts';

/** What one may be subscribed to. Channels and shard channels of one name have nothing to do with each other. */
export type Topic = 'channel' | 'pattern' | 'shardChannel';

export interface Message {
  readonly channel: ByteString;
  readonly text: ByteString;
  /** To a shard channel: patterns have no part in it. */
  readonly sharded: boolean;
}

/** Brings messages to those who listen. */
export interface Broker {
  /**
   * Hands the message over, and promises no more: who is not connected now never gets it. The messages of one caller
   * arrive in order. Whoever publishes has waited until what the message may tell is settled.
   * @returns how many times it was handed to a connection of this node
   */
  publish(message: Message): number;
}

/** What has subscribers on this node. */
export interface Channels {
  /** How many names of this kind have subscribers. */
  count(topic: Topic): number;
  names(topic: Topic): Iterable<ByteString>;
  subscriberCount(topic: Topic, name: ByteString): number;
}

/** What one connection is subscribed to. */
export interface Subscriptions {
  readonly counts: Readonly<Record<Topic, number>>;
  /** Of all kinds together: with any, the connection is a subscriber. */
  readonly total: number;
  /** In the order in which they were added. */
  names(topic: Topic): readonly ByteString[];
  /** No effect where it is there already, or the connection has ended. */
  add(topic: Topic, name: ByteString): void;
  remove(topic: Topic, name: ByteString): void;
  removeAll(): void;
}
