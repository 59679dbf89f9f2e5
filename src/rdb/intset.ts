/**
 * The intset, the form of small sets of integers (`intset.c`): 4 bytes of how many bytes an integer takes (2, 4 or 8),
 * 4 of their number, the integers in ascending order.
 */
import type { ByteString } from '../resp/bytes.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { append } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { readBlob } from './string-format.ts';

/** @throws RdbFormatError */
export function readIntset(from: ByteReader): ByteString[] {
  const reader = new ByteReader(readBlob(from));
  const width = reader.uint32();
  const count = reader.uint32();
  if (width !== 2 && width !== 4 && width !== 8)
    throw new RdbFormatError(`an intset has integers of a width that is not known: width=${width}`);
  const members: ByteString[] = [];
  let before: number | bigint = -Infinity;
  for (let i = 0; i < count; i++) {
    const integer = reader.integer(width);
    if (integer <= before) throw new RdbFormatError('an intset is not in order');
    append(members, String(integer), from.memory);
    before = integer;
  }
  reader.finish('an intset');
  return members;
}

/** The intset of these integers, which are distinct. */
export function encodeIntset(integers: readonly (number | bigint)[]): Buffer {
  const sorted = BigInt64Array.from(integers, BigInt).sort();
  const extremes = [sorted[0] ?? 0n, sorted.at(-1) ?? 0n];
  const width = [2, 4].find((bytes) => extremes.every((integer) => BigInt.asIntN(8 * bytes, integer) === integer)) ?? 8;
  const writer = new ByteWriter();
  writer.uint32(width);
  writer.uint32(sorted.length);
  for (const integer of sorted) {
    if (width === 8) writer.int64(integer);
    else writer.integer(Number(integer), width);
  }
  return writer.bytes;
}
