/**
 * Writes of which nothing comes of size: keys are overwritten, new ones are made and others deleted, so that what they
 * hold together stays about as much. It knows how much that is.
 */
import type { Dice } from '../../src/workload/dice.ts';

export type CommandWords = readonly string[];

interface BalancedWriterOptions {
  /** Of its keys; nobody else has it. */
  readonly prefix: string;
  readonly keys: number;
  readonly valueBytes: readonly [min: number, max: number];
  readonly dice: Dice;
  /** That values are cut out of. */
  readonly text: string;
}

const overwrites = 0.7;

export class BalancedWriter {
  /** Single ones, without the filling. */
  writes = 0;
  /** Of its keys and their values. */
  bytes = 0;
  readonly #options: BalancedWriterOptions;
  readonly #keys: string[] = [];
  readonly #lengths = new Map<string, number>();
  #made = 0;

  constructor(options: BalancedWriterOptions) {
    this.#options = options;
  }

  get isFull(): boolean {
    return this.#keys.length >= this.#options.keys;
  }

  /** Makes so many keys at once. */
  fill(count: number): CommandWords {
    return ['MSET', ...Array.from({ length: count }, () => this.#set(this.#newKey())).flat()];
  }

  next(): CommandWords {
    const { dice } = this.#options;
    this.writes++;
    if (dice.chance(overwrites)) return ['SET', ...this.#set(dice.pick(this.#keys))];
    return this.isFull ? ['DEL', this.#delete(dice.below(this.#keys.length))] : ['SET', ...this.#set(this.#newKey())];
  }

  #newKey(): string {
    const key = `${this.#options.prefix}:${String(++this.#made).padStart(8, '0')}`;
    this.#keys.push(key);
    return key;
  }

  #set(key: string): CommandWords {
    const { dice, text, valueBytes } = this.#options;
    const [min, max] = valueBytes;
    const length = min + dice.below(max - min + 1);
    const from = dice.below(text.length - length);
    this.#count(key, key.length + length);
    return [key, text.slice(from, from + length)];
  }

  #delete(index: number): string {
    const key = this.#keys[index] as string;
    this.#keys[index] = this.#keys.at(-1) as string;
    this.#keys.pop();
    this.#count(key, 0);
    return key;
  }

  #count(key: string, length: number): void {
    this.bytes += length - (this.#lengths.get(key) ?? 0);
    if (length > 0) this.#lengths.set(key, length);
    else this.#lengths.delete(key);
  }
}

/** Half as long when it is compressed, as much text is. */
export function randomText(length: number, dice: Dice): string {
  const letters = 'abcdefghijklmnop';
  return Array.from({ length }, () => letters[dice.below(letters.length)]).join('');
}
