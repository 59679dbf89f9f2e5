/**
 * What happened, in order: a hash over all of it, by which two runs of one seed are compared, and its last events, which
 * are shown where a run fails.
 */
import type { Clock } from '../environment/environment.ts';

const keptMax = 2000;

export class Trace {
  readonly #clock: Pick<Clock, 'monotonic'>;
  #kept: string[] = [];
  #a = 0x811c9dc5;
  #b = 0x9747b28c;
  #count = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  get count(): number {
    return this.#count;
  }

  /** 64 bits over every event so far (FNV-1a, twice). */
  get hash(): string {
    return [this.#a, this.#b].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
  }

  /** The newest events, the oldest of them first. */
  get last(): readonly string[] {
    return this.#kept.slice(-keptMax);
  }

  add(who: string, what: string): void {
    const line = `${this.#clock.monotonic().toFixed(2).padStart(10)} ${who.padEnd(9)} ${what}`;
    for (let i = 0; i < line.length; i++) {
      const code = line.charCodeAt(i);
      this.#a = Math.imul(this.#a ^ code, 0x01000193);
      this.#b = Math.imul(this.#b ^ code, 0x01000193);
    }
    this.#count++;
    this.#kept.push(line);
    if (this.#kept.length > 2 * keptMax) this.#kept = this.#kept.slice(-keptMax);
  }
}
