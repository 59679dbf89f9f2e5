/** How SORT compares elements: by numbers or by bytes, their own or those that a pattern leads to. */
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError } from '../command-error.ts';

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

/** What the C library's `strtod` takes, of which nothing may be left. */
const decimal =
  /^[ \t\n\v\f\r]*([+-]?)(?:(\d+\.?\d*|\.\d+)(e[+-]?\d+)?|(inf|infinity)|0x([0-9a-f]+)(?:\.([0-9a-f]*))?(?:p([+-]?\d+))?)$/i;
const smallestNormal = 2.2250738585072014e-308;

/** @throws CommandError where it is no double */
function scoreOf(text: ByteString): number {
  // An empty text is a zero, as `strtod` leaves nothing of it.
  if (text === '') return 0;
  const [, sign, digits, exponent = '', infinite, whole, fraction = '', power = '0'] = decimal.exec(text) ?? [];
  if (sign === undefined) throw new CommandError(noDouble);
  const factor = sign === '-' ? -1 : 1;
  if (infinite !== undefined) return factor * Infinity;
  const isHexadecimal = whole !== undefined;
  const size = isHexadecimal
    ? parseInt(whole + fraction, 16) * 2 ** (Number(power) - 4 * fraction.length)
    : Number(`${digits ?? ''}${exponent}`);
  const isZero = !/[1-9a-f]/i.test(isHexadecimal ? whole + fraction : (digits ?? ''));
  // Out of the range of what a double holds with all its digits.
  if (size === Infinity || (!isZero && size < smallestNormal)) throw new CommandError(noDouble);
  return factor * size;
}

const noDouble = "ERR One or more scores can't be converted into double";
