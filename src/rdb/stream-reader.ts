/**
 * Streams (`t_stream.c`, `rdb.c`). Entries are in nodes, each a listpack that begins with what its entries have in
 * common: how many are there and how many deleted, and the fields of its first. An entry is a flag, its id as the
 * difference from the node's, its fields and values or, where the fields are those, its values alone, and the number
 * of elements that it takes. A deleted entry stays until its node is empty; here it is left out.
 *
 * Behind the nodes: the ids and counters of the stream, then its groups, each with all that is pending in it and, for
 * each consumer, the ids of its own. The second form (Redis 7.0) added the counters, the third (7.2) when a consumer
 * was active.
 */
import type { ByteString } from '../resp/bytes.ts';
import { clamp, type ByteReader } from './byte-reader.ts';
import { append, appendUncounted, setSizeMax, unseen } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { ListpackReader } from './listpack.ts';
import type { MemoryBudget } from './memory-budget.ts';
import { readBlob, readLength, readLength64, readString } from './string-format.ts';
import {
  compareStreamIds,
  type PendingEntry,
  type RdbStream,
  type StreamConsumer,
  type StreamEntry,
  type StreamGroup,
  type StreamId,
} from './value.ts';

const idBytes = 16;
/** What an entry takes beside its fields: three objects and two integers. */
const entryBytes = 200;
const flagDeleted = 1;
const flagSameFields = 2;
const firstOfAll: StreamId = { ms: 0n, sequence: 0n };

export function readStream(reader: ByteReader, form: 1 | 2 | 3): RdbStream {
  const entries = readEntries(reader);
  readLength(reader); // How many entries there are, which the nodes have told.
  const lastId = readId(reader);
  const newest = entries.at(-1);
  if (newest !== undefined && compareStreamIds(newest.id, lastId) > 0)
    throw new RdbFormatError('a stream has an entry above its last id');
  let maxDeletedId = firstOfAll;
  let entriesAdded = entries.length;
  if (form >= 2) {
    readId(reader); // Of the first entry.
    maxDeletedId = readId(reader);
    entriesAdded = readLength(reader);
  }
  const groups: StreamGroup[] = [];
  const names = new Set<ByteString>();
  for (let left = readLength(reader); left > 0; left--) {
    const name = unseen(names, readString(reader), 'a group of a stream');
    const id = readId(reader);
    const entriesRead = form >= 2 ? readEntriesRead(reader) : estimateEntriesRead(entries, lastId, id);
    groups.push({ name, lastId: id, entriesRead, consumers: readConsumers(reader, form) });
  }
  return { kind: 'stream', entries, lastId, maxDeletedId, entriesAdded, groups };
}

function readEntries(reader: ByteReader): StreamEntry[] {
  const entries: StreamEntry[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    const key = readBlob(reader);
    if (key.length !== idBytes) throw new RdbFormatError('a node of a stream has no id');
    readNode({ ms: key.readBigUInt64BE(0), sequence: key.readBigUInt64BE(8) }, reader, entries);
  }
  return entries;
}

function readNode(nodeId: StreamId, reader: ByteReader, entries: StreamEntry[]): void {
  const { memory } = reader;
  const listpack = new ListpackReader(readBlob(reader));
  const count = readCount(listpack);
  const deleted = readCount(listpack);
  const fields = readTexts(listpack, readCount(listpack), memory);
  if (listpack.integer() !== 0) throw new RdbFormatError('a node of a stream does not begin as it should');
  for (let left = count + deleted; left > 0; left--) {
    const { isDeleted, entry } = readEntry(nodeId, listpack, { fields, memory });
    const before = entries.at(-1);
    if (before !== undefined && compareStreamIds(before.id, entry.id) >= 0)
      throw new RdbFormatError('the entries of a stream are not in order');
    memory.spend(entryBytes);
    if (!isDeleted) appendUncounted(entries, entry);
  }
  listpack.finish();
}

