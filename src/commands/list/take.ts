/**
 * Takes elements from the ends of lists: what the popping and moving commands do, whether they wait for elements or
 * not.
 */
import type { Side } from '../../keyspace/effect.ts';
import type { ListValue } from '../../keyspace/list/list-value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { listAt } from '../values.ts';

/** Pops one element of the list at this key. */
export function popOne(view: View, key: ByteString, { list, side }: { list: ListValue; side: Side }): ByteString {
  const element = elementAt(list, side);
  view.apply({ kind: 'popElements', key, side, count: 1 });
  return element;
}

/** A list is never empty. */
function elementAt(list: ListValue, side: Side): ByteString {
  return list.at(side === 'left' ? 0 : list.size - 1) as ByteString;
}

/** Pops so many elements of the list at this key, or all; the outermost first. `count` is at least 1. */
export function popSome(
  view: View,
  key: ByteString,
  { list, side, count }: { list: ListValue; side: Side; count: number },
): ByteString[] {
  const taken = Math.min(count, list.size);
  const elements = side === 'left' ? list.slice(0, taken) : list.slice(list.size - taken).reverse();
  view.apply({ kind: 'popElements', key, side, count: taken });
  return elements;
}

/**
 * The first of these keys that holds a list.
 * @throws CommandError `WRONGTYPE` where a key before it holds something else
 */
export function firstList(
  view: View,
  keys: readonly ByteString[],
): { readonly key: ByteString; readonly list: ListValue } | undefined {
  for (const key of keys) {
    const list = listAt(view, key);
    if (list !== undefined) return { key, list };
  }
  return undefined;
}

/** From which end of which list to which end of which. */
export interface Move {
  readonly source: ByteString;
  readonly destination: ByteString;
  readonly from: Side;
  readonly to: Side;
}

/** Moves one element, which is returned; `undefined` where there is no source, whatever the destination holds. */
export function moveOne(view: View, { source, destination, from, to }: Move): ByteString | undefined {
  const list = listAt(view, source);
  if (list === undefined) return undefined;
  listAt(view, destination);
  const element = elementAt(list, from);
  // In this order, which is also that of Valkey's notifications: a list that is turned around in itself stays, with
  // its expiry, though it has but one element.
  view.apply({ kind: 'pushElements', key: destination, side: to, elements: [element] });
  view.apply({ kind: 'popElements', key: source, side: from, count: 1 });
  return element;
}
