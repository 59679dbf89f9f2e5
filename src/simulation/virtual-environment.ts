/**
 * An environment in which no real time passes: timers fire in the order of their virtual times, one by one, and the
 * clock stands still in between. Everything follows from the seed and from what is run in it.
 */
import type { Environment, Timer } from '../environment/environment.ts';
import { seededRandom } from './seeded-random.ts';

interface VirtualTimer {
  readonly atMs: number;
  /** Timers of one time fire in the order in which they were set. */
  readonly order: number;
  readonly callback: () => void;
}

export class VirtualEnvironment implements Environment {
  readonly random;
  readonly clock;
  readonly timers;
  #nowMs = 0;
  #order = 0;
  readonly #pending = new Set<VirtualTimer>();

  /** @param startMs the wall clock at the beginning */
  constructor(seed: number, startMs = 1_800_000_000_000) {
    this.random = seededRandom(seed);
    this.clock = { now: () => Math.floor(startMs + this.#nowMs), monotonic: () => this.#nowMs };
    this.timers = {
      set: (callback: () => void, delayMs: number): Timer => this.#set(callback, delayMs),
      clear: (timer: Timer) => {
        this.#pending.delete(timer as VirtualTimer);
      },
      soon: (callback: () => void) => {
        this.#set(callback, 0);
      },
    };
  }

  /**
   * Lets time pass until the condition holds, nothing is left to happen, or this much time has passed.
   * @returns whether the condition holds
   */
  async run(until: () => boolean, limitMs = Infinity): Promise<boolean> {
    const endMs = this.#nowMs + limitMs;
    for (;;) {
      await microtasks();
      if (until()) return true;
      const next = this.#next();
      if (next === undefined || next.atMs > endMs) return false;
      this.#pending.delete(next);
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      next.callback();
    }
  }

  /** Lets this much time pass. */
  async advance(durationMs: number): Promise<void> {
    let over = false;
    this.#set(() => {
      over = true;
    }, durationMs);
    await this.run(() => over);
  }

  #set(callback: () => void, delayMs: number): VirtualTimer {
    const timer = { atMs: this.#nowMs + Math.max(0, delayMs), order: this.#order++, callback };
    this.#pending.add(timer);
    return timer;
  }

  #next(): VirtualTimer | undefined {
    let next: VirtualTimer | undefined;
    for (const timer of this.#pending) {
      if (next === undefined || timer.atMs < next.atMs || (timer.atMs === next.atMs && timer.order < next.order)) {
        next = timer;
      }
    }
    return next;
  }
}

/** Resolves when every promise that can go on without I/O or a timer has done so. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
