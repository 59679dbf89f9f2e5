/**
 * Who appended what to one key, and what that says of each element of a list that was read: which transaction it came
 * from, if that can be told (Elle's recoverability). It can where all appends of a value that may have happened are of
 * one transaction; workloads see to that by never appending a value twice.
 */
import type { Json } from '../history.ts';
import type { Transaction } from './transactions.ts';
import { ValueMap } from './values.ts';

export interface Append {
  readonly transaction: number;
  readonly value: Json;
  /** Which one of the transaction's appends to this key it is; the first is 0. */
  readonly ordinal: number;
  /** How many the transaction has. */
  readonly ordinals: number;
}

/** Where an element of a list came from. */
export type Source =
  | { readonly kind: 'append'; readonly append: Append }
  /** One of several transactions, and which one cannot be told. */
  | { readonly kind: 'ambiguous'; readonly appends: readonly Append[] }
  /** A transaction that certainly did not happen. */
  | { readonly kind: 'aborted'; readonly append: Append }
  /** It stands in the list more often than it was appended. */
  | { readonly kind: 'duplicate' }
  /** Nobody appended it. */
  | { readonly kind: 'garbage' };

export interface AppendsOfValue {
  readonly value: Json;
  /** Of transactions that happened or may have happened. */
  readonly possible: Append[];
  readonly aborted: Append[];
  /** The greatest number of times that it stands in one list that was read. */
  seenMax: number;
}

export class KeyAppends {
  readonly #byValue = new ValueMap<AppendsOfValue>();

  add({ index, outcome }: Transaction, values: readonly Json[]): void {
    for (const [ordinal, value] of values.entries()) {
      let known = this.#byValue.get(value);
      if (known === undefined) {
        known = { value, possible: [], aborted: [], seenMax: 0 };
        this.#byValue.set(value, known);
      }
      const append = { transaction: index, value, ordinal, ordinals: values.length };
      (outcome === 'fail' ? known.aborted : known.possible).push(append);
    }
  }

  /** By value, in the order in which the history first appends each. */
  all(): Iterable<AppendsOfValue> {
    return this.#byValue.values();
  }

  /** Of each element of a list that was read; also takes note that its values were seen. */
  sourcesOf(list: readonly Json[]): readonly Source[] {
    const counts = new ValueMap<number>();
    return list.map((value) => {
      const count = (counts.get(value) ?? 0) + 1;
      counts.set(value, count);
      const appends = this.#byValue.get(value);
      if (appends === undefined) return { kind: 'garbage' };
      appends.seenMax = Math.max(appends.seenMax, count);
      return sourceOf(appends, count - 1);
    });
  }
}

export function isAmbiguous({ possible }: AppendsOfValue): boolean {
  return possible.some(({ transaction }) => transaction !== possible[0]?.transaction);
}

function sourceOf(appends: AppendsOfValue, occurrence: number): Source {
  const { possible, aborted } = appends;
  const append = possible[occurrence];
  if (append === undefined) {
    const first = aborted[occurrence - possible.length];
    return first === undefined ? { kind: 'duplicate' } : { kind: 'aborted', append: first };
  }
  return isAmbiguous(appends) ? { kind: 'ambiguous', appends: possible } : { kind: 'append', append };
}
