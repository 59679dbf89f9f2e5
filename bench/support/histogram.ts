/** Latencies in logarithmic buckets of about 2 %: bounded memory for any number of samples. */
export class Histogram {
  readonly #buckets = new Uint32Array(1200);
  #count = 0;

  add(ms: number): void {
    const bucket = Math.round(Math.log(Math.max(ms, 0.001) / 0.001) / Math.log(1.02));
    const index = Math.min(bucket, this.#buckets.length - 1);
    this.#buckets[index] = (this.#buckets[index] ?? 0) + 1;
    this.#count++;
  }

  get count(): number {
    return this.#count;
  }

  /** The latency in milliseconds below which this share (0-1) of the samples lies. */
  quantile(share: number): number {
    let left = share * this.#count;
    for (const [index, count] of this.#buckets.entries()) {
      left -= count;
      if (left <= 0 && count > 0) return 0.001 * 1.02 ** index;
    }
    return 0;
  }
}
