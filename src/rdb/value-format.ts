/** Which form each type is read in, and which a value is written in. */
import type { ByteString } from '../resp/bytes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { RdbFormatError } from './format-error.ts';
import * as hashes from './hash-format.ts';
import type { EncodingLimits } from './limits.ts';
import * as lists from './list-format.ts';
import * as sets from './set-format.ts';
import { skipModuleValue } from './module-format.ts';
import * as zsets from './zset-format.ts';
import { readStream } from './stream-reader.ts';
import { fitsSecondForm, writeStream } from './stream-writer.ts';
import { readString, writeString } from './string-format.ts';
import { rdbTypes, rdbVersionRedis70, rdbVersionRedis74, rdbVersionShared, rdbVersionValkey9 } from './types.ts';
import type { RdbHash, RdbSortedSet, RdbStream, RdbValue } from './value.ts';

/** By the numbers of the types. */
type Readers = Readonly<Record<number, (reader: ByteReader) => RdbValue>>;

const shared: Readers = {
  [rdbTypes.string]: (reader) => ({ kind: 'string', value: readString(reader) }),
  [rdbTypes.list]: lists.readList,
  [rdbTypes.listZiplist]: lists.readListZiplist,
  [rdbTypes.listOfZiplists]: lists.readListOfZiplists,
  [rdbTypes.listOfListpacks]: lists.readListOfListpacks,
  [rdbTypes.set]: sets.readSet,
  [rdbTypes.setIntset]: sets.readSetIntset,
  [rdbTypes.setListpack]: sets.readSetListpack,
  [rdbTypes.zset]: zsets.readZset,
  [rdbTypes.zsetText]: zsets.readZsetText,
  [rdbTypes.zsetZiplist]: zsets.readZsetZiplist,
  [rdbTypes.zsetListpack]: zsets.readZsetListpack,
  [rdbTypes.hash]: hashes.readHash,
  [rdbTypes.hashZipmap]: hashes.readHashZipmap,
  [rdbTypes.hashZiplist]: hashes.readHashZiplist,
  [rdbTypes.hashListpack]: hashes.readHashListpack,
  [rdbTypes.stream]: (reader) => readStream(reader, 1),
  [rdbTypes.stream2]: (reader) => readStream(reader, 2),
  [rdbTypes.stream3]: (reader) => readStream(reader, 3),
  [rdbTypes.module]: (reader) => {
    throw new RdbFormatError(`a value that only a module can read: name=${skipModuleValue(reader)}`);
  },
};

const ofRedis74: Readers = {
  [rdbTypes.redisHashExpiringPreview]: hashes.readRedisHashExpiringPreview,
  [rdbTypes.redisHashListpackExpiringPreview]: hashes.readRedisHashListpackExpiringPreview,
  [rdbTypes.redisHashExpiring]: hashes.readRedisHashExpiring,
  [rdbTypes.redisHashListpackExpiring]: hashes.readRedisHashListpackExpiring,
};

const ofValkey9: Readers = {
  [rdbTypes.hashExpiring]: hashes.readHashExpiring,
};

/**
 * What reads a value of this type, in what is of this version.
 * @throws RdbFormatError where the type is not known; what it answers throws it where the value is damaged
 */
export function valueReader(type: number, version: number): (reader: ByteReader) => RdbValue {
  const later = version === rdbVersionRedis74 ? ofRedis74 : version === rdbVersionValkey9 ? ofValkey9 : {};
  const read = shared[type] ?? later[type];
  if (read === undefined) throw new RdbFormatError(`a value of a type that is not known: type=${type}`);
  return read;
}

/**
 * Writes the value's type and the value in the most compact form that Redis 7.0 reads too, or in another where that
 * cannot say all of it.
 * @returns the lowest version that has this form
 */
export function writeValue(writer: ByteWriter, value: RdbValue, limits: EncodingLimits): number {
  switch (value.kind) {
    case 'string':
      writer.byte(rdbTypes.string);
      writeString(writer, value.value);
      return rdbVersionRedis70;
    case 'list':
      writer.byte(rdbTypes.listOfListpacks);
      lists.writeListOfListpacks(writer, value.elements, limits);
      return rdbVersionRedis70;
    case 'set':
      return writeSet(writer, value.members, limits);
    case 'zset':
      return writeZset(writer, value, limits);
    case 'hash':
      return writeHash(writer, value, limits);
    case 'stream':
      return writeStreamOf(writer, value, limits);
  }
}

function writeSet(writer: ByteWriter, members: readonly ByteString[], limits: EncodingLimits): number {
  const integers = sets.intsetOf(members, limits);
  if (integers === undefined) {
    writer.byte(rdbTypes.set);
    sets.writeSet(writer, members);
  } else {
    writer.byte(rdbTypes.setIntset);
    sets.writeSetIntset(writer, integers);
  }
  return rdbVersionRedis70;
}

function writeZset(writer: ByteWriter, zset: RdbSortedSet, limits: EncodingLimits): number {
  if (zsets.fitsListpack(zset, limits)) {
    writer.byte(rdbTypes.zsetListpack);
    zsets.writeZsetListpack(writer, zset);
  } else {
    writer.byte(rdbTypes.zset);
    zsets.writeZset(writer, zset);
  }
  return rdbVersionRedis70;
}

function writeHash(writer: ByteWriter, hash: RdbHash, limits: EncodingLimits): number {
  if (hash.expiries.length > 0) {
    writer.byte(rdbTypes.hashExpiring);
    hashes.writeHashExpiring(writer, hash);
    return rdbVersionValkey9;
  }
  if (hashes.fitsListpack(hash, limits)) {
    writer.byte(rdbTypes.hashListpack);
    hashes.writeHashListpack(writer, hash);
  } else {
    writer.byte(rdbTypes.hash);
    hashes.writeHash(writer, hash);
  }
  return rdbVersionRedis70;
}

function writeStreamOf(writer: ByteWriter, stream: RdbStream, limits: EncodingLimits): number {
  if (fitsSecondForm(stream)) {
    writer.byte(rdbTypes.stream2);
    writeStream(writer, stream, 2, limits);
    return rdbVersionRedis70;
  }
  writer.byte(rdbTypes.stream3);
  writeStream(writer, stream, 3, limits);
  return rdbVersionShared;
}
