/** A value as DUMP answers it, by the thresholds of the node's `CONFIG`. */
import type { Value } from '../../keyspace/value.ts';
import { dumpFrameBytes, encodeDump } from '../../rdb/dump.ts';
import { defaultEncodingLimits, type EncodingLimits as RdbLimits } from '../../rdb/limits.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError } from '../command-error.ts';
import type { EncodingLimits } from './encoding.ts';
import { toRdbValue } from './rdb-value.ts';

export function payloadOf(value: Value, limits: EncodingLimits): ByteString {
  const payload = encodeDump(toRdbValue(value), rdbLimits(limits));
  if (payload === undefined) throw new CommandError('ERR the value is too long to be dumped as one string');
  return payload;
}

/** What a value takes in an RDB file, in bytes: its payload but for the type and the footer. */
export function serializedLength(value: Value, limits: EncodingLimits): number {
  return payloadOf(value, limits).length - dumpFrameBytes;
}

function rdbLimits(limits: EncodingLimits): RdbLimits {
  return {
    ...defaultEncodingLimits,
    listMaxListpackSize: limits.listSizeMax,
    setMaxIntsetEntries: limits.setIntegersMax,
    zsetMaxListpackEntries: limits.sortedSetEntriesMax,
    zsetMaxListpackValue: limits.sortedSetValueMax,
    hashMaxListpackEntries: limits.hashEntriesMax,
    hashMaxListpackValue: limits.hashValueMax,
  };
}
