/**
 * A whole key of Valkey as a string: GET, SET, DEL, INCR, APPEND, SETNX and EXPIRE, with their replies.
 *
 * Expiry is where it is nondeterministic. EXPIRE takes the time to live in the unit of the history's times. The key may
 * vanish at any time from the deadline on, or never: a system may be late to delete, but not early. The deadline is
 * reckoned from the *call* of the EXPIRE, which is the earliest that a server can have reckoned it from, and an
 * operation can find the key gone only if it *returned* at or after the deadline. So a verdict of `illegal` needs no
 * faith in where in its interval an operation took place, only that the clock of the history and that of the server
 * go at one speed; a server whose clock jumps ahead is reported, as it should be.
 *
 * Command errors (INCR of a word) are definite and change nothing: record them as `fail`.
 */
import type { Json, Operation } from '../history.ts';
import { shorten } from '../json.ts';
import { increment, wholeNumber } from './int64.ts';
import type { Model, NondeterministicAutomaton, Start } from './model.ts';
import { powerset } from './powerset.ts';
import { anything, natural, nothing, orNull, text, validateBy, validateInitialBy, zeroOrOne } from './shape.ts';
import { TextSources } from './sources.ts';
import { replaceUnseen } from './unseen-values.ts';

const duration = {
  wanted: 'a number, in the unit of the times',
  admits: (value: Json) => typeof value === 'number' && Number.isFinite(value),
};

export const valkeyModel: Model = {
  name: 'valkey',
  summary:
    'get, set value, del → 0 or 1, incr (by) → number, append value → length, setnx value → 0 or 1, expire ttl → 0 or 1',
  validate: validateBy({
    get: { input: nothing, output: orNull(text) },
    set: { input: text, output: anything },
    del: { input: nothing, output: orNull(zeroOrOne) },
    incr: { input: orNull(wholeNumber), output: orNull(wholeNumber) },
    append: { input: text, output: orNull(natural) },
    setnx: { input: text, output: orNull(zeroOrOne) },
    expire: { input: duration, output: orNull(zeroOrOne) },
  }),
  validateInitial: validateInitialBy(orNull(text)),
  simplify: simplifyValkey,
  open: (operations, start) => powerset(openValkey(operations, start)),
};

/** Lengths show, so a placeholder is as long as what it stands for, in characters and in bytes; INCR must not take it. */
function simplifyValkey(operations: readonly Operation[]): readonly Operation[] {
  const shown = shownBy(operations);
  const texts = operations.flatMap(({ input, output }) => [input, output]);
  if (texts.some((value) => typeof value === 'string' && value.includes('?'))) return operations;
  const isUnseen = ({ f, input }: Operation): boolean =>
    (f === 'set' || f === 'setnx' || f === 'append') &&
    /^[\x20-\x7e]+$/.test(input as string) &&
    !/^[-\d]*$/.test(input as string) &&
    !shown(input as string);
  return replaceUnseen(operations, isUnseen, (input) => '?'.repeat((input as string).length));
}

/** Whether some GET shows a value as a part of what it found. */
function shownBy(operations: readonly Operation[]): (value: string) => boolean {
  const found = operations.flatMap(({ f, output, outcome }) => (f === 'get' && outcome === 'ok' ? [output] : []));
  const texts = [...new Set(found)].filter((output) => typeof output === 'string');
  return memoize((value) => texts.some((one) => one.includes(value)));
}

interface Key {
  /** `null`: there is no such key. */
  readonly value: string | null;
  /** The earliest time at which it can expire; Infinity: it does not. */
  readonly mayVanishFrom: number;
  /** It has expired, so it is no earlier than this. */
  readonly notBefore: number;
}

const missing: Key = { value: null, mayVanishFrom: Infinity, notBefore: -Infinity };

function openValkey(operations: readonly Operation[], start: Start): NondeterministicAutomaton<Key> {
  const initial = (start.initial ?? null) as string | null;
  return {
    initial: [{ ...missing, value: initial }],
    step(state, index) {
      const operation = operations[index] as Operation;
      if (operation.return < state.notBefore) return [];
      // Whatever comes after an operation that was called later than that is later anyway.
      const now = operation.call >= state.notBefore ? { ...state, notBefore: -Infinity } : state;
      return [now, ...expired(now, operation)].map((one) => run(one, operation)).filter((one) => one !== undefined);
    },
    key: ({ value, mayVanishFrom, notBefore }) => `${mayVanishFrom} ${notBefore} ${value === null ? '' : `=${value}`}`,
    describe: ({ value, mayVanishFrom }) =>
      (value === null ? 'missing' : JSON.stringify(shorten(value))) +
      (mayVanishFrom === Infinity ? '' : ` (may expire from ${mayVanishFrom} on)`),
    isImpossible: findImpossible(operations, initial),
    // Where a set of states is left as it was, so is each of them: such an operation keeps it, drops it or finds it gone,
    // and what is gone is not in the set with what is not.
    changesNothing: (index) => changesNothing(operations[index] as Operation),
    ...whatMatters(operations),
    // The deadline of an EXPIRE depends on when it was called.
    interchangeable: (index) => operations[index]?.f !== 'expire',
    lookahead: lookaheadOf(operations),
  };
}

