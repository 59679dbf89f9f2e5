/**
 * How long requests took, in bounded memory: counts in buckets that grow by a quarter, from 10 µs to more than an hour.
 * A percentile is the upper edge of its bucket, so at most 25 % too high.
 */
const smallestMs = 0.01;
const growth = 1.25;
const bucketCount = 90;

export class LatencyHistogram {
  readonly #buckets = new Uint32Array(bucketCount);
  #count = 0;
  #sumMs = 0;
  #maxMs = 0;

  get count(): number {
    return this.#count;
  }

  get meanMs(): number {
    return this.#count === 0 ? 0 : this.#sumMs / this.#count;
  }

  get maxMs(): number {
    return this.#maxMs;
  }

  record(durationMs: number): void {
    const bucket = durationMs <= smallestMs ? 0 : Math.ceil(Math.log(durationMs / smallestMs) / Math.log(growth));
    const index = Math.min(bucket, bucketCount - 1);
    this.#buckets[index] = (this.#buckets[index] as number) + 1;
    this.#count++;
    this.#sumMs += durationMs;
    this.#maxMs = Math.max(this.#maxMs, durationMs);
  }

  /** @param share 0.5 for the median; 0 where nothing was recorded */
  percentileMs(share: number): number {
    if (this.#count === 0) return 0;
    let left = Math.max(1, Math.ceil(this.#count * share));
    for (let index = 0; index < bucketCount; index++) {
      left -= this.#buckets[index] as number;
      if (left <= 0) return Math.min(this.#maxMs, smallestMs * growth ** index);
    }
    return this.#maxMs;
  }

  reset(): void {
    this.#buckets.fill(0);
    this.#count = 0;
    this.#sumMs = 0;
    this.#maxMs = 0;
  }
}
