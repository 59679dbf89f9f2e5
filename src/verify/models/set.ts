/**
 * A set, read whole or asked for one element. A state is a bit for each element that the operations name, so that a
 * copy of a set of ten thousand elements is a kilobyte, and its hash changes with the element alone.
 */
import type { Json, Operation } from '../history.ts';
import { shorten, ValueCodes } from '../json.ts';
import { mix } from './hash.ts';
import type { Automaton, Model, Start } from './model.ts';
import { anything, array, flag, nothing, orNull, validateBy, validateInitialBy } from './shape.ts';
import { Sources } from './sources.ts';

export const setModel: Model = {
  name: 'set',
  summary: 'add element (→ whether it is new), remove element (→ whether it was in it), contains element, read → array',
  validate: validateBy({
    add: { input: anything, output: orNull(flag) },
    remove: { input: anything, output: orNull(flag) },
    contains: { input: anything, output: flag },
    read: { input: nothing, output: array },
  }),
  validateInitial: validateInitialBy(orNull(array)),
  open: openSet,
};

interface ElementSet {
  readonly bits: Uint32Array;
  readonly hash: number;
}

function openSet(operations: readonly Operation[], start: Start): Automaton<ElementSet> {
  const codes = new ValueCodes();
  const initialCodes = codesOf(codes, start.initial ?? []);
  const read = operations.map(({ f, output, outcome }) =>
    f === 'read' && outcome === 'ok' ? codesOf(codes, output) : undefined,
  );
  const element = operations.map(({ input }) => codes.code(input));
  const words = Math.ceil(codes.count / 32);
  const empty: ElementSet = { bits: new Uint32Array(words), hash: 0 };
  const setOf = (members: readonly number[]): ElementSet =>
    members.reduce((set, code) => (has(set, code) ? set : toggled(set, code)), empty);
  const observed = read.map((members) => members && setOf(members));
  // A read that names an element twice is no set.
  const isNoSet = read.map((members) => members !== undefined && new Set(members).size !== members.length);
  const shown = new Set(read.flatMap((members) => members ?? []));
  operations.forEach(({ f, output, outcome }, index) => {
    if (outcome === 'ok' && f !== 'read' && output === (f !== 'add')) shown.add(element[index] as number);
  });
  const sources = new Sources<number>();
  for (const code of initialCodes) sources.add(code, -Infinity);
  operations.forEach(({ f, output, call }, index) => {
    if (f === 'add' && output !== false) sources.add(element[index] as number, call);
  });

  return {
    initial: setOf(initialCodes),
    step(state, index) {
      const { f, output, outcome } = operations[index] as Operation;
      const code = element[index] as number;
      if (f === 'read') {
        const expected = observed[index];
        if (expected === undefined) return state;
        return isNoSet[index] !== true && same(state, expected) ? state : undefined;
      }
      const answer = f === 'add' ? !has(state, code) : has(state, code);
      if (outcome === 'ok' && output !== null && output !== answer) return undefined;
      return f !== 'contains' && answer ? toggled(state, code) : state;
    },
    isImpossible(index) {
      const { f, output, return: returned } = operations[index] as Operation;
      const found = output === (f !== 'add') ? [element[index] as number] : (read[index] ?? []);
      return found.some((code) => !sources.has(code, returned));
    },
    hash: ({ hash }) => hash,
    equals: same,
    describe: (state) => `{${membersOf(state, codes)}}`,
    bytes: () => 150 + 4 * words,
    // An add or a remove that is answered `false` found the set as it wanted it.
    changesNothing: (index) =>
      !['add', 'remove'].includes((operations[index] as Operation).f) || operations[index]?.output === false,
    matters(index) {
      const { f } = operations[index] as Operation;
      return f === 'remove' || (f === 'add' && shown.has(element[index] as number));
    },
    lookahead: {
      role(index) {
        const { f } = operations[index] as Operation;
        return f === 'read' ? 'observes' : f === 'remove' ? 'resets' : 'extends';
      },
      compatible(state, observation) {
        const { bits } = observed[observation] as ElementSet;
        return state.bits.every((word, index) => (word & ~(bits[index] as number)) === 0);
      },
      resetLeadsTo: () => true,
    },
  };
}

function codesOf(codes: ValueCodes, members: Json): readonly number[] {
  return ((members ?? []) as readonly Json[]).map((member) => codes.code(member));
}

function has({ bits }: ElementSet, code: number): boolean {
  return (((bits[code >>> 5] as number) >>> (code & 31)) & 1) === 1;
}

function toggled({ bits, hash }: ElementSet, code: number): ElementSet {
  const copy = bits.slice();
  copy[code >>> 5] = (copy[code >>> 5] as number) ^ (1 << (code & 31));
  return { bits: copy, hash: hash ^ mix(code + 1) };
}

function same(left: ElementSet, right: ElementSet): boolean {
  return left.hash === right.hash && left.bits.every((word, index) => word === right.bits[index]);
}

/** The first of them, in the order in which the history names them. */
function membersOf(set: ElementSet, codes: ValueCodes): string {
  const shown: string[] = [];
  for (let code = 0; code < codes.count && shown.length <= 20; code++) if (has(set, code)) shown.push(codes.text(code));
  return shorten(shown.length > 20 ? [...shown.slice(0, 20), '…'].join(', ') : shown.join(', '));
}
