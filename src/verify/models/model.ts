/**
 * What a checker must know of an object: its states, what each operation does to them, and which answers are possible.
 *
 * A `Model` is a description for everybody; `open` makes an `Automaton` of it for the operations of one object, which
 * may prepare whatever it likes for them (it is told of operations by their index). Automata are deterministic;
 * `powerset` makes one of a `NondeterministicAutomaton`, whose steps have several outcomes.
 *
 * An operation with the outcome `info` that does take place may answer anything: `step` must not look at its output.
 * That it need not take place at all is the checker's business, not the model's.
 */
import type { Json, Operation } from '../history.ts';

export interface Start {
  /** `undefined`: the model's own initial value. It has passed `validateInitial`. */
  readonly initial: Json | undefined;
  readonly nullReadIsWildcard: boolean;
}

export interface Model {
  readonly name: string;
  /** For people: its operations and answers, in a line. */
  readonly summary: string;
  /** What is wrong with the operation, if something is. */
  validate(operation: Operation): string | undefined;
  validateInitial(initial: Json): string | undefined;
  /**
   * The same operations in the same order, with uncertain ones made alike where nobody can tell them apart. The search
   * works on these.
   */
  simplify?(operations: readonly Operation[]): readonly Operation[];
  /** The operations, none of them `fail`, have passed `validate`. */
  open(operations: readonly Operation[], start: Start): Automaton<unknown>;
}

export interface Automaton<State> {
  readonly initial: State;
  /** The state after the operation; `undefined`: in this state it cannot have answered what it did. */
  step(state: State, index: number): State | undefined;
  hash(state: State): number;
  equals(left: State, right: State): boolean;
  /** For people. */
  describe(state: State): string;
  /** About how many bytes the state keeps in memory. */
  bytes(state: State): number;
  /**
   * Whether in no order of these operations this certain one can have answered what it did. It is asked before anything
   * is tried, and need not find all that are so. Left out: none.
   */
  isImpossible?(index: number): boolean;
  /**
   * Whether the operation, having answered what it did, only tells of the state: where it leads back to the state it
   * came from, it may as well come at once, and whatever was possible without it is possible after it. Left out: none.
   */
  changesNothing?(index: number): boolean;
  /**
   * Whether an uncertain operation can matter: `false` if no legal order of the others needs it to have happened. Left
   * out: all of them can.
   */
  matters?(index: number): boolean;
  /** Whether some answer shows that this uncertain operation is likely to have happened. Left out: of all. */
  isShown?(index: number): boolean;
  /** Whether uncertain operations with equal `f` and `input` are interchangeable, whenever they were called. */
  interchangeable?(index: number): boolean;
  /** Whether in no legal order of all operations the second, a certain one as the first, comes before the first. */
  readonly mustPrecede?: (first: number, second: number) => boolean;
  readonly lookahead?: Lookahead<State>;
}

/**
 * Lets the search see early that it is lost. It is for objects that keep all that was put into them: what one
 * operation observes then tells which states can precede it.
 */
export interface Lookahead<State> {
  /**
   * `observes`: tells much about the state and does not change it. `resets`: may take back what was put in. `extends`:
   * everything else.
   */
  role(index: number): 'extends' | 'observes' | 'resets';
  /** `false`: by operations that extend alone, no state can be reached in which the observation is possible. */
  compatible(state: State, observation: number): boolean;
  /** `false`: the same, of all states right after this reset. */
  resetLeadsTo(reset: number, observation: number): boolean;
}

export interface NondeterministicAutomaton<State> {
  readonly initial: readonly State[];
  /** The possible states after the operation, none if it cannot have answered so. */
  step(state: State, index: number): readonly State[];
  /** Equal states have equal keys, others different ones. */
  key(state: State): string;
  describe(state: State): string;
  isImpossible?(index: number): boolean;
  changesNothing?(index: number): boolean;
  matters?(index: number): boolean;
  isShown?(index: number): boolean;
  interchangeable?(index: number): boolean;
  readonly lookahead?: Lookahead<State>;
}