/** A GET that shows what neither a write nor an INCR can have left. */
function findImpossible(operations: readonly Operation[], initial: string | null): (index: number) => boolean {
  const sources = new TextSources();
  sources.add(initial ?? '', -Infinity);
  let counts = false;
  for (const { f, input, call } of operations) {
    if (f === 'set' || f === 'setnx' || f === 'append') sources.add(input as string, call);
    counts ||= f === 'incr';
  }
  return (index) => {
    const { f, output, outcome, return: returned } = operations[index] as Operation;
    if (f !== 'get' || outcome !== 'ok' || output === null || output === '') return false;
    const text = output as string;
    const begins = sources.canBegin(text, returned) || (counts && beginsAsNumber(text));
    return !begins || !(sources.canEnd(text, returned) || (counts && /\d$/.test(text)));
  };
}

/** What an operation may find if it is late enough: it returns, if ever, at or after the deadline. */
function expired({ mayVanishFrom, notBefore }: Key, operation: Operation): readonly Key[] {
  if (mayVanishFrom === Infinity || operation.return < mayVanishFrom) return [];
  return [{ ...missing, notBefore: operation.call >= mayVanishFrom ? notBefore : Math.max(notBefore, mayVanishFrom) }];
}

/** `undefined`: on this state it cannot have replied what it did. */
function run(state: Key, operation: Operation): Key | undefined {
  const { f, input, output, outcome } = operation;
  const replied = outcome === 'ok' && (f === 'get' || output !== null);
  const { value } = state;
  switch (f) {
    case 'get':
      return !replied || output === value ? state : undefined;
    case 'set':
      return { ...state, value: input as string, mayVanishFrom: Infinity };
    case 'del':
      return !replied || Number(output) === Number(value !== null) ? gone(state) : undefined;
    case 'setnx':
      if (replied && Number(output) !== Number(value === null)) return undefined;
      return value === null ? { ...state, value: input as string } : state;
    case 'expire':
      if (replied && Number(output) !== Number(value !== null)) return undefined;
      return value === null ? state : expiring(state, operation);
    case 'append': {
      const longer = (value ?? '') + (input as string);
      return !replied || lengthsOf(longer).includes(output as number) ? { ...state, value: longer } : undefined;
    }
    default: {
      const sum = increment(value ?? '0', input);
      if (sum === undefined || (replied && BigInt(output as number | string) !== BigInt(sum))) return undefined;
      return { ...state, value: sum };
    }
  }
}

function gone(state: Key): Key {
  return { ...state, value: null, mayVanishFrom: Infinity };
}

function expiring(state: Key, { input, call }: Operation): Key {
  const ttl = input as number;
  return ttl <= 0 ? gone(state) : { ...state, mayVanishFrom: call + ttl };
}

function changesNothing({ f, output }: Operation): boolean {
  return f === 'get' || ((f === 'del' || f === 'setnx') && output !== null && Number(output) === 0);
}

/** Histories do not say whether a string stands for its UTF-8 or for one byte a character: both lengths will do. */
function lengthsOf(value: string): readonly number[] {
  return [value.length, new TextEncoder().encode(value).length];
}

/**
 * A value that no GET shows can matter only to replies that tell whether the key is there, or how long it is, and to
 * INCR, which makes another value of it.
 */
function whatMatters(
  operations: readonly Operation[],
): Pick<Required<NondeterministicAutomaton<Key>>, 'matters' | 'isShown'> {
  const replies = operations.filter(({ outcome }) => outcome === 'ok');
  const mayShow =
    operations.some(({ f }) => f === 'incr') ||
    replies.some(({ f, output }) => f !== 'get' && f !== 'set' && output !== null);
  const shown = shownBy(operations);
  const isShown = (index: number): boolean => {
    const { f, input } = operations[index] as Operation;
    return (f !== 'set' && f !== 'setnx' && f !== 'append') || shown(input as string);
  };
  return { matters: (index) => operations[index]?.f !== 'get' && (mayShow || isShown(index)), isShown };
}

function lookaheadOf(operations: readonly Operation[]): NonNullable<NondeterministicAutomaton<Key>['lookahead']> {
  const builders = operations.filter(({ f }) => f === 'append' || f === 'setnx');
  const at = (index: number): Operation => operations[index] as Operation;
  // Whether a key that is gone can come to have this value without a SET.
  const buildable = memoize(
    (value: string) => beginsAsNumber(value) || builders.some((one) => isBeginning(one, value)),
  );
  return {
    role(index) {
      const { f, output } = at(index);
      if (f === 'get' || (f === 'append' && output !== null)) return 'observes';
      return f === 'append' ? 'extends' : 'resets';
    },
    compatible({ value, mayVanishFrom }, observation) {
      const { f, input, output, return: returned } = at(observation);
      const mayBeMissing = value === null || mayVanishFrom <= returned;
      if (f === 'append') return mayBeMissing || value.length + (input as string).length <= (output as number);
      if (output === null) return mayBeMissing;
      return (output as string).startsWith(value ?? '\uFFFF') || (mayBeMissing && buildable(output as string));
    },
    resetLeadsTo(reset, observation) {
      const { f, output } = at(observation);
      if (f === 'append') return true;
      const sets = at(reset).f === 'set' || at(reset).f === 'setnx';
      if (output === null) return !sets && at(reset).f !== 'incr';
      if (sets) return isBeginning(at(reset), output as string);
      return at(reset).f === 'incr' ? beginsAsNumber(output as string) : buildable(output as string);
    },
  };
}

function isBeginning({ input }: Operation, value: string): boolean {
  return value.startsWith(input as string);
}

/** What INCR leaves, perhaps with something appended. */
function beginsAsNumber(value: string): boolean {
  return /^-?\d/.test(value);
}

function memoize(decide: (value: string) => boolean): (value: string) => boolean {
  const known = new Map<string, boolean>();
  return (value) => {
    const answer = known.get(value) ?? decide(value);
    known.set(value, answer);
    return answer;
  };
}
