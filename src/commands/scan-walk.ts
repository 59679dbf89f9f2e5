/**
 * How SCAN and its kin walk: from a cursor on over at least so many elements, the cursor being all that is known of the
 * walk (`src/keyspace/dictionary.ts`).
 */
import type { ByteString } from '../resp/bytes.ts';
import { CommandError, syntaxError } from './command-error.ts';
import { integerOf } from './numbers.ts';

/** Visits the elements of one cursor position, and returns the next. */
export type Scan<Element extends readonly unknown[]> = (cursor: number, visit: (...element: Element) => void) => number;

/** Returns the cursor to go on with: 0 at the end. */
export function walk<Element extends readonly unknown[]>(
  scan: Scan<Element>,
  { cursor, count }: { cursor: number; count: number },
  visit: (...element: Element) => void,
): number {
  let visited = 0;
  const visitOne = (...element: Element): void => {
    visited++;
    visit(...element);
  };
  let next = cursor;
  // As in Valkey: empty buckets are bounded too, or a sparse table could hold everybody up.
  for (let steps = count * 10; ; steps--) {
    next = scan(next, visitOne);
    if (next === 0 || visited >= count || steps <= 0) return next;
  }
}

/** An unsigned 64-bit integer, of which ours use 32. */
export function cursorOf(bytes: ByteString): number {
  const cursor = /^\d{1,64}$/.test(bytes) ? BigInt(bytes) : undefined;
  if (cursor === undefined || cursor >= 2n ** 64n) throw new CommandError('ERR invalid cursor');
  return Number(cursor & 0xffffffffn);
}

export function scanCountOf(bytes: ByteString): number {
  const count = integerOf(bytes);
  if (count < 1) throw new CommandError(syntaxError);
  return Number(count);
}
