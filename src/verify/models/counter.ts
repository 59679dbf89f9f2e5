/** A counter: `add` may answer the new value. Steps are bounded so that no sum leaves the exact range of a number. */
import type { Operation } from '../history.ts';
import { mix } from './hash.ts';
import type { Automaton, Model, Start } from './model.ts';
import { integer, nothing, orNull, validateBy, validateInitialBy } from './shape.ts';

const deltaMax = 2 ** 31;
const delta = {
  wanted: 'a whole number of at most 2^31 either way',
  admits: (value: unknown) => Number.isSafeInteger(value) && Math.abs(value as number) <= deltaMax,
};

export const counterModel: Model = {
  name: 'counter',
  summary: 'read → number, add number (→ the new value); at first 0',
  validate: validateBy({
    read: { input: nothing, output: integer },
    add: { input: delta, output: orNull(integer) },
  }),
  validateInitial: validateInitialBy({ ...delta, admits: (value) => value === null || delta.admits(value) }),
  open: openCounter,
};

function openCounter(operations: readonly Operation[], start: Start): Automaton<number> {
  return {
    initial: (start.initial as number | null | undefined) ?? 0,
    step(state, index) {
      const { f, input, output, outcome } = operations[index] as Operation;
      const next = f === 'add' ? state + (input as number) : state;
      if (outcome === 'ok' && output !== null && output !== next) return undefined;
      return next;
    },
    hash: (state) => mix(state ^ mix(Math.floor(state / 2 ** 32))),
    equals: (left, right) => left === right,
    describe: String,
    bytes: () => 16,
    changesNothing: (index) => operations[index]?.f === 'read',
    matters: (index) => operations[index]?.f === 'add',
  };
}
