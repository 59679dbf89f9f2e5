/**
 * The objects of the models in their plainest form: what executing an operation does and answers. The simulated histories
 * come from these, and so does the judgement of the naive checker, so that nothing of `src/verify/models` judges itself.
 */
import type { Json, Operation } from '../../../src/verify/history.ts';
import { canonicalJson } from '../../../src/verify/json.ts';
import { referenceValkey } from './reference-valkey.ts';

export interface Executed {
  readonly state: Json;
  readonly output: Json;
}

export interface ReferenceObject {
  readonly initial: Json;
  execute(state: Json, f: string, input: Json, operation?: Pick<Operation, 'call' | 'return'>): readonly Executed[];
  /** Some states that it can begin in, as histories write them. */
  readonly beginnings: readonly Json[];
  /** Names of operations, and values to call them with. */
  readonly calls: Readonly<Record<string, readonly Json[]>>;
  /** Its state of what a history says; left out: they are the same. */
  fromInitial?(initial: Json): Json;
  /** Operations that may answer nothing, also when they are certain. */
  readonly quiet: readonly string[];
}

/** Of an object that a history begins with, in its reference's form. */
export function initialState(object: ReferenceObject, initial: Json | undefined): Json {
  if (initial === undefined) return object.initial;
  return object.fromInitial?.(initial) ?? initial;
}

const one = (state: Json, output: Json): readonly Executed[] => [{ state, output }];
/** Values are compared, not looked into; `?` is what the models themselves write for values that nobody can know. */
const values: readonly Json[] = [1, 2, 3, '?', [1], ['a'], { a: 1 }];
const fewValues = [1, 2, [1]];

const register: ReferenceObject = {
  initial: null,
  beginnings: [null, 1, [1]],
  calls: { read: [null], write: values, delete: [null] },
  quiet: ['write', 'delete'],
  execute(state, f, input) {
    if (f === 'read') return one(state, state);
    if (f === 'write') return one(input, null);
    if (f === 'delete') return one(null, state !== null);
    const [from, to] = input as [Json, Json];
    return isSame(state, from) ? one(to, true) : one(state, false);
  },
};

const pairs = fewValues.flatMap((from) => fewValues.map((to) => [from, to]));

function isSame(left: Json, right: Json): boolean {
  return canonicalJson(left) === canonicalJson(right);
}

export const referenceObjects: Readonly<Record<string, ReferenceObject>> = {
  ...referenceValkey,
  register,
  'cas-register': { ...register, calls: { read: [null], write: fewValues, cas: pairs } },
  counter: {
    initial: 0,
    beginnings: [0, 5],
    calls: { read: [null], add: [1, 2, -1] },
    quiet: ['add'],
    execute(state, f, input) {
      const sum = (state as number) + (f === 'add' ? (input as number) : 0);
      return one(sum, sum);
    },
  },
  kv: {
    initial: '',
    beginnings: ['', 'a', 'bc'],
    calls: { get: [null], put: ['', 'a', 'bc'], append: ['a', 'b', 'c', ''] },
    quiet: ['put', 'append'],
    execute(state, f, input) {
      if (f === 'get') return one(state, state);
      return one(f === 'put' ? input : `${state as string}${input as string}`, null);
    },
  },
  set: {
    initial: [],
    beginnings: [[], [1], inOrder([2, [1]])],
    calls: { add: values, remove: values, contains: values, read: [null] },
    quiet: ['add', 'remove'],
    execute(state, f, input) {
      const members = state as readonly Json[];
      const has = members.some((member) => isSame(member, input));
      if (f === 'read') return one(state, state);
      if (f === 'contains') return one(state, has);
      if (f === 'remove')
        return one(
          members.filter((member) => !isSame(member, input)),
          has,
        );
      return one(has ? state : inOrder([...members, input]), !has);
    },
  },
  list: {
    initial: [],
    beginnings: [[], [1], [2, [1], 2]],
    calls: { lpush: values, rpush: values, lpop: [null], rpop: [null], read: [null], length: [null] },
    quiet: ['lpush', 'rpush'],
    execute: (state, f, input) => executeList(state as readonly Json[], f, input),
  },
  queue: {
    initial: [],
    beginnings: [[], [1], [2, [1], 2]],
    calls: { enqueue: values, dequeue: [null], length: [null] },
    quiet: ['enqueue'],
    execute: (state, f, input) =>
      executeList(state as readonly Json[], f === 'enqueue' ? 'rpush' : f === 'dequeue' ? 'lpop' : f, input),
  },
  valkey: {
    initial: { value: null, from: null, notBefore: -1 },
    fromInitial: (initial) => ({ value: initial, from: null, notBefore: -1 }),
    beginnings: [null, '1', 'a'],
    calls: {
      get: [null],
      set: ['1', '2', 'a'],
      del: [null],
      incr: [null, 2],
      append: ['1', 'b'],
      setnx: ['1', 'c'],
      expire: [0, 3, 10],
    },
    quiet: ['set', 'del', 'incr', 'append', 'setnx', 'expire'],
    execute(state, f, input, { call, return: returned } = { call: 0, return: 0 }) {
      const { from, notBefore } = state as unknown as ValkeyKey;
      if (returned < notBefore) return [];
      const gone = from !== null && returned >= from;
      const states = gone ? [state, { value: null, from: null, notBefore: Math.max(notBefore, from) }] : [state];
      return states.flatMap((possible) => executeValkey(possible as unknown as ValkeyKey, f, input, call));
    },
  },
};

function inOrder(members: readonly Json[]): readonly Json[] {
  return members.toSorted((left, right) => (canonicalJson(left) < canonicalJson(right) ? -1 : 1));
}

function executeList(list: readonly Json[], f: string, input: Json): readonly Executed[] {
  switch (f) {
    case 'lpush':
      return one([input, ...list], list.length + 1);
    case 'rpush':
      return one([...list, input], list.length + 1);
    case 'lpop':
      return one(list.slice(1), list[0] ?? null);
    case 'rpop':
      return one(list.slice(0, -1), list.at(-1) ?? null);
    case 'read':
      return one(list, list);
    default:
      return one(list, list.length);
  }
}

interface ValkeyKey {
  readonly value: string | null;
  readonly from: number | null;
  readonly notBefore: number;
}

function executeValkey(state: ValkeyKey, f: string, input: Json, call: number): readonly Executed[] {
  const { value } = state;
  const after = (changes: Partial<ValkeyKey>, output: Json): readonly Executed[] =>
    one({ ...state, ...changes }, output);
  switch (f) {
    case 'get':
      return after({}, value);
    case 'set':
      return after({ value: input as string, from: null }, 'OK');
    case 'del':
      return after({ value: null, from: null }, value === null ? 0 : 1);
    case 'append': {
      const longer = (value ?? '') + (input as string);
      return after({ value: longer }, longer.length);
    }
    case 'setnx':
      return value === null ? after({ value: input as string }, 1) : after({}, 0);
    case 'expire':
      if (value === null) return after({}, 0);
      return after((input as number) <= 0 ? { value: null, from: null } : { from: call + (input as number) }, 1);
    default: {
      if (!/^(0|-?[1-9]\d*)$/.test(value ?? '0')) return [];
      const sum = Number(value) + ((input as number | null) ?? 1);
      return after({ value: String(sum) }, sum);
    }
  }
}
