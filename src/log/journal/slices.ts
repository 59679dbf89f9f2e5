/**
 * Long work in slices, so that it never holds the event loop for long: whoever does it asks now and then whether its
 * slice is over, and if so lets the others have their turn. All that works by the same slices takes turns itself, too:
 * two pieces of work never share a turn of the event loop.
 */
import type { Environment } from '../../environment/environment.ts';

/** A fifth of what a pause may be: what cannot be divided, and collecting garbage, come on top. */
const sliceMs = 2;

export class Slices {
  readonly #environment: Environment;
  #endsAt = 0;
  #turns: Promise<void> = Promise.resolve();

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get isOver(): boolean {
    return this.#environment.clock.monotonic() >= this.#endsAt;
  }

  /** Begins the next slice, when all else that is ready has had its turn. */
  next(): Promise<void> {
    const { clock, timers } = this.#environment;
    this.#turns = this.#turns.then(
      () =>
        new Promise((resolve) => {
          timers.soon(() => {
            this.#endsAt = clock.monotonic() + sliceMs;
            resolve();
          });
        }),
    );
    return this.#turns;
  }
}
