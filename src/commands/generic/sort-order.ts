/** How SORT compares elements: by numbers or by bytes, their own or those that a pattern leads to. */
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError } from '../command-error.ts';
import { doubleOf } from '../doubles.ts';

export interface Weighed {
  readonly element: ByteString;
  /** What it is sorted by; `undefined`: the pattern leads nowhere. */
  readonly by: ByteString | undefined;
}

export interface Order {
  readonly isAlpha: boolean;
  readonly isDescending: boolean;
  /** Whether they are sorted by something else than themselves. */
  readonly isByPattern: boolean;
}

export function inOrder(
  weighed: readonly Weighed[],
  { isAlpha, isDescending, isByPattern }: Order,
): readonly Weighed[] {
  const sign = isDescending ? -1 : 1;
  if (isAlpha) {
    const compare = isByPattern ? compareTexts : compareElements;
    return weighed.toSorted((one, other) => sign * compare(one, other));
  }
  const scored = weighed.map((one) => ({ one, score: one.by === undefined ? 0 : scoreOf(one.by) }));
  scored.sort((a, b) => sign * (a.score - b.score || compareElements(a.one, b.one)));
  return scored.map(({ one }) => one);
}

function compareElements({ element: one }: Weighed, { element: other }: Weighed): number {
  return compareBytes(one, other);
}

/** What leads nowhere comes first. */
function compareTexts({ by: one }: Weighed, { by: other }: Weighed): number {
  if (one === undefined || other === undefined) return Number(one !== undefined) - Number(other !== undefined);
  return compareBytes(one, other);
}

function compareBytes(one: ByteString, other: ByteString): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

const noDouble = "ERR One or more scores can't be converted into double";
/** Below, a double has fewer digits than others, which C's `strtod` reports as it does an overflow. */
const smallestNormal = 2.2250738585072014e-308;

/**
 * As C reads it: up to a zero byte, with space before it, and nothing at all is zero.
 * @throws CommandError where it is no double
 */
function scoreOf(text: ByteString): number {
  const [digits = ''] = text.split('\0', 1);
  const score = digits === '' ? 0 : doubleOf(digits.replace(/^[ \t-\r]+/, ''), noDouble);
  if (score !== 0 && Math.abs(score) < smallestNormal) throw new CommandError(noDouble);
  return score;
}
