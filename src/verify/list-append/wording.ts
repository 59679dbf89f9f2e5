/** How transactions and lists are called in sentences for people. */
import type { Json } from '../history.ts';
import { canonicalJson, shorten } from '../json.ts';

/** More elements of a list than these are left out in its middle: the end tells most. */
const shownFirst = 3;
const shownLast = 9;
const valueLengthMax = 40;

export function nameOf(transaction: number): string {
  return `T${transaction}`;
}

export function showValue(value: Json): string {
  return shorten(canonicalJson(value), valueLengthMax);
}

export function showKey(key: string): string {
  return shorten(key, valueLengthMax);
}

export function showList(list: readonly Json[]): string {
  if (list.length <= shownFirst + shownLast + 1) return `[${list.map(showValue).join(' ')}]`;
  const [first, last] = [list.slice(0, shownFirst), list.slice(-shownLast)];
  return `[${first.map(showValue).join(' ')} … ${last.map(showValue).join(' ')}]`;
}

/** `T3 read x = [1 2]`. */
export function showRead(transaction: number, key: string, list: readonly Json[]): string {
  return `${nameOf(transaction)} read ${showKey(key)} = ${showList(list)}`;
}

export function showNames(transactions: readonly number[]): string {
  const shown = transactions.slice(0, shownLast).map(nameOf);
  const left = transactions.length - shown.length;
  if (left > 0) return `${shown.join(', ')} and ${left} more`;
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1) ?? ''}`;
}
