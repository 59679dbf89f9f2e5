/**
 * A deterministic automaton of a nondeterministic one: its states are the sets of states in which the object may be
 * (Rabin and Scott's construction, as in Porcupine). A set stays as small as the model's doubt.
 */
import { shorten } from '../json.ts';
import { hashText } from './hash.ts';
import type { Automaton, Lookahead, NondeterministicAutomaton } from './model.ts';

interface StateSet<State> {
  /** In the order of their keys. */
  readonly states: readonly State[];
  readonly key: string;
  readonly hash: number;
}

export function powerset<State>(automaton: NondeterministicAutomaton<State>): Automaton<StateSet<State>> {
  const collect = (states: readonly State[]): StateSet<State> => {
    const byKey = new Map(states.map((state) => [automaton.key(state), state]));
    const keys = [...byKey.keys()].sort();
    // Lengths keep a key that contains the separator from passing for two.
    const key = keys.length === 1 ? (keys[0] as string) : keys.map((one) => `${one.length}:${one}`).join(';');
    return { states: keys.map((one) => byKey.get(one) as State), key, hash: hashText(key) };
  };
  const { lookahead } = automaton;
  const changesNothing = automaton.changesNothing?.bind(automaton);
  const isImpossible = automaton.isImpossible?.bind(automaton);
  const isShown = automaton.isShown?.bind(automaton);
  const matters = automaton.matters?.bind(automaton);
  const interchangeable = automaton.interchangeable?.bind(automaton);
  return {
    initial: collect(automaton.initial),
    step({ states }, index) {
      const next =
        states.length === 1
          ? automaton.step(states[0] as State, index)
          : states.flatMap((state) => automaton.step(state, index));
      return next.length === 0 ? undefined : collect(next);
    },
    hash: ({ hash }) => hash,
    equals: (left, right) => left.states.length === right.states.length && left.key === right.key,
    describe: ({ states }) => shorten(states.map((state) => automaton.describe(state)).join(' or ')),
    bytes: ({ key, states }) => 100 + 2 * key.length + 50 * states.length,
    ...(isImpossible === undefined ? {} : { isImpossible }),
    ...(changesNothing === undefined ? {} : { changesNothing }),
    ...(matters === undefined ? {} : { matters }),
    ...(isShown === undefined ? {} : { isShown }),
    ...(interchangeable === undefined ? {} : { interchangeable }),
    ...(lookahead === undefined ? {} : { lookahead: ofAny(lookahead) }),
  };
}

/** A set of states can lead to an observation if one of them can. */
function ofAny<State>(lookahead: Lookahead<State>): Lookahead<StateSet<State>> {
  return {
    role: (index) => lookahead.role(index),
    compatible: ({ states }, observation) => states.some((state) => lookahead.compatible(state, observation)),
    resetLeadsTo: (reset, observation) => lookahead.resetLeadsTo(reset, observation),
  };
}
