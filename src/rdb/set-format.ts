/**
 * Sets: plain, as an intset or as a listpack (Redis 7.2). We write no listpacks of sets, since Redis 7.0 takes none;
 * servers that know them make one of a plain set that is small enough.
 */
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { append, assertDistinct } from './elements.ts';
import { encodeIntset, readIntset } from './intset.ts';
import type { EncodingLimits } from './limits.ts';
import { readListpack } from './listpack.ts';
import { readLength, readString, writeBlob, writeLength, writeString } from './string-format.ts';
import type { RdbValue } from './value.ts';

export function readSet(reader: ByteReader): RdbValue {
  const members: ByteString[] = [];
  for (let left = readLength(reader); left > 0; left--) append(members, readString(reader), reader.memory);
  return setOf(members);
}

export function readSetIntset(reader: ByteReader): RdbValue {
  return { kind: 'set', members: readIntset(reader) };
}

export function readSetListpack(reader: ByteReader): RdbValue {
  return setOf(readListpack(reader));
}

function setOf(members: readonly ByteString[]): RdbValue {
  assertDistinct(members, 'a member of a set');
  return { kind: 'set', members };
}

export function writeSet(writer: ByteWriter, members: readonly ByteString[]): void {
  writeLength(writer, members.length);
  for (const member of members) writeString(writer, member);
}

export function writeSetIntset(writer: ByteWriter, integers: readonly (number | bigint)[]): void {
  writeBlob(writer, encodeIntset(integers));
}

/** The members as integers, where all are and there are few enough for an intset. */
export function intsetOf(
  members: readonly ByteString[],
  { setMaxIntsetEntries }: EncodingLimits,
): readonly (number | bigint)[] | undefined {
  if (members.length > setMaxIntsetEntries) return undefined;
  const integers: (number | bigint)[] = [];
  for (const member of members) {
    const integer = parseInteger(member);
    if (integer === undefined) return undefined;
    integers.push(integer);
  }
  return integers;
}
