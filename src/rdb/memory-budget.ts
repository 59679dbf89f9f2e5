/**
 * How much memory a value may take while it is read. Bytes can stand for far more than they are: what is compressed
 * for 88 times as many, and two of those for an element, which takes 40 here. So what is read counts what it makes.
 */
import { RdbFormatError } from './format-error.ts';

export class MemoryBudget {
  #leftBytes: number;

  constructor(bytes: number) {
    this.#leftBytes = bytes;
  }

  /** @throws RdbFormatError where so much is not left */
  spend(bytes: number): void {
    this.#leftBytes -= bytes;
    if (this.#leftBytes < 0) throw new RdbFormatError('a value takes more memory than it may');
  }
}

export const unlimitedMemory = new MemoryBudget(Infinity);
