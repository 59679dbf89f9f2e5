/** Elements in batches of bounded length, so that whoever writes them never holds or sends too much at once. */

/**
 * Consecutive elements whose lengths together are at most `lengthMax`; one that is longer stands alone. Takes from
 * `elements` only what it needs for the next batch, and one more.
 */
export function* inBatches<T>(
  elements: Iterable<T>,
  lengthOf: (element: T) => number,
  lengthMax: number,
): Generator<readonly T[], void, undefined> {
  let batch: T[] = [];
  let batchLength = 0;
  for (const element of elements) {
    const length = lengthOf(element);
    if (batch.length > 0 && batchLength + length > lengthMax) {
      yield batch;
      batch = [];
      batchLength = 0;
    }
    batch.push(element);
    batchLength += length;
  }
  if (batch.length > 0) yield batch;
}
