/**
 * Hashes: plain, as a zipmap (before Redis 2.6), ziplist or listpack. Where fields expire there are two forms of
 * Valkey 9 and Redis 7.4 each, which neither reads of the other; we read all and write Valkey's: field, value, 8 bytes
 * of expiry, -1 for none.
 */
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import { clamp, type ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { append, assertDistinct, splitPairs } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { areShort, type EncodingLimits } from './limits.ts';
import { ListpackWriter, readListpack } from './listpack.ts';
import { readLength, readString, writeBlob, writeLength, writeString } from './string-format.ts';
import type { FieldExpiry, RdbHash } from './value.ts';
import { readZiplist } from './ziplist.ts';
import { readZipmap } from './zipmap.ts';

const never = -1;

export function readHash(reader: ByteReader): RdbHash {
  const fields: ByteString[] = [];
  for (let left = readLength(reader); left > 0; left--) readPair(reader, fields);
  return hashOf(fields);
}

export function readHashZipmap(reader: ByteReader): RdbHash {
  return hashOf(readZipmap(reader));
}

export function readHashZiplist(reader: ByteReader): RdbHash {
  return hashOf(readZiplist(reader));
}

export function readHashListpack(reader: ByteReader): RdbHash {
  return hashOf(readListpack(reader));
}

export function readHashExpiring(reader: ByteReader): RdbHash {
  const fields: ByteString[] = [];
  const expiries: FieldExpiry[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    const field = readPair(reader, fields);
    const expireAt = reader.time();
    if (expireAt !== never) expiries.push({ field, expireAt });
  }
  return hashOf(fields, expiries);
}

/** Expiry, field, value. The expiry is 0 for none, else one more than what it is later than the first of all. */
export function readRedisHashExpiring(reader: ByteReader): RdbHash {
  const firstExpireAt = reader.time();
  return readRedisTriples(reader, firstExpireAt - 1);
}

/** The same with expiries as they are. */
export function readRedisHashExpiringPreview(reader: ByteReader): RdbHash {
  return readRedisTriples(reader, 0);
}

function readRedisTriples(reader: ByteReader, base: number): RdbHash {
  const fields: ByteString[] = [];
  const expiries: FieldExpiry[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    const later = readLength(reader);
    const field = readPair(reader, fields);
    if (later !== 0) expiries.push({ field, expireAt: clamp(base + later) });
  }
  return hashOf(fields, expiries);
}

export function readRedisHashListpackExpiring(reader: ByteReader): RdbHash {
  // The first expiry of all: a hint for a server that does not load the value at once.
  reader.time();
  return readRedisHashListpackExpiringPreview(reader);
}

/** Field, value, expiry; 0 for none. */
export function readRedisHashListpackExpiringPreview(reader: ByteReader): RdbHash {
  const texts = readListpack(reader);
  if (texts.length % 3 !== 0) throw new RdbFormatError('a field of a hash has no expiry');
  const fields: ByteString[] = [];
  const expiries: FieldExpiry[] = [];
  for (let i = 0; i < texts.length; i += 3) {
    const field = texts[i] as ByteString;
    const expireAt = parseInteger(texts[i + 2] as ByteString);
    if (expireAt === undefined) throw new RdbFormatError('a field of a hash has an expiry that is no time');
    fields.push(field, texts[i + 1] as ByteString);
    if (expireAt !== 0) expiries.push({ field, expireAt: clamp(expireAt) });
  }
  return hashOf(fields, expiries);
}

/** A field and its value; answers the field. */
function readPair(reader: ByteReader, fields: ByteString[]): ByteString {
  const field = readString(reader);
  append(fields, field, reader.memory);
  append(fields, readString(reader), reader.memory);
  return field;
}

function hashOf(fields: readonly ByteString[], expiries: readonly FieldExpiry[] = []): RdbHash {
  assertDistinct(splitPairs(fields, 'a field of a hash').first, 'a field of a hash');
  return { kind: 'hash', fields, expiries };
}

export function writeHash(writer: ByteWriter, { fields }: RdbHash): void {
  writeLength(writer, fields.length / 2);
  for (const text of fields) writeString(writer, text);
}

export function fitsListpack({ fields }: RdbHash, limits: EncodingLimits): boolean {
  return fields.length <= 2 * limits.hashMaxListpackEntries && areShort(fields, limits.hashMaxListpackValue);
}

export function writeHashListpack(writer: ByteWriter, { fields }: RdbHash): void {
  const listpack = new ListpackWriter();
  for (const text of fields) listpack.string(text);
  writeBlob(writer, listpack.finish());
}

export function writeHashExpiring(writer: ByteWriter, { fields, expiries }: RdbHash): void {
  writeLength(writer, fields.length / 2);
  let written = 0;
  for (let i = 0; i < fields.length; i += 2) {
    const field = fields[i] as ByteString;
    writeString(writer, field);
    writeString(writer, fields[i + 1] as ByteString);
    const expiry = expiries[written];
    if (expiry?.field === field) written++;
    writer.time(expiry?.field === field ? expiry.expireAt : never);
  }
  if (written < expiries.length) throw new Error('the expiries of a hash are not in the order of its fields');
}
