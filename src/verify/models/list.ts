/**
 * A list with two ends, and a queue, which is one with a narrower vocabulary. A state is a string with one or two code
 * units for each element, see `sequence.ts`.
 */
import type { Json, Operation } from '../history.ts';
import { canonicalJson, isArray, shorten, ValueCodes } from '../json.ts';
import type { Automaton, Lookahead, Model, Start } from './model.ts';
import { queueOrder } from './queue-order.ts';
import {
  concatenate,
  emptySequence,
  sequence,
  sequenceIdentity,
  withoutHead,
  withoutTail,
  type Sequence,
} from './sequence.ts';
import {
  anything,
  array,
  arrayWithoutNull,
  natural,
  nothing,
  orNull,
  something,
  validateBy,
  validateInitialBy,
} from './shape.ts';
import { otherThan, replaceUnseen } from './unseen-values.ts';
import { Sources } from './sources.ts';

export const listModel: Model = {
  name: 'list',
  summary: 'lpush and rpush element (→ the new length), lpop and rpop → element or null, read → array, length → number',
  validate: validateBy({
    lpush: { input: something, output: orNull(natural) },
    rpush: { input: something, output: orNull(natural) },
    lpop: { input: nothing, output: anything },
    rpop: { input: nothing, output: anything },
    read: { input: nothing, output: array },
    length: { input: nothing, output: natural },
  }),
  validateInitial: validateInitialBy(orNull(arrayWithoutNull)),
  simplify: simplifyList,
  open: (operations, start) => openList(operations, start),
};

export const queueModel: Model = {
  name: 'queue',
  summary: 'enqueue element (→ the new length), dequeue → element or null if it is empty, length → number',
  validate: validateBy({
    enqueue: { input: something, output: orNull(natural) },
    dequeue: { input: nothing, output: anything },
    length: { input: nothing, output: natural },
  }),
  validateInitial: validateInitialBy(orNull(arrayWithoutNull)),
  simplify: simplifyList,
  open(operations, start) {
    const automaton = openList(operations, start, { enqueue: 'rpush', dequeue: 'lpop' });
    const mustPrecede = start.initial === undefined || start.initial === null ? queueOrder(operations) : undefined;
    return mustPrecede === undefined ? automaton : { ...automaton, mustPrecede };
  },
};

function simplifyList(operations: readonly Operation[]): readonly Operation[] {
  // What is popped may be an array itself: only a read is one of elements.
  const seen = operations.flatMap(({ f, output }) => (f === 'read' && isArray(output) ? output : [output]));
  const texts = new Set(seen.map(canonicalJson));
  const other = otherThan([...seen, ...operations.map(({ input }) => input)]);
  const isUnseen = ({ input }: Operation): boolean => input !== null && !texts.has(canonicalJson(input));
  return replaceUnseen(operations, isUnseen, () => other);
}

/** Elements as code units: their numbers in base 2^16, with as many digits as the largest needs. */
class Elements {
  readonly #codes: ValueCodes;
  readonly width: number;

  constructor(codes: ValueCodes) {
    this.#codes = codes;
    this.width = codes.count <= 2 ** 16 ? 1 : 2;
  }

  one(value: Json): Sequence {
    return sequence(this.#units(value));
  }

  all(values: readonly Json[]): Sequence {
    return sequence(values.map((value) => this.#units(value)).join(''));
  }

  describe({ text }: Sequence): string {
    // The ends of a long list tell more than its middle.
    const ends =
      text.length <= 24 * this.width ? [text] : [text.slice(0, 12 * this.width), text.slice(-12 * this.width)];
    return `[${shorten(ends.map((part) => this.#textsOf(part).join(', ')).join(', …, '))}]`;
  }

  #units(value: Json): string {
    const code = this.#codes.code(value);
    return this.width === 1 ? String.fromCharCode(code) : String.fromCharCode(code >>> 16, code & 0xffff);
  }

  #textsOf(text: string): readonly string[] {
    return Array.from({ length: text.length / this.width }, (_, index) =>
      this.#codes.text(this.#codeAt(text, index * this.width)),
    );
  }

  #codeAt(text: string, at: number): number {
    const first = text.charCodeAt(at);
    return this.width === 1 ? first : first * 2 ** 16 + text.charCodeAt(at + 1);
  }
}

/** An operation with its names and values resolved. */
interface Step {
  readonly f: string;
  readonly value: Sequence;
  /** `undefined`: whatever it answers is right. */
  readonly answer: Sequence | number | undefined;
}

function openList(
  operations: readonly Operation[],
  start: Start,
  names: Readonly<Record<string, string>> = {},
): Automaton<Sequence> {
  const codes = new ValueCodes();
  const values = [start.initial ?? [], ...operations.flatMap(({ input, output }) => [input, output])];
  for (const value of values) for (const one of isArray(value) ? [value, ...value] : [value]) codes.code(one);
  const elements = new Elements(codes);
  const steps = operations.map((operation) => stepOf(operation, names[operation.f] ?? operation.f, elements));
  const initial = elements.all((start.initial ?? []) as readonly Json[]);
  return {
    initial,
    step: (state, index) => apply(state, steps[index] as Step, elements.width),
    ...sequenceIdentity,
    describe: (state) => elements.describe(state),
    isImpossible: findImpossible(operations, steps, initial, elements.width),
    changesNothing: (index) => changesNothing(steps[index] as Step),
    ...whatMatters(steps),
    lookahead: lookaheadOf(steps),
  };
}

