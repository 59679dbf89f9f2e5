/** Ranges as `LRANGE`, `LTRIM` and `ZRANGE` take them: two indexes, both included, negative ones from the end. */
import type { ByteString } from '../resp/bytes.ts';
import { integerOf } from './numbers.ts';

export interface IndexRange {
  readonly start: number;
  readonly stop: number;
}

/** Beyond 2^53 an index is not exact, and outside of anything that is held. */
export function indexRangeOf(start: ByteString, stop: ByteString): IndexRange {
  return { start: Number(integerOf(start)), stop: Number(integerOf(stop)) };
}

/** The part of so many elements that a range covers, from an index to before another: the same where it is empty. */
export function sliceOf({ start, stop }: IndexRange, size: number): { readonly from: number; readonly to: number } {
  const from = Math.max(0, start < 0 ? size + start : start);
  const to = Math.min(size, (stop < 0 ? size + stop : stop) + 1);
  return from < to ? { from, to } : { from: 0, to: 0 };
}
