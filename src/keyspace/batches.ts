/** Elements in batches of bounded length, so that whoever writes them never holds or sends too much at once. */

/**
 * No batch is longer: V8 gives an array of more than 128 KB pages of its own, again each time it grows, and to fill one
 * takes twice the time.
 */
const batchLengthMax = 1 << 14;

/** How long a batch is at most, where one may be as long as this. */
export function batchLengthFor(lengthMax: number): number {
  return Math.min(lengthMax, batchLengthMax);
}

/**
 * Consecutive elements whose lengths together are at most `batchLengthFor(lengthMax)`; one that is longer stands alone.
 * Takes from `elements` only what it needs for the next batch, and one more.
 */
export function* inBatches<T>(
  elements: Iterable<T>,
  lengthOf: (element: T) => number,
  lengthMax: number,
): Generator<readonly T[], void, undefined> {
  const most = batchLengthFor(lengthMax);
  let batch: T[] = [];
  let batchLength = 0;
  for (const element of elements) {
    const length = lengthOf(element);
    if (batch.length > 0 && batchLength + length > most) {
      yield batch;
      batch = [];
      batchLength = 0;
    }
    batch.push(element);
    batchLength += length;
  }
  if (batch.length > 0) yield batch;
}
