/**
 * The representation that Valkey would have chosen for a value, by the thresholds of its `CONFIG`, had it been made
 * element by element: tools and tests ask for it. Nothing here depends on it: how values are held is decided elsewhere.
 */
import type { HashValue } from '../../keyspace/hash/hash-value.ts';
import type { ListValue } from '../../keyspace/list/list-value.ts';
import type { SetValue } from '../../keyspace/set/set-value.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { Value } from '../../keyspace/value.ts';
import { ListpackWriter } from '../../rdb/listpack.ts';
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
function listEncoding(list: ListValue, { listSizeMax }: EncodingLimits): string {
  if (listSizeMax >= 0 && list.size > Math.max(listSizeMax, 1)) return 'quicklist';
  const bytesMax = listSizeMax >= 0 ? listCountedBytesMax : (listBytesMax[-1 - listSizeMax] ?? 65536);
  const listpack = new ListpackWriter();
  for (const element of list.elements()) {
    if (listpack.length + element.length > bytesMax) return 'quicklist';
    listpack.string(element);
  }
  return 'listpack';
}

function setEncoding(value: SetValue, { setIntegersMax, setEntriesMax, setValueMax }: EncodingLimits): string {
  const { isOfIntegers, largestSizeOfIntegers, largestSize, longestMember } = value;
  if (isOfIntegers && largestSizeOfIntegers <= setIntegersMax) return 'intset';
  // An intset that grows too large becomes a table; but where there are none, integers are members as others are.
  const integersMax = setIntegersMax > 0 ? setIntegersMax : setEntriesMax;
  const isCompact =
    largestSizeOfIntegers <= integersMax && largestSize <= setEntriesMax && longestMember <= setValueMax;
  return isCompact ? 'listpack' : 'hashtable';
}

function sortedSetEncoding({ largestSize, longestMember }: SortedSetValue, limits: EncodingLimits): string {
  const isCompact = largestSize <= limits.sortedSetEntriesMax && longestMember <= limits.sortedSetValueMax;
  return isCompact ? 'listpack' : 'skiplist';
}
