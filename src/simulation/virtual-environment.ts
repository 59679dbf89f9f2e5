/**
 * An environment in which no real time passes: timers fire in the order of their virtual times, one by one, and the
 * clock stands still in between. Everything follows from the seed and from what is run in it.
 */
import type { Environment, Timer } from '../environment/environment.ts';
import type { Watcher } from '../environment/properties.ts';
import { gunzipSync, gzipSync } from 'node:zlib';
import { EventQueue, type SimulatedEvent } from './event-queue.ts';
import { derivedSeed, seededRandom } from '../environment/seeded-random.ts';

/** Many more than a crowd of clients makes. */
const eventsAtOnceMax = 200_000;

export class VirtualEnvironment implements Environment {
  readonly random;
  readonly clock;
  readonly timers;
  /** At once, so that nothing depends on how fast the machine is. */
  readonly compression = {
    compress: (bytes: Uint8Array): Promise<Uint8Array> => Promise.resolve(gzipSync(bytes, { level: 1 })),
    decompress: (bytes: Uint8Array, maxOutputLength: number): Promise<Uint8Array> =>
      new Promise((resolve) => {
        resolve(gunzipSync(bytes, { maxOutputLength }));
      }),
  };
  watcher: Watcher | undefined;
  /** What an event throws goes there; where there is nobody, out of `run`. */
  onUncaught: ((cause: unknown) => void) | undefined;
  #nowMs = 0;
  #eventsAtOnce = 0;
  #eventCount = 0;
  readonly #queue = new EventQueue();
  readonly #seed: number;

  /** @param startMs the wall clock at the beginning */
  constructor(seed: number, startMs = 1_800_000_000_000) {
    this.#seed = seed;
    this.random = seededRandom(seed);
    this.clock = { now: () => Math.floor(startMs + this.#nowMs), monotonic: () => this.#nowMs };
    this.timers = {
      set: (callback: () => void, delayMs: number): Timer => this.#set(callback, delayMs),
      clear: (timer: Timer) => {
        (timer as SimulatedEvent).isCancelled = true;
      },
      soon: (callback: () => void) => {
        this.#set(callback, 0);
      },
    };
  }

  /**
   * The same world with chance of its own. What one part draws then does not change what others draw, so that a run
   * with fewer clients or faults is about the same run (`shrink.ts`).
   */
  stream(name: string): Environment {
    const random = seededRandom(derivedSeed(this.#seed, name));
    return { clock: this.clock, timers: this.timers, compression: this.compression, random, watcher: this.watcher };
  }

  /** How many timers have fired. */
  get eventCount(): number {
    return this.#eventCount;
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
      const next = this.#queue.peek();
      if (next === undefined || next.atMs > endMs) return false;
      this.#queue.take();
      this.#eventsAtOnce = next.atMs > this.#nowMs ? 0 : this.#eventsAtOnce + 1;
      this.#nowMs = Math.max(this.#nowMs, next.atMs);
      this.#eventCount++;
      this.#runOne(next);
    }
  }

  #runOne(event: SimulatedEvent): void {
    try {
      if (this.#eventsAtOnce === eventsAtOnceMax) throw new Error('time stands still: events without end at one time');
      event.run();
    } catch (cause) {
      if (this.onUncaught === undefined) throw cause;
      this.onUncaught(cause);
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

  #set(callback: () => void, delayMs: number): SimulatedEvent {
    return this.#queue.add(this.#nowMs + Math.max(0, delayMs), callback);
  }
}

/** Resolves when every promise that can go on without I/O or a timer has done so. */
function microtasks(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
