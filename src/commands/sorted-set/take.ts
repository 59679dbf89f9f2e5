/**
 * Takes members from the ends of sorted sets: what the popping commands do, whether they wait for members or not, and
 * how they call the ends.
 */
import type { Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { sortedSetAt } from '../values.ts';

/** The lowest scores or the highest. */
export type End = 'min' | 'max';

export const endTokens = ['MIN', 'MAX'] as const;

export function endOf(word: ByteString): End {
  const end = word.toLowerCase();
  if (end === 'min' || end === 'max') return end;
  throw new CommandError(syntaxError);
}

/** Pops so many members of the sorted set at this key, or all; the outermost first. `count` is at least 1. */
export function popMembers(
  view: View,
  key: ByteString,
  { set, end, count }: { set: SortedSetValue; end: End; count: number },
): readonly Scored[] {
  const popped = end === 'min' ? set.slice(0, count) : set.slice(set.size - count).reverse();
  view.apply({ kind: 'removeScores', key, members: popped.map(({ member }) => member), event: `zpop${end}` });
  return popped;
}

/**
 * The first of these keys that holds a sorted set.
 * @throws CommandError `WRONGTYPE` where a key before it holds something else
 */
export function firstSortedSet(
  view: View,
  keys: readonly ByteString[],
): { readonly key: ByteString; readonly set: SortedSetValue } | undefined {
  for (const key of keys) {
    const set = sortedSetAt(view, key);
    if (set !== undefined) return { key, set };
  }
  return undefined;
}