function stepOf({ input, output, outcome }: Operation, f: string, elements: Elements): Step {
  const pops = f === 'lpop' || f === 'rpop';
  const value = f === 'lpush' || f === 'rpush' ? elements.one(input) : emptySequence;
  if (outcome !== 'ok') return { f, value, answer: undefined };
  if (pops) return { f, value, answer: output === null ? emptySequence : elements.one(output) };
  if (f === 'read') return { f, value, answer: elements.all(output as readonly Json[]) };
  return { f, value, answer: output === null ? undefined : (output as number) * elements.width };
}

function apply(state: Sequence, { f, value, answer }: Step, width: number): Sequence | undefined {
  switch (f) {
    case 'lpush':
    case 'rpush': {
      const next = f === 'lpush' ? concatenate(value, state) : concatenate(state, value);
      return answer === undefined || answer === next.text.length ? next : undefined;
    }
    case 'lpop':
    case 'rpop': {
      const popped = f === 'lpop' ? state.text.slice(0, width) : state.text.slice(-width);
      if (answer !== undefined && (answer as Sequence).text !== popped) return undefined;
      if (popped === '') return state;
      return f === 'lpop' ? withoutHead(state, width) : withoutTail(state, width);
    }
    case 'read':
      return answer === undefined || sequenceIdentity.equals(state, answer as Sequence) ? state : undefined;
    default:
      return answer === undefined || answer === state.text.length ? state : undefined;
  }
}

/** No element is popped more often than it was pushed by then, and none is read that was not. */
function findImpossible(
  operations: readonly Operation[],
  steps: readonly Step[],
  initial: Sequence,
  width: number,
): (index: number) => boolean {
  const sources = new Sources<string>();
  const parts = ({ text }: Sequence): string[] =>
    Array.from({ length: text.length / width }, (_, at) => text.slice(at * width, (at + 1) * width));
  for (const element of parts(initial)) sources.add(element, -Infinity);
  operations.forEach(({ call }, index) => {
    for (const element of parts((steps[index] as Step).value)) sources.add(element, call);
  });
  const popped = new Map<string, number>();
  const impossible = new Set<number>();
  const byReturn = [...operations.keys()].filter((index) => operations[index]?.outcome === 'ok');
  byReturn.sort((left, right) => (operations[left] as Operation).return - (operations[right] as Operation).return);
  for (const index of byReturn) {
    const { f, answer } = steps[index] as Step;
    const returned = (operations[index] as Operation).return;
    if (typeof answer !== 'object') continue;
    for (const element of parts(answer)) {
      const times = f === 'read' ? 1 : (popped.get(element) ?? 0) + 1;
      if (f !== 'read') popped.set(element, times);
      if (!sources.has(element, returned, times)) impossible.add(index);
    }
  }
  return (index) => impossible.has(index);
}

/** Reads, and pops of an empty list. */
function changesNothing({ f, answer }: Step): boolean {
  if (f === 'lpop' || f === 'rpop') return typeof answer === 'object' && answer.text === '';
  return f === 'read' || f === 'length';
}

/**
 * An element that was pushed and that nobody read or popped stood behind or before all that was seen: without it, and
 * without the uncertain pop that may have taken it, all else could be as it was. Lengths would show it.
 */
function whatMatters(steps: readonly Step[]): Pick<Required<Automaton<Sequence>>, 'matters' | 'isShown'> {
  const lengthsShow = steps.some(({ answer }) => typeof answer === 'number');
  // Unit by unit: an element of two units can be mistaken for shown, which costs time only.
  const shown = new Set(steps.flatMap(({ answer }) => (typeof answer === 'object' ? unitsOf(answer) : [])));
  const isShown = (index: number): boolean => unitsOf((steps[index] as Step).value).every((unit) => shown.has(unit));
  return {
    isShown,
    matters(index) {
      const { f } = steps[index] as Step;
      if (f === 'read' || f === 'length') return false;
      return f === 'lpop' || f === 'rpop' || lengthsShow || isShown(index);
    },
  };
}

function unitsOf({ text }: Sequence): number[] {
  return Array.from({ length: text.length }, (_, index) => text.charCodeAt(index));
}

function lookaheadOf(steps: readonly Step[]): Lookahead<Sequence> {
  return {
    role(index) {
      const { f } = steps[index] as Step;
      return f === 'read' ? 'observes' : f === 'rpush' || f === 'length' ? 'extends' : 'resets';
    },
    compatible(state, observation) {
      const { text } = (steps[observation] as Step).answer as Sequence;
      return state.text.length <= text.length && text.startsWith(state.text);
    },
    resetLeadsTo: () => true,
  };
}
