/**
 * The time that tasks see: the wall clock, which never goes back here. After the clock was set back, this goes on at
 * half the speed until the clock has come up with it.
 */
import type { Environment } from '../environment/environment.ts';
import { nodeProperties } from '../environment/properties.ts';

export class TaskClock {
  readonly #environment: Environment;
  /** The time that was seen last. */
  #latestMs = 0;
  /** Since when the wall clock has been behind that, and where it stood. */
  #ahead: { readonly nowMs: number; readonly sinceMs: number } | undefined;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get latestMs(): number {
    return this.#latestMs;
  }

  /** Milliseconds since 1970. */
  now(): number {
    const { clock, watcher } = this.#environment;
    const wallMs = clock.now();
    if (wallMs >= this.#latestMs) {
      this.#latestMs = wallMs;
      this.#ahead = undefined;
      return wallMs;
    }
    if (this.#ahead === undefined) {
      watcher?.observe(nodeProperties.clockWentBack, true);
      this.#ahead = { nowMs: this.#latestMs, sinceMs: clock.monotonic() };
    }
    const { nowMs, sinceMs } = this.#ahead;
    this.#latestMs = Math.max(this.#latestMs, Math.floor(nowMs + (clock.monotonic() - sinceMs) / 2));
    return this.#latestMs;
  }
}
