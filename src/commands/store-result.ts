/** What the STORE forms of commands do with their result: it takes the place of whatever is at a key. */
import type { View, ViewEffect } from '../keyspace/view.ts';

/** @param result makes the new value out of nothing, or `undefined`: the key is deleted */
export function storeResult(view: View, key: string, result: ViewEffect | undefined): void {
  if (result === undefined) {
    view.delete(key);
    return;
  }
  // That what was there goes is a part of the storing, and no event.
  if (view.has(key)) view.apply({ kind: 'delete', key, event: '' });
  view.apply(result);
}
