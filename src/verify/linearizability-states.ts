/** Gives equal states one number, so that the search compares, remembers and stores numbers. */
import type { Automaton } from './models/model.ts';

export class StateTable<State> {
  readonly #automaton: Automaton<State>;
  readonly #states: State[] = [];
  /** The number of the last state with a hash, and behind each state the one before it with the same hash. */
  readonly #lastOfHash = new Map<number, number>();
  readonly #previousOfHash: number[] = [];
  #bytes = 0;

  constructor(automaton: Automaton<State>) {
    this.#automaton = automaton;
  }

  /** About what the states keep in memory. */
  get bytes(): number {
    return this.#bytes;
  }

  state(number: number): State {
    return this.#states[number] as State;
  }

  number(state: State): number {
    const hash = this.#automaton.hash(state);
    const last = this.#lastOfHash.get(hash) ?? -1;
    for (let at = last; at !== -1; at = this.#previousOfHash[at] as number) {
      if (this.#automaton.equals(this.state(at), state)) return at;
    }
    this.#states.push(state);
    this.#previousOfHash.push(last);
    this.#lastOfHash.set(hash, this.#states.length - 1);
    // A map entry and two array elements.
    this.#bytes += this.#automaton.bytes(state) + 64;
    return this.#states.length - 1;
  }
}
