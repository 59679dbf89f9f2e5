/**
 * What a key holds, as an RDB file or a DUMP payload tells it, whatever form it is written in there. It stands apart
 * from the values of the keyspace, so that this layer is of use to commands and to tools alike.
 *
 * Invariants of what is decoded, and demands on what is encoded: members of a set or sorted set and fields of a hash
 * are distinct, and their order says nothing; no score is NaN; entries of a stream are in ascending order of their
 * ids, none above `lastId`. Times are milliseconds since 1970; times and counters above 2^53 - 1 come as 2^53 - 1.
 */
import type { ByteString } from '../resp/bytes.ts';

export type RdbValue =
  | { readonly kind: 'string'; readonly value: ByteString }
  | { readonly kind: 'list'; readonly elements: readonly ByteString[] }
  | { readonly kind: 'set'; readonly members: readonly ByteString[] }
  | RdbSortedSet
  | RdbHash
  | RdbStream;

export interface RdbSortedSet {
  readonly kind: 'zset';
  readonly members: readonly ByteString[];
  /** Of the member at the same index. */
  readonly scores: readonly number[];
}

export interface RdbHash {
  readonly kind: 'hash';
  /** Field, value, field, value, … */
  readonly fields: readonly ByteString[];
  /** Of those fields that expire, in the order of the fields. */
  readonly expiries: readonly FieldExpiry[];
}

export interface FieldExpiry {
  readonly field: ByteString;
  readonly expireAt: number;
}

export interface RdbStream {
  readonly kind: 'stream';
  readonly entries: readonly StreamEntry[];
  readonly lastId: StreamId;
  readonly maxDeletedId: StreamId;
  /** Ever added. */
  readonly entriesAdded: number;
  readonly groups: readonly StreamGroup[];
}

/** Both parts are unsigned 64-bit integers, and all of their values are in use: `XADD` takes the greatest. */
export interface StreamId {
  readonly ms: bigint;
  readonly sequence: bigint;
}

export interface StreamEntry {
  readonly id: StreamId;
  /** Field, value, field, value, … */
  readonly fields: readonly ByteString[];
}

export interface StreamGroup {
  readonly name: ByteString;
  readonly lastId: StreamId;
  /** `undefined`: the server that wrote it could not tell. */
  readonly entriesRead: number | undefined;
  readonly consumers: readonly StreamConsumer[];
}

export interface StreamConsumer {
  readonly name: ByteString;
  /** When it last tried to read or claim. */
  readonly seenAt: number;
  /** When it last got something; `undefined`: never. */
  readonly activeAt: number | undefined;
  /** What it was given and has not acknowledged; no other consumer of the group has it too. */
  readonly pending: readonly PendingEntry[];
}

export interface PendingEntry {
  readonly id: StreamId;
  readonly deliveredAt: number;
  readonly deliveryCount: number;
}

/** Whether it is a collection of nothing, which no key can hold; an empty stream is no such thing. */
export function isEmpty(value: RdbValue): boolean {
  switch (value.kind) {
    case 'list':
      return value.elements.length === 0;
    case 'set':
    case 'zset':
      return value.members.length === 0;
    case 'hash':
      return value.fields.length === 0;
    case 'string':
    case 'stream':
      return false;
  }
}

export function compareStreamIds(a: StreamId, b: StreamId): number {
  if (a.ms !== b.ms) return a.ms < b.ms ? -1 : 1;
  if (a.sequence !== b.sequence) return a.sequence < b.sequence ? -1 : 1;
  return 0;
}