function readEntry(
  nodeId: StreamId,
  listpack: ListpackReader,
  { fields: nodeFields, memory }: { readonly fields: readonly ByteString[]; readonly memory: MemoryBudget },
): { readonly isDeleted: boolean; readonly entry: StreamEntry } {
  const flags = readCount(listpack);
  const id = {
    ms: BigInt.asUintN(64, nodeId.ms + BigInt(listpack.integer())),
    sequence: BigInt.asUintN(64, nodeId.sequence + BigInt(listpack.integer())),
  };
  const hasSameFields = (flags & flagSameFields) !== 0;
  const pairCount = hasSameFields ? nodeFields.length : readCount(listpack);
  const fields: ByteString[] = [];
  for (let i = 0; i < pairCount; i++) {
    append(fields, hasSameFields ? (nodeFields[i] as ByteString) : listpack.string(), memory);
    append(fields, listpack.string(), memory);
  }
  if (listpack.integer() !== (hasSameFields ? pairCount + 3 : 2 * pairCount + 4))
    throw new RdbFormatError('an entry of a stream is not as long as it says');
  return { isDeleted: (flags & flagDeleted) !== 0, entry: { id, fields } };
}

function readCount(listpack: ListpackReader): number {
  const count = listpack.integer();
  if (typeof count === 'number' && count >= 0) return count;
  throw new RdbFormatError(`a stream has a count that is none: value=${count}`);
}

function readTexts(listpack: ListpackReader, count: number, memory: MemoryBudget): ByteString[] {
  const texts: ByteString[] = [];
  for (let left = count; left > 0; left--) append(texts, listpack.string(), memory);
  return texts;
}

function readId(reader: ByteReader): StreamId {
  return { ms: BigInt(readLength64(reader)), sequence: BigInt(readLength64(reader)) };
}

/** The signed 64-bit integer -1 stands for what is not known. */
function readEntriesRead(reader: ByteReader): number | undefined {
  const count = BigInt.asIntN(64, BigInt(readLength64(reader)));
  return count < 0n ? undefined : clamp(count);
}

/** As Redis 7.0 does where it loads what an older one has written. */
function estimateEntriesRead(entries: readonly StreamEntry[], lastId: StreamId, id: StreamId): number | undefined {
  const [first] = entries;
  if (first === undefined) return 0;
  if (compareStreamIds(id, lastId) === 0) return entries.length;
  const order = compareStreamIds(id, first.id);
  return order > 0 ? undefined : order + 1;
}

function readConsumers(reader: ByteReader, form: 1 | 2 | 3): StreamConsumer[] {
  const pendingOfAll = new Map<ByteString, PendingEntry>();
  for (let left = readLength(reader); left > 0; left--) {
    const key = reader.text(idBytes);
    if (pendingOfAll.has(key)) throw new RdbFormatError('a pending entry of a stream is there twice');
    if (pendingOfAll.size === setSizeMax) throw new RdbFormatError('a group of a stream has too much pending');
    const deliveredAt = reader.time();
    pendingOfAll.set(key, { id: idOf(key), deliveredAt, deliveryCount: readLength(reader) });
  }
  const consumers: StreamConsumer[] = [];
  const names = new Set<ByteString>();
  for (let left = readLength(reader); left > 0; left--) {
    const name = unseen(names, readString(reader), 'a consumer of a stream');
    const seenAt = reader.time();
    const activeAt = form >= 3 ? reader.time() : seenAt;
    const pending = readPending(reader, pendingOfAll);
    consumers.push({ name, seenAt, activeAt: activeAt < 0 ? undefined : activeAt, pending });
  }
  if (pendingOfAll.size > 0) throw new RdbFormatError('a pending entry of a stream has no consumer');
  return consumers;
}

/** Takes what is a consumer's own out of what is pending for all. */
function readPending(reader: ByteReader, pendingOfAll: Map<ByteString, PendingEntry>): PendingEntry[] {
  const pending: PendingEntry[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    const key = reader.text(idBytes);
    const entry = pendingOfAll.get(key);
    if (entry === undefined)
      throw new RdbFormatError('a consumer of a stream has what is not pending, or not for it alone');
    pendingOfAll.delete(key);
    pending.push(entry);
  }
  return pending;
}

function idOf(key: ByteString): StreamId {
  const bytes = Buffer.from(key, 'latin1');
  return { ms: bytes.readBigUInt64BE(0), sequence: bytes.readBigUInt64BE(8) };
}
