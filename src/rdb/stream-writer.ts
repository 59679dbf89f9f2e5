/** Writes streams in the forms that `stream-reader.ts` describes: the second, or the third where there is need of it. */
import type { ByteString } from '../resp/bytes.ts';
import type { ByteWriter } from './byte-writer.ts';
import { listpackBytesMax, type EncodingLimits } from './limits.ts';
import { ListpackWriter } from './listpack.ts';
import { writeBlob, writeLength, writeString } from './string-format.ts';
import {
  compareStreamIds,
  type PendingEntry,
  type RdbStream,
  type StreamConsumer,
  type StreamEntry,
  type StreamId,
} from './value.ts';

const flagSameFields = 2;
const unknown = 2n ** 64n - 1n;
const nothing: StreamId = { ms: 0n, sequence: 0n };

/** Whether the second form can say all of it: there, who was seen was active. */
export function fitsSecondForm({ groups }: RdbStream): boolean {
  return groups.every(({ consumers }) => consumers.every(({ seenAt, activeAt }) => seenAt === activeAt));
}

export function writeStream(writer: ByteWriter, stream: RdbStream, form: 2 | 3, limits: EncodingLimits): void {
  const { entries, groups } = stream;
  const nodes = nodesOf(entries, limits);
  writeLength(writer, nodes.length);
  for (const node of nodes) {
    writeLength(writer, 16);
    writeRawId(writer, (node[0] as StreamEntry).id);
    writeBlob(writer, encodeNode(node));
  }
  writeLength(writer, entries.length);
  writeId(writer, stream.lastId);
  writeId(writer, entries[0]?.id ?? nothing);
  writeId(writer, stream.maxDeletedId);
  writeLength(writer, stream.entriesAdded);
  writeLength(writer, groups.length);
  for (const { name, lastId, entriesRead, consumers } of groups) {
    writeString(writer, name);
    writeId(writer, lastId);
    writeLength(writer, entriesRead ?? unknown);
    writeConsumers(writer, consumers, form);
  }
}

/** As Valkey fills nodes: until one has so many entries, or would have so many bytes. */
function nodesOf(entries: readonly StreamEntry[], limits: EncodingLimits): StreamEntry[][] {
  const countMax = limits.streamNodeMaxEntries === 0 ? Infinity : limits.streamNodeMaxEntries;
  const { streamNodeMaxBytes } = limits;
  const bytesMax = streamNodeMaxBytes === 0 ? listpackBytesMax : Math.min(streamNodeMaxBytes, listpackBytesMax);
  const nodes: StreamEntry[][] = [];
  let bytes = 0;
  for (const entry of entries) {
    const entryBytes = entry.fields.reduce((sum, { length }) => sum + length + elementBytesMax, entryBytesMin);
    const tail = nodes.at(-1);
    if (tail !== undefined && tail.length < countMax && bytes + entryBytes < bytesMax) {
      tail.push(entry);
      bytes += entryBytes;
    } else {
      nodes.push([entry]);
      bytes = entryBytes;
    }
  }
  return nodes;
}

/** What a short element takes beside its text, and an entry beside its elements: an estimate. */
const elementBytesMax = 2;
const entryBytesMin = 8;

function encodeNode(entries: readonly StreamEntry[]): Buffer {
  const first = entries[0] as StreamEntry;
  const listpack = new ListpackWriter();
  listpack.integer(entries.length);
  listpack.integer(0);
  listpack.integer(first.fields.length / 2);
  for (let i = 0; i < first.fields.length; i += 2) listpack.string(first.fields[i] as ByteString);
  listpack.integer(0);
  for (const entry of entries) writeEntry(listpack, first, entry);
  return listpack.finish();
}

function writeEntry(listpack: ListpackWriter, first: StreamEntry, { id, fields }: StreamEntry): void {
  const hasSameFields = haveSameFields(first.fields, fields);
  listpack.integer(hasSameFields ? flagSameFields : 0);
  listpack.integer(BigInt.asIntN(64, id.ms - first.id.ms));
  listpack.integer(BigInt.asIntN(64, id.sequence - first.id.sequence));
  if (!hasSameFields) listpack.integer(fields.length / 2);
  for (let i = 0; i < fields.length; i += 2) {
    if (!hasSameFields) listpack.string(fields[i] as ByteString);
    listpack.string(fields[i + 1] as ByteString);
  }
  listpack.integer(hasSameFields ? fields.length / 2 + 3 : fields.length + 4);
}

function haveSameFields(a: readonly ByteString[], b: readonly ByteString[]): boolean {
  return a.length === b.length && a.every((text, index) => index % 2 === 1 || text === b[index]);
}

/** First all that is pending, in the order of the ids, then the consumers with the ids of their own. */
function writeConsumers(writer: ByteWriter, consumers: readonly StreamConsumer[], form: 2 | 3): void {
  const pendingOfAll = inOrder(consumers.flatMap(({ pending }) => pending));
  writeLength(writer, pendingOfAll.length);
  for (const { id, deliveredAt, deliveryCount } of pendingOfAll) {
    writeRawId(writer, id);
    writer.time(deliveredAt);
    writeLength(writer, deliveryCount);
  }
  writeLength(writer, consumers.length);
  for (const { name, seenAt, activeAt, pending } of consumers) {
    writeString(writer, name);
    writer.time(seenAt);
    if (form === 3) writer.time(activeAt ?? -1);
    writeLength(writer, pending.length);
    for (const { id } of inOrder(pending)) writeRawId(writer, id);
  }
}

function inOrder(pending: readonly PendingEntry[]): PendingEntry[] {
  return pending.toSorted((a, b) => compareStreamIds(a.id, b.id));
}

function writeId(writer: ByteWriter, { ms, sequence }: StreamId): void {
  writeLength(writer, ms);
  writeLength(writer, sequence);
}

function writeRawId(writer: ByteWriter, { ms, sequence }: StreamId): void {
  writer.uint64BigEndian(ms);
  writer.uint64BigEndian(sequence);
}
