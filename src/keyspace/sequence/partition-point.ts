/**
 * The first index whose item fulfils a condition that every item after one that does fulfils, too; the length if none
 * does.
 */
export function partitionPoint<T>(items: readonly T[], holds: (item: T) => boolean): number {
  let from = 0;
  let to = items.length;
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (holds(items[middle] as T)) to = middle;
    else from = middle + 1;
  }
  return from;
}
