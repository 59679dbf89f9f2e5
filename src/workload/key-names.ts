/**
 * The keys that clients use. A key about which too much is uncertain is left for a fresh one: whether a history is
 * linearizable takes a time to find out that grows with every operation of which nobody knows whether it happened.
 */

const uncertainMax = 5;

/** Keys that belong together, as what is taken from one is put into the other, have one name, and differ in their parts. */
export const parts = ['a', 'b'] as const;
export type Part = (typeof parts)[number];

/** The key itself. */
export function partKey(name: string, part: Part): string {
  return `${name}.${part}`;
}

export class KeyNames {
  readonly #uncertain = new Map<string, number>();
  readonly #generations = new Map<string, number>();

  /** All that have been given out. */
  readonly used = new Set<string>();
  readonly #suffix: string;

  /** @param suffix what makes them differ from all that anybody has used before */
  constructor(suffix = '') {
    this.#suffix = suffix;
  }

  /** The present name of a key of this kind: `s0.2`. */
  name(kind: string, index: number): string {
    const stem = `${kind}${index}`;
    const generation = this.#generations.get(stem) ?? 0;
    const name = `${stem}.${generation}${this.#suffix}`;
    this.used.add(name);
    return name;
  }

  /** Something that was done to this key may or may not have happened. */
  onUncertain(name: string): void {
    const count = (this.#uncertain.get(name) ?? 0) + 1;
    this.#uncertain.set(name, count);
    if (count !== uncertainMax) return;
    const stem = name.slice(0, name.indexOf('.'));
    this.#generations.set(stem, (this.#generations.get(stem) ?? 0) + 1);
  }
}
