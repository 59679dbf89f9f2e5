/**
 * Lets a node follow the others while somebody on it waits for what they do: an empty task asks the store for news, at
 * an interval. While nobody waits there is no timer, so an idle node makes no requests.
 */
import type { Task } from '../../engine/task.ts';
import type { Environment, Timer } from '../../environment/environment.ts';
import { isError, ok } from '../../resp/reply.ts';

export interface FollowerOptions {
  readonly environment: Environment;
  readonly submit: (task: Task) => void;
  readonly intervalMs: number;
  readonly isNeeded: () => boolean;
  /** The store has answered. */
  readonly onAnswer: () => void;
}

export class Follower {
  readonly #options: FollowerOptions;
  #timer: Timer | undefined;
  #isAsking = false;

  constructor(options: FollowerOptions) {
    this.#options = options;
  }

  /** To be called when `isNeeded` may have changed. */
  update(): void {
    const { environment, isNeeded } = this.#options;
    if (!isNeeded()) {
      if (this.#timer !== undefined) environment.timers.clear(this.#timer);
      this.#timer = undefined;
    } else if (this.#timer === undefined && !this.#isAsking) {
      this.#timer = environment.timers.set(() => {
        this.#timer = undefined;
        this.#ask();
      }, this.#delayMs());
    }
  }

  /** Around the interval, at random, so that nodes do not ask in step. */
  #delayMs(): number {
    const { environment, intervalMs } = this.#options;
    return intervalMs * (0.9 + (environment.random.uint32() / 2 ** 32) * 0.2);
  }

  #ask(): void {
    const { submit, onAnswer } = this.#options;
    this.#isAsking = true;
    submit({
      execute: () => ok,
      settle: (reply) => {
        this.#isAsking = false;
        if (!isError(reply)) onAnswer();
        this.update();
      },
    });
  }
}
