/**
 * The representation that Valkey would have chosen for a value, by the thresholds of its `CONFIG`: tools and tests ask
 * for it. Nothing here depends on it: how values are held is decided elsewhere.
 */
import type { HashValue } from '../../keyspace/hash/hash-value.ts';
import type { ListValue } from '../../keyspace/list/list-value.ts';
import type { SetValue } from '../../keyspace/set/set-value.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { Value } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';

/** Up to these sizes collections are compact in Valkey: numbers of elements, and bytes of one. */
export interface EncodingLimits {
  hashEntriesMax: number;
  hashValueMax: number;
  /** Elements, at least one, and 8 KB in all; negative: -1 to -5 stand for 4 to 64 KB in all. */
  listSizeMax: number;
  /** Nodes at each end of a long list that Valkey leaves uncompressed; 0: all of them. It changes no encoding. */
  listCompressDepth: number;
  setIntegersMax: number;
  setEntriesMax: number;
  setValueMax: number;
  sortedSetEntriesMax: number;
  sortedSetValueMax: number;
}

export const encodingLimitsDefault: Readonly<EncodingLimits> = {
  hashEntriesMax: 512,
  hashValueMax: 64,
  listSizeMax: -2,
  listCompressDepth: 0,
  setIntegersMax: 512,
  setEntriesMax: 128,
  setValueMax: 64,
  sortedSetEntriesMax: 128,
  sortedSetValueMax: 64,
};

/** Longer strings do not fit into the allocation of Valkey's object header. */
const embeddedLengthMax = 44;

export function encodingOf(value: Value, limits: EncodingLimits): string {
  if (typeof value === 'string') return stringEncoding(value);
  switch (value.kind) {
    case 'hash':
      return hashEncoding(value, limits);
    case 'list':
      return listEncoding(value, limits);
    case 'set':
      return setEncoding(value, limits);
    case 'zset':
      return sortedSetEncoding(value, limits);
  }
}

function stringEncoding(value: ByteString): string {
  if (parseInteger(value) !== undefined) return 'int';
  return value.length <= embeddedLengthMax ? 'embstr' : 'raw';
}

function hashEncoding({ largestSize, longestLength }: HashValue, limits: EncodingLimits): string {
  return largestSize > limits.hashEntriesMax || longestLength > limits.hashValueMax ? 'hashtable' : 'listpack';
}

/** By index -1 to -5. */
const listBytesMax = [4096, 8192, 16384, 32768, 65536];
/** Where elements are counted. */
const listCountedBytesMax = 8192;
/** What a listpack takes beside its elements, and beside each of them. */
const listpackBytes = 7;
const listpackElementBytes = 2;

function listEncoding({ size, elementBytes }: ListValue, { listSizeMax }: EncodingLimits): string {
  const bytes = listpackBytes + elementBytes + listpackElementBytes * size;
  const isCompact =
    listSizeMax >= 0
      ? size <= Math.max(listSizeMax, 1) && bytes <= listCountedBytesMax
      : bytes <= (listBytesMax[-1 - listSizeMax] ?? 65536);
  return isCompact ? 'listpack' : 'quicklist';
}

function setEncoding(value: SetValue, limits: EncodingLimits): string {
  if (value.isOfIntegers) {
    if (value.largestSizeOfIntegers <= limits.setIntegersMax) return 'intset';
    return value.largestSizeOfIntegers <= limits.setEntriesMax ? 'listpack' : 'hashtable';
  }
  const isCompact =
    value.largestSizeOfIntegers <= limits.setIntegersMax &&
    value.largestSize <= limits.setEntriesMax &&
    value.longestMember <= limits.setValueMax;
  return isCompact ? 'listpack' : 'hashtable';
}

function sortedSetEncoding({ largestSize, longestMember }: SortedSetValue, limits: EncodingLimits): string {
  const isCompact = largestSize <= limits.sortedSetEntriesMax && longestMember <= limits.sortedSetValueMax;
  return isCompact ? 'listpack' : 'skiplist';
}
