/**
 * Long work in slices, so that it never holds the event loop for long: whoever does it asks now and then whether its
 * slice is over, and if so lets the others have their turn. All that works by the same slices takes turns itself, too:
 * two pieces of work never share a turn of the event loop.
 *
 * Collecting garbage is long work as well. A collection of the young copies what has not died, so whoever makes much
 * that lasts notes it here, and the young are collected, in a turn of their own, before it is more than can be copied in
 * a few milliseconds. Left to itself V8 waits until the young generation is full, and that is made large, since commands
 * leave little behind.
 */
import type { Environment } from '../../environment/environment.ts';

/** A fifth of what a pause may be: what cannot be divided, and collecting garbage, come on top. */
const sliceMs = 2;
/**
 * What lasts is copied twice until it is old: three milliseconds for one processor. Half as much makes what is on its way
 * old as well, the buffers, for which V8 then marks in steps of up to ten milliseconds.
 */
const lastingBytesMax = 3 << 19;
/** Five times a slice: two that work side by side leave commands two thirds of the time. */
const restMs = 10;

export class Slices {
  readonly #environment: Environment;
  #endsAt = 0;
  #lastingBytes = 0;
  #turns: Promise<void> = Promise.resolve();
  #isCollectionDue = false;

  constructor(environment: Environment) {
    this.#environment = environment;
  }

  get isOver(): boolean {
    return this.#lastingBytes > lastingBytesMax || this.#environment.clock.monotonic() >= this.#endsAt;
  }

  /** Something was made that will be kept, and is of about this size in memory. */
  noteLasting(bytes: number): void {
    this.#lastingBytes += bytes;
  }

  /** The same, by whoever works in short turns and does not ask whether its slice is over. */
  noteLastingInPassing(bytes: number): void {
    this.noteLasting(bytes);
    if (this.#lastingBytes <= lastingBytesMax || this.#isCollectionDue) return;
    this.#isCollectionDue = true;
    void this.next().then(() => {
      this.#isCollectionDue = false;
    });
  }

  /** Begins the next slice, when all else that is ready has had its turn. */
  next(): Promise<void> {
    this.#turns = this.#turns.then(() => this.#nextTurn());
    return this.#turns;
  }

  /** The same, for what is in no hurry: commands get most of the time. */
  async nextAfterRest(): Promise<void> {
    const { timers } = this.#environment;
    await new Promise<void>((resolve) => timers.set(resolve, restMs));
    await this.next();
  }

  async #nextTurn(): Promise<void> {
    const { clock, collectYoung } = this.#environment;
    await this.#soon();
    if (this.#lastingBytes > lastingBytesMax) {
      this.#lastingBytes = 0;
      collectYoung?.();
      await this.#soon();
    }
    this.#endsAt = clock.monotonic() + sliceMs;
  }

  #soon(): Promise<void> {
    const { timers } = this.#environment;
    return new Promise((resolve) => {
      timers.soon(resolve);
    });
  }
}
