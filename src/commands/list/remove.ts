/**
 * Removes elements that do not lie side by side, by several effects that are one event: the last of them tells of it,
 * since that is the one which may delete the key, or the only one.
 */
import type { Side } from '../../keyspace/effect.ts';
import type { ListValue } from '../../keyspace/list/list-value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';

/** @param indexes from left to right */
export function removeAt(view: View, key: ByteString, indexes: readonly number[]): void {
  // From the right, so that the other indexes stay what they are.
  for (let end = indexes.length; end > 0;) {
    let begin = end - 1;
    while (begin > 0 && indexes[begin - 1] === (indexes[begin] as number) - 1) begin--;
    view.apply({
      kind: 'removeElements',
      key,
      index: indexes[begin] as number,
      count: end - begin,
      ...(begin > 0 && { event: '' }),
    });
    end = begin;
  }
}

/** Removes what is not in this part, from an index to before another. Where that is nothing, nothing has happened. */
export function keepOnly(
  view: View,
  key: ByteString,
  { list, from, to }: { list: ListValue; from: number; to: number },
): void {
  const right = list.size - to;
  if (from > 0) pop('left', from, right > 0 ? '' : 'ltrim');
  if (right > 0) pop('right', right, 'ltrim');

  function pop(side: Side, count: number, event: string): void {
    view.apply({ kind: 'popElements', key, side, count, event });
  }
}
