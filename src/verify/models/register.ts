/**
 * A register, with or without compare-and-set. `delete` writes `null`; it may answer whether there was something.
 *
 * States are the numbers of values. Uncertain writes need no states of their own here: the checker lets each take place
 * at any time after its call or never. Those whose value nobody can have seen are left out altogether.
 */
import type { Operation } from '../history.ts';
import { canonicalJson, isArray, ValueCodes, shorten } from '../json.ts';
import { mix } from './hash.ts';
import type { Automaton, Model, Start } from './model.ts';
import { anything, flag, nothing, orNull, pair, validateBy, type Shape } from './shape.ts';
import { otherThan, replaceUnseen } from './unseen-values.ts';
import { Sources } from './sources.ts';

const registerShapes: Readonly<Record<string, Shape>> = {
  read: { input: nothing, output: anything },
  write: { input: anything, output: anything },
  delete: { input: nothing, output: orNull(flag) },
};

export const registerModel: Model = {
  name: 'register',
  summary: 'read → value, write value, delete (→ whether it was there); null: no value',
  validate: validateBy(registerShapes),
  validateInitial: () => undefined,
  simplify: simplifyRegister,
  open: openRegister,
};

/** Answers of `cas` other than `false` mean that it swapped: some recorders repeat the pair there. */
export const casRegisterModel: Model = {
  name: 'cas-register',
  summary: 'as register, and cas [from, to] → true (swapped) or false (the value was another)',
  validate: validateBy({ ...registerShapes, cas: { input: pair, output: anything } }),
  validateInitial: () => undefined,
  simplify: simplifyRegister,
  open: openRegister,
};

function simplifyRegister(operations: readonly Operation[]): readonly Operation[] {
  const seen = operations.flatMap(({ f, input, output }) => (f === 'cas' && isArray(input) ? input : [output]));
  const texts = new Set(seen.map(canonicalJson));
  const other = otherThan([...seen, ...operations.map(({ input }) => input)]);
  const isUnseen = ({ f, input }: Operation): boolean => f === 'write' && !texts.has(canonicalJson(input));
  return replaceUnseen(operations, isUnseen, () => other);
}

/** A step requires that the state is `from` (`not`: that it is not), if that is given, and leads to `to`, if given. */
interface Step {
  readonly from?: number;
  readonly not?: number;
  readonly to?: number;
}

function openRegister(operations: readonly Operation[], start: Start): Automaton<number> {
  const codes = new ValueCodes();
  const initial = codes.code(start.initial ?? null);
  const steps = operations.map((operation) => stepOf(operation, start, codes));
  const seen = new Set(steps.map(({ from }) => from));
  const sources = new Sources<number>();
  sources.add(initial, -Infinity);
  operations.forEach(({ call }, index) => {
    const { from, to } = steps[index] as Step;
    if (to !== undefined && to !== from) sources.add(to, call);
  });
  // Who is answered that a value is not there can have been told so by any other value, also by one never read.
  const othersSeen = steps.some(({ not }) => not !== undefined);
  return {
    initial,
    step(state, index) {
      const { from, not, to } = steps[index] as Step;
      if ((from !== undefined && state !== from) || state === not) return undefined;
      return to ?? state;
    },
    hash: mix,
    equals: (left, right) => left === right,
    describe: (state) => shorten(codes.text(state)),
    bytes: () => 16,
    isImpossible(index) {
      const { from } = steps[index] as Step;
      return from !== undefined && !sources.has(from, (operations[index] as Operation).return);
    },
    changesNothing: (index) => steps[index]?.to === undefined,
    matters(index) {
      const { to } = steps[index] as Step;
      return to !== undefined && (othersSeen || seen.has(to));
    },
  };
}

function stepOf(operation: Operation, { nullReadIsWildcard }: Start, codes: ValueCodes): Step {
  const { f, input, output } = operation;
  const certain = operation.outcome === 'ok';
  switch (f) {
    case 'read':
      return !certain || (output === null && nullReadIsWildcard) ? {} : { from: codes.code(output) };
    case 'write':
      return { to: codes.code(input) };
    case 'delete':
      if (!certain || output === null) return { to: 0 };
      return output === true ? { not: 0, to: 0 } : { from: 0 };
    default: {
      const [from, to] = isArray(input) ? input.map((value) => codes.code(value)) : [];
      if (certain && output === false) return from === undefined ? {} : { not: from };
      return from === undefined || to === undefined ? {} : { from, to };
    }
  }
}
