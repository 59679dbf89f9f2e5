/**
 * Sorted sets: plain, with scores as texts (before Redis 4.0) or in binary, or small ones as a ziplist or listpack of
 * members and scores in their order. We write the plain form from the last to the first, as Valkey does: whoever loads
 * it then always inserts at the same end.
 */
import type { ByteString } from '../resp/bytes.ts';
import { formatDouble } from '../resp/double.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { append, assertDistinct, splitPairs } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { areShort, type EncodingLimits } from './limits.ts';
import { ListpackWriter, readListpack } from './listpack.ts';
import { readLength, readString, writeBlob, writeLength, writeString } from './string-format.ts';
import type { RdbSortedSet } from './value.ts';
import { readZiplist } from './ziplist.ts';

/** What stands in place of the length of a score as a text. */
const specialScores: Readonly<Record<number, number>> = { 253: NaN, 254: Infinity, 255: -Infinity };

export function readZset(reader: ByteReader): RdbSortedSet {
  return readPlain(reader, () => reader.double());
}

export function readZsetText(reader: ByteReader): RdbSortedSet {
  return readPlain(reader, () => {
    const length = reader.byte();
    return specialScores[length] ?? parseScore(reader.text(length));
  });
}

export function readZsetZiplist(reader: ByteReader): RdbSortedSet {
  return readPairs(readZiplist(reader));
}

export function readZsetListpack(reader: ByteReader): RdbSortedSet {
  return readPairs(readListpack(reader));
}

function readPlain(reader: ByteReader, readScore: () => number): RdbSortedSet {
  const members: ByteString[] = [];
  const scores: number[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    append(members, readString(reader), reader.memory);
    scores.push(readScore());
  }
  return zsetOf(members, scores);
}

function readPairs(texts: readonly ByteString[]): RdbSortedSet {
  const { first, second } = splitPairs(texts, 'a member of a sorted set');
  return zsetOf(first, second.map(parseScore));
}

function zsetOf(members: readonly ByteString[], scores: readonly number[]): RdbSortedSet {
  assertDistinct(members, 'a member of a sorted set');
  if (scores.some(Number.isNaN)) throw new RdbFormatError('a score is not a number');
  return { kind: 'zset', members, scores };
}

/** As `printf` writes it with `%.17g`. */
function parseScore(text: ByteString): number {
  if (/^[+-]?\d+(\.\d*)?(e[+-]?\d+)?$/i.test(text)) return Number(text);
  const [, sign] = /^([+-]?)inf$/.exec(text) ?? [];
  if (sign === undefined)
    throw new RdbFormatError(`a score is not a number: text=${JSON.stringify(text.slice(0, 40))}`);
  return sign === '-' ? -Infinity : Infinity;
}

export function writeZset(writer: ByteWriter, { members, scores }: RdbSortedSet): void {
  writeLength(writer, members.length);
  for (let i = members.length - 1; i >= 0; i--) {
    writeString(writer, members[i] as ByteString);
    writer.double(scores[i] as number);
  }
}

export function fitsListpack({ members }: RdbSortedSet, limits: EncodingLimits): boolean {
  return members.length <= limits.zsetMaxListpackEntries && areShort(members, limits.zsetMaxListpackValue);
}

export function writeZsetListpack(writer: ByteWriter, { members, scores }: RdbSortedSet): void {
  const listpack = new ListpackWriter();
  for (const { member, score } of inOrder(members, scores)) {
    listpack.string(member);
    listpack.string(formatDouble(score));
  }
  writeBlob(writer, listpack.finish());
}

/** By score, then by member: a server takes the order of a listpack for granted. */
function inOrder(
  members: readonly ByteString[],
  scores: readonly number[],
): readonly { readonly member: ByteString; readonly score: number }[] {
  return members
    .map((member, index) => ({ member, score: scores[index] as number }))
    .sort((a, b) => (a.score === b.score ? (a.member < b.member ? -1 : 1) : a.score < b.score ? -1 : 1));
}
