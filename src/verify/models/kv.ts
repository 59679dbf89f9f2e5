/**
 * A string that is written, appended to and read whole. A missing key is the empty string.
 *
 * Reads show everything since the last `put`, so the next read tells which orders of the appends before it are lost.
 */
import type { Operation } from '../history.ts';
import { shorten } from '../json.ts';
import type { Automaton, Model, Start } from './model.ts';
import { concatenate, sequence, sequenceIdentity, type Sequence } from './sequence.ts';
import { anything, nothing, orNull, text, validateBy, validateInitialBy } from './shape.ts';
import { TextSources } from './sources.ts';

export const kvModel: Model = {
  name: 'kv',
  summary: 'get → string, put string, append string; at first the empty string',
  validate: validateBy({
    get: { input: nothing, output: text },
    put: { input: text, output: anything },
    append: { input: text, output: anything },
  }),
  validateInitial: validateInitialBy(orNull(text)),
  open: openKv,
};

function openKv(operations: readonly Operation[], start: Start): Automaton<Sequence> {
  const inputs = operations.map(({ input }) => sequence(typeof input === 'string' ? input : ''));
  const f = (index: number): string => (operations[index] as Operation).f;
  const input = (index: number): Sequence => inputs[index] as Sequence;
  const output = (index: number): string => (operations[index] as Operation).output as string;
  const observed = observedTexts(operations);
  const sources = new TextSources();
  sources.add((start.initial as string | null | undefined) ?? '', -Infinity);
  operations.forEach(({ call }, index) => {
    sources.add(input(index).text, call);
  });
  return {
    initial: sequence((start.initial as string | null | undefined) ?? ''),
    step(state, index) {
      if (f(index) === 'put') return input(index);
      if (f(index) === 'append') return concatenate(state, input(index));
      return operations[index]?.outcome === 'info' || output(index) === state.text ? state : undefined;
    },
    ...sequenceIdentity,
    describe: (state) => JSON.stringify(shorten(state.text)),
    isImpossible(index) {
      if (f(index) !== 'get' || output(index) === '') return false;
      const { return: returned } = operations[index] as Operation;
      return !sources.canBegin(output(index), returned) || !sources.canEnd(output(index), returned);
    },
    changesNothing: (index) => f(index) === 'get',
    // A put or an append that happened is part of all that is read until the next put; if none shows it, none needs it.
    matters(index) {
      const { text } = input(index);
      if (f(index) === 'append') return text !== '' && observed.some((value) => value.includes(text));
      return f(index) === 'put' && observed.some((value) => value.startsWith(text));
    },
    lookahead: {
      role: (index) => (f(index) === 'get' ? 'observes' : f(index) === 'put' ? 'resets' : 'extends'),
      compatible: (state, observation) =>
        state.text.length <= output(observation).length && output(observation).startsWith(state.text),
      resetLeadsTo: (reset, observation) => output(observation).startsWith(input(reset).text),
    },
  };
}

function observedTexts(operations: readonly Operation[]): readonly string[] {
  const gets = operations.filter(({ f, outcome }) => f === 'get' && outcome === 'ok');
  return [...new Set(gets.map(({ output }) => output as string))];
}
