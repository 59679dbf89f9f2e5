/** Commands per second, as of the last full second: counted when somebody looks, without a timer. */
import type { Clock } from '../environment/environment.ts';

const windowMs = 1000;

export class CommandRate {
  readonly #clock: Pick<Clock, 'monotonic'>;
  readonly #count: () => number;
  #startedAt: number;
  #startCount = 0;
  #rate = 0;

  /** @param count the commands so far */
  constructor(clock: Pick<Clock, 'monotonic'>, count: () => number) {
    this.#clock = clock;
    this.#count = count;
    this.#startedAt = clock.monotonic();
  }

  /** Since the last time it was asked, if that is at least a second ago; else the same as then. */
  get perSecond(): number {
    const elapsedMs = this.#clock.monotonic() - this.#startedAt;
    if (elapsedMs >= windowMs) {
      const count = this.#count();
      this.#rate = Math.max(0, Math.round(((count - this.#startCount) * 1000) / elapsedMs));
      this.#startedAt += elapsedMs;
      this.#startCount = count;
    }
    return this.#rate;
  }
}
