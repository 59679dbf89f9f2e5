/**
 * Models that are told as a plain implementation is: what a command can do to a state, and what it answers when it does.
 * A command of which several things can come (`SPOP`) has several reactions; an answer leaves those that fit it.
 *
 * It is for keys with a few dozen elements: a state is copied with each step. States are JSON without objects, so that
 * equal ones have equal texts.
 */
import type { Json, Operation } from '../history.ts';
import { canonicalJson, isArray, shorten } from '../json.ts';
import type { Model } from './model.ts';
import { powerset } from './powerset.ts';
import { validateBy, validateInitialBy, type Rule, type Shape } from './shape.ts';

export interface Reaction<State> {
  readonly state: State;
  readonly reply: Json;
}

/** An operation of the history, as far as it is asked. */
export type Asked = Pick<Operation, 'f' | 'input'>;

export interface Reactions<State extends Json> {
  readonly name: string;
  readonly summary: string;
  readonly shapes: Readonly<Record<string, Shape>>;
  /** How a history tells of the state at its beginning. */
  readonly initial: Rule;
  /** @param initial undefined: empty */
  begin(initial: Json | undefined): State;
  /** None: it is an error, and so did not happen. */
  react(state: State, asked: Asked): readonly Reaction<State>[];
  /** Whether an operation that has answered this has changed nothing. */
  changesNothing(asked: Asked, output: Json): boolean;
  /** Operations whose answers are arrays in any order. */
  readonly unordered: readonly string[];
  /** What keeps an answer from being right, whatever the state was. Left out: nothing. */
  isImpossible?(operation: Operation): boolean;
}

export function modelOf<State extends Json>(reactions: Reactions<State>): Model {
  const { name, summary, shapes, initial } = reactions;
  return {
    name,
    summary,
    validate: validateBy(shapes),
    validateInitial: validateInitialBy(initial),
    open(operations, start) {
      const at = (index: number): Operation => operations[index] as Operation;
      const wanted = operations.map(({ f, output, outcome }) =>
        outcome === 'ok' ? textOf(output, reactions.unordered.includes(f)) : undefined,
      );
      return powerset({
        initial: [reactions.begin(start.initial)],
        step(state: State, index) {
          const found = reactions.react(state, at(index));
          const text = wanted[index];
          const { f } = at(index);
          const fitting =
            text === undefined
              ? found
              : found.filter(({ reply }) => textOf(reply, reactions.unordered.includes(f)) === text);
          return fitting.map((reaction) => reaction.state);
        },
        key: (state) => JSON.stringify(state),
        describe: (state) => shorten(JSON.stringify(state)),
        isImpossible: (index) => reactions.isImpossible?.(at(index)) ?? false,
        changesNothing: (index) => reactions.changesNothing(at(index), at(index).output),
      });
    },
  };
}

function textOf(value: Json, isUnordered: boolean): string {
  if (isUnordered && isArray(value)) return value.map(canonicalJson).sort().join(',');
  return canonicalJson(value);
}

/** The one thing that can come of it. */
export function one<State>(state: State, reply: Json): readonly Reaction<State>[] {
  return [{ state, reply }];
}

/**
 * A command that waits says that there was nothing no earlier than it was told to wait. That there was nothing at its end
 * is more than anybody promises who has to ask others: at some moment between its call and its end it must have been so.
 */
export function gaveUpEarly({ output, outcome, call, return: returned }: Operation, wait: Json): boolean {
  return outcome === 'ok' && output === null && returned - call < (wait as number);
}
