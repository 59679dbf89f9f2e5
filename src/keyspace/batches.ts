/** Cuts what there is much of into batches of a bounded length. */

/** As long as possible, none longer than `lengthMax` unless it is a single item. Takes items as they are asked for. */
export function* batches<T>(
  items: Iterable<T>,
  lengthMax: number,
  lengthOf: (item: T) => number,
): Generator<T[], void, undefined> {
  let batch: T[] = [];
  let length = 0;
  for (const item of items) {
    const itemLength = lengthOf(item);
    if (batch.length > 0 && length + itemLength > lengthMax) {
      yield batch;
      batch = [];
      length = 0;
    }
    batch.push(item);
    length += itemLength;
  }
  if (batch.length > 0) yield batch;
}
