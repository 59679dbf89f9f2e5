/** The servers of a workload: who is asked for what. A replica that takes no writes is asked for reads. */
import type { Use } from './client.ts';
import type { Connection } from './connection.ts';
import type { Dice } from './dice.ts';

/** So often one that took no writes is asked again: roles change. */
const triedAgain = 0.02;

export class Servers {
  readonly names: readonly string[];
  readonly #dice: Dice;
  readonly #readOnly = new Set<string>();

  /** @param names their addresses */
  constructor(names: readonly string[], dice: Dice) {
    this.names = names;
    this.#dice = dice;
  }

  /** The index of one that is good for this, by chance. */
  pick(use: Use): number {
    const all = this.names.map((_, index) => index);
    const writers = all.filter((index) => !this.#readOnly.has(this.names[index] as string));
    const isAnyGood = use === 'reads' || writers.length === 0 || this.#dice.chance(triedAgain);
    return this.#dice.pick(isAnyGood ? all : writers);
  }

  noteReadOnly({ name }: Connection): void {
    this.#readOnly.add(name);
  }

  /** It may have become the one that takes them. */
  noteWritten({ name }: Connection): void {
    this.#readOnly.delete(name);
  }
}
