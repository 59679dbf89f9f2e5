/** Decisions by chance, from one source of randomness. */
import type { Random } from '../environment/environment.ts';

export class Dice {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** From 0 up to, but not, 1. */
  fraction(): number {
    return this.#random.uint32() / 2 ** 32;
  }

  /** From `min` up to `max`. */
  between(min: number, max: number): number {
    return min + this.fraction() * (max - min);
  }

  /** A whole number from 0 up to, but not, this. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  chance(probability: number): boolean {
    return this.fraction() < probability;
  }

  pick<T>(from: readonly T[]): T {
    return from[this.below(from.length)] as T;
  }

  /** One of these, each as likely as its weight says. */
  pickWeighted<T>(from: readonly (readonly [weight: number, value: T])[]): T {
    let left = this.fraction() * from.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of from) {
      left -= weight;
      if (left < 0) return value;
    }
    return (from.at(-1) as readonly [number, T])[1];
  }
}
