/**
 * Ranges of a sorted set: by rank, by score or by the bytes of the members. Each comes down to the ranks that it
 * covers, so that counting, reading, storing and removing a range are one search and what is done with its result.
 *
 * By bytes the members must all have the same score; where they have not, what is in the range is anybody's guess, as
 * in Valkey.
 */
import type { ScoredMember } from '../../keyspace/sorted-set/scored-member.ts';
import type { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError } from '../command-error.ts';
import { looseDoubleOf } from '../doubles.ts';
import { indexRangeOf, sliceOf, type IndexRange } from '../index-range.ts';

/** From one rank to before another; empty where the second is not larger. */
export interface Ranks {
  readonly from: number;
  readonly to: number;
}

/** Where a range begins or ends: at a greater score, or at this one (at any, where none is given) if the condition holds. */
interface Bound {
  readonly score?: number;
  /** Holds for all members after one for which it does. */
  readonly holds: (member: ScoredMember) => boolean;
}

export type Range =
  | ({ readonly kind: 'ranks' } & IndexRange)
  /** Of the first member that is in the range, and of the first that is behind it. */
  | { readonly kind: 'bounds'; readonly begins: Bound; readonly ends: Bound };

/** @param fromHighest whether the ranks of the range count from the highest member */
export function ranksOf(set: SortedSetValue, range: Range, fromHighest = false): Ranks {
  if (range.kind === 'bounds') {
    const { begins, ends } = range;
    return { from: set.firstRank(begins.holds, begins.score), to: set.firstRank(ends.holds, ends.score) };
  }
  const { from, to } = sliceOf(range, set.size);
  return fromHighest ? { from: set.size - to, to: set.size - from } : { from, to };
}

export function countOf(set: SortedSetValue | undefined, range: Range): number {
  if (set === undefined) return 0;
  const { from, to } = ranksOf(set, range);
  return Math.max(0, to - from);
}

/** How the words of a range are read. */
export type By = 'rank' | 'score' | 'member';

/** @param min the lower end, whatever the order of the words */
export function rangeOf(by: By, min: ByteString, max: ByteString): Range {
  switch (by) {
    case 'rank':
      return { kind: 'ranks', ...indexRangeOf(min, max) };
    case 'score':
      return scoreRangeOf(min, max);
    case 'member':
      return memberRangeOf(min, max);
  }
}

function scoreRangeOf(minWord: ByteString, maxWord: ByteString): Range {
  const min = scoreBoundOf(minWord);
  const max = scoreBoundOf(maxWord);
  return {
    kind: 'bounds',
    begins: { score: min.score, holds: () => !min.isOpen },
    ends: { score: max.score, holds: () => max.isOpen },
  };
}

/** `1.5`, or `(1.5` for a bound that is not in the range itself. */
function scoreBoundOf(word: ByteString): { readonly score: number; readonly isOpen: boolean } {
  const isOpen = word.startsWith('(');
  return { score: looseDoubleOf(isOpen ? word.slice(1) : word, 'ERR min or max is not a float'), isOpen };
}

function memberRangeOf(min: ByteString, max: ByteString): Range {
  return { kind: 'bounds', begins: memberBoundOf(min, '['), ends: memberBoundOf(max, '(') };
}

/**
 * `[a` or `(a`, `-` before all members or `+` behind them.
 * @param including which of the two lets the condition hold for the bound itself
 */
function memberBoundOf(word: ByteString, including: '[' | '('): Bound {
  if (word === '-') return { holds: () => true };
  if (word === '+') return { holds: () => false };
  const first = word.charAt(0);
  const bound = word.slice(1);
  if (first === including) return { holds: ({ member }) => member >= bound };
  if (first === '[' || first === '(') return { holds: ({ member }) => member > bound };
  throw new CommandError('ERR min or max not valid string range item');
}
