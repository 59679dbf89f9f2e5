/** Waits between tries of a request: doubling from 20 ms to 1 s, each shortened at random by up to half. */
import type { Environment } from '../../environment/environment.ts';
import type { Deadline } from '../log.ts';

const delayMsFirst = 20;
const delayMsMax = 1000;

export class Backoff {
  readonly #environment: Environment;
  readonly #deadline: Deadline;
  #delayMs = delayMsFirst;

  constructor(environment: Environment, deadline: Deadline) {
    this.#environment = environment;
    this.#deadline = deadline;
  }

  /** Waits; false, at once, if another try would begin after the deadline. */
  async wait(): Promise<boolean> {
    const { clock, random, timers } = this.#environment;
    const delayMs = this.#delayMs * (1 - random.uint32() / 2 ** 33);
    this.#delayMs = Math.min(this.#delayMs * 2, delayMsMax);
    if (clock.monotonic() + delayMs >= this.#deadline) return false;
    await new Promise<void>((resolve) => timers.set(resolve, delayMs));
    return true;
  }
}
