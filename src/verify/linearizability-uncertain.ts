/**
 * The uncertain operations (`info`) of one object that can matter, as the search meets them: those not yet used in
 * order of their calls. Interchangeable ones form a class of which always the one called first is used first; whichever
 * of them took place, no answer tells.
 */
import { canonicalJson } from './json.ts';
import type { Operation } from './history.ts';
import { tiesOf } from './linearizability-ties.ts';
import type { Automaton } from './models/model.ts';

export class UncertainOperations {
  /** Indexes of operations; the numbers used elsewhere in this class are positions in it. */
  readonly operations: readonly number[];
  /** A bit for each that is used. */
  readonly used: Int32Array;
  /** Those that are resets to the lookahead. */
  readonly resets: readonly number[];
  readonly #calls: Float64Array;
  /** The one called before it in its class, -1: it is the first. */
  readonly #previousOfClass: Int32Array;
  readonly #next: Int32Array;
  readonly #previous: Int32Array;

  /** `shownOnly`: only those that the model says are shown by some answer. */
  constructor(operations: readonly Operation[], automaton: Automaton<unknown>, shownOnly = false) {
    const canMatter = (index: number): boolean =>
      (automaton.matters?.(index) ?? true) && (!shownOnly || (automaton.isShown?.(index) ?? true));
    const chosen = operations.flatMap(({ outcome }, index) => (outcome === 'info' && canMatter(index) ? [index] : []));
    const count = chosen.length;
    this.operations = chosen;
    this.used = new Int32Array(Math.ceil(count / 32));
    this.#calls = Float64Array.from(chosen, (index) => (operations[index] as Operation).call);
    this.resets = chosen.flatMap((index, position) =>
      automaton.lookahead?.role(index) === 'resets' ? [position] : [],
    );
    // One that must follow another operation is not available as soon as it is called.
    const ties = tiesOf(operations);
    const lastOfClass = new Map<string, number>();
    this.#previousOfClass = Int32Array.from(chosen, (index, position) => {
      const { f, input } = operations[index] as Operation;
      if (automaton.interchangeable?.(index) === false || ties[index] !== -1) return -1;
      const name = `${f} ${canonicalJson(input)}`;
      const previous = lastOfClass.get(name) ?? -1;
      lastOfClass.set(name, position);
      return previous;
    });
    // Position `count` is before the first and after the last.
    this.#next = Int32Array.from({ length: count + 1 }, (_, position) => (position === count ? 0 : position + 1));
    this.#previous = Int32Array.from({ length: count + 1 }, (_, position) => (position === 0 ? count : position - 1));
  }

  isUsed(position: number): boolean {
    return (((this.used[position >>> 5] as number) >>> (position & 31)) & 1) === 1;
  }

  /** Whether it has been called when something happens that returned at `time`. */
  calledBy(position: number, time: number): boolean {
    return (this.#calls[position] as number) <= time;
  }

  /** Those that may take place now, in order of their calls, if something that returned at `time` has not yet. */
  available(time: number): number[] {
    const found: number[] = [];
    const end = this.operations.length;
    for (let at = this.#next[end] as number; at !== end; at = this.#next[at] as number) {
      if (!this.calledBy(at, time)) break;
      const previous = this.#previousOfClass[at] as number;
      if (previous === -1 || this.isUsed(previous)) found.push(at);
    }
    return found;
  }

  lift(position: number): void {
    this.#toggle(position);
    const [previous, next] = [this.#previous[position] as number, this.#next[position] as number];
    this.#next[previous] = next;
    this.#previous[next] = previous;
  }

  /** In reverse order of `lift`. */
  unlift(position: number): void {
    this.#toggle(position);
    this.#next[this.#previous[position] as number] = position;
    this.#previous[this.#next[position] as number] = position;
  }

  #toggle(position: number): void {
    this.used[position >>> 5] = (this.used[position >>> 5] as number) ^ (1 << (position & 31));
  }
}
