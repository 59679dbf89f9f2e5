/** Valkey's types in their plainest form, with the mutable collections of JavaScript; see `reference-objects.ts`. */
import type { Json } from '../../../src/verify/history.ts';
import type { Executed, ReferenceObject } from './reference-objects.ts';

type Times = { readonly call: number; readonly return: number } | undefined;

/** A wait that ends with nothing before its time is over is none that can be. */
function isOver(times: Times, wait: number): boolean {
  return times === undefined || times.return - times.call >= wait;
}

function toObject(initial: Json): Json {
  return Object.fromEntries((initial ?? []) as [string, Json][]);
}

/** Empty collections are none, and all is in the order of the names. */
function toState(entries: Iterable<readonly [string, Json]>): Json {
  const there = [...entries].filter(([, value]) => !Array.isArray(value) || value.length > 0);
  return Object.fromEntries(there.sort(([left], [right]) => (left < right ? -1 : 1)));
}

const hash: ReferenceObject = {
  initial: {},
  fromInitial: toObject,
  beginnings: [null, [['a', '5']]],
  calls: {
    hset: [
      [['a', '1']],
      [['b', '2']],
      [
        ['a', '3'],
        ['c', 'x'],
      ],
    ],
    hsetnx: [
      ['a', '4'],
      ['b', 'y'],
    ],
    hget: ['a', 'b'],
    hgetall: [null],
    hdel: [['a'], ['b', 'c']],
    hincrby: [
      ['a', 1],
      ['b', -2],
      ['c', 1],
    ],
    del: [null],
  },
  quiet: [],
  execute(state, f, input): readonly Executed[] {
    const fields = new Map(Object.entries(state as Record<string, string>));
    const before = fields.size;
    let output: Json;
    if (f === 'hset') {
      for (const [field, value] of input as [string, string][]) fields.set(field, value);
      output = fields.size - before;
    } else if (f === 'hsetnx') {
      const [field, value] = input as [string, string];
      output = fields.has(field) ? 0 : 1;
      if (output === 1) fields.set(field, value);
    } else if (f === 'hget') output = fields.get(input as string) ?? null;
    else if (f === 'hgetall') output = [...fields];
    else if (f === 'hdel') output = (input as string[]).filter((field) => fields.delete(field)).length;
    else if (f === 'del') {
      output = before > 0 ? 1 : 0;
      fields.clear();
    } else {
      const [field, by] = input as [string, number];
      const value = fields.get(field) ?? '0';
      if (!/^-?\d+$/.test(value)) return [];
      output = Number(value) + by;
      fields.set(field, String(output));
    }
    return [{ state: toState(fields), output }];
  },
};

const elements = ['1', '2', '3', '4'];

const lists: ReferenceObject = {
  initial: {},
  fromInitial: toObject,
  beginnings: [null, [['a', ['1', '9']]]],
  calls: {
    lpush: elements.map((element) => ['a', [element]]),
    rpush: elements.map((element) => ['b', [element, '5']]),
    lpop: ['a', 'b'],
    rpop: ['a', 'b'],
    lrange: ['a', 'b'],
    lmove: [
      ['a', 'b', 'left', 'right'],
      ['b', 'a', 'right', 'right'],
      ['b', 'b', 'left', 'right'],
    ],
    blpop: [
      [['a'], 2],
      [['b', 'a'], 0],
    ],
    brpop: [[['a', 'b'], 1]],
    blmove: [
      ['b', 'a', 'left', 'left', 0],
      ['a', 'b', 'left', 'left', 3],
    ],
  },
  quiet: [],
  execute(state, f, input, times): readonly Executed[] {
    const all = new Map(Object.entries(state as Record<string, string[]>).map(([name, list]) => [name, [...list]]));
    const list = (name: string): string[] => {
      if (!all.has(name)) all.set(name, []);
      return all.get(name)!;
    };
    const pop = (name: string, side: string): string | undefined =>
      side === 'left' ? list(name).shift() : list(name).pop();
    const add = (name: string, side: string, element: string): number =>
      side === 'left' ? list(name).unshift(element) : list(name).push(element);
    const after = (output: Json): readonly Executed[] => [{ state: toState(all), output }];
    if (f === 'lpush' || f === 'rpush') {
      const [name, added] = input as [string, string[]];
      for (const element of added) add(name, f === 'lpush' ? 'left' : 'right', element);
      return after(list(name).length);
    }
    if (f === 'lpop' || f === 'rpop') return after(pop(input as string, f === 'lpop' ? 'left' : 'right') ?? null);
    if (f === 'lrange') return after(list(input as string));
    if (f === 'blpop' || f === 'brpop') {
      const [names, wait] = input as [string[], number];
      const name = names.find((candidate) => list(candidate).length > 0);
      if (name === undefined) return isOver(times, wait) ? after(null) : [];
      return after([name, pop(name, f === 'blpop' ? 'left' : 'right')!]);
    }
    const [from, to, out, into, wait = 0] = input as [string, string, string, string, number?];
    const element = pop(from, out);
    if (element === undefined) return isOver(times, wait) ? after(null) : [];
    add(to, into, element);
    return after(element);
  },
};

const sets: ReferenceObject = {
  initial: {},
  fromInitial: toObject,
  beginnings: [null, [['a', ['1', '2']]]],
  calls: {
    sadd: [
      ['a', ['1']],
      ['a', ['2', '3']],
      ['b', ['3']],
    ],
    srem: [
      ['a', ['1', '2']],
      ['b', ['3']],
    ],
    sismember: [
      ['a', '1'],
      ['b', '3'],
    ],
    smembers: ['a', 'b'],
    spop: ['a'],
    srandmember: ['a'],
    smove: [
      ['a', 'b', '2'],
      ['b', 'a', '3'],
      ['a', 'a', '1'],
    ],
    sunion: [['a', 'b']],
    del: ['a', 'b'],
  },
  quiet: [],
  execute(state, f, input): readonly Executed[] {
    const [name, more] = (Array.isArray(input) ? input : [input]) as [string, string | string[]];
    const open = (): ((set: string) => Set<string>) => {
      const all = Object.entries(state as Record<string, string[]>).map(([set, members]) => [set, new Set(members)]);
      const byName = new Map(all as [string, Set<string>][]);
      for (const set of ['a', 'b']) if (!byName.has(set)) byName.set(set, new Set());
      return (set) => byName.get(set)!;
    };
    const set = open();
    const after = (output: Json, of = set): Executed => ({
      state: toState(['a', 'b'].map((one) => [one, [...of(one)].sort()] as const)),
      output,
    });
    switch (f) {
      case 'sadd':
      case 'srem': {
        const before = set(name).size;
        for (const member of more)
          if (f === 'sadd') set(name).add(member);
          else set(name).delete(member);
        return [after(Math.abs(set(name).size - before))];
      }
      case 'sismember':
        return [after(set(name).has(more as string) ? 1 : 0)];
      case 'smembers':
        return [after([...set(name)].sort())];
      case 'sunion':
        return [after([...new Set([...set('a'), ...set('b')])].sort())];
      case 'del': {
        const wasThere = set(name).size > 0;
        set(name).clear();
        return [after(wasThere ? 1 : 0)];
      }
      case 'smove': {
        const [from, to, member] = input as [string, string, string];
        const moved = set(from).delete(member);
        if (moved) set(to).add(member);
        return [after(moved ? 1 : 0)];
      }
      default: {
        if (set(name).size === 0) return [after(null)];
        return [...set(name)].map((member) => {
          const copy = open();
          if (f === 'spop') copy(name).delete(member);
          return after(member, copy);
        });
      }
    }
  },
};

const sortedSet: ReferenceObject = {
  initial: {},
  fromInitial: toObject,
  beginnings: [
    null,
    [
      ['b', 2],
      ['a', 2],
    ],
  ],
  calls: {
    zadd: [
      [['a', 1]],
      [
        ['b', 1],
        ['c', 3],
      ],
    ],
    zincrby: [
      ['a', 2],
      ['c', -5],
    ],
    zrem: [['a'], ['b', 'c']],
    zscore: ['a', 'c'],
    zrange: [null],
    zpopmin: [null],
    zpopmax: [null],
    bzpopmin: [0, 3],
    bzpopmax: [1],
    del: [null],
  },
  quiet: [],
  execute(state, f, input, times): readonly Executed[] {
    const scores = new Map(Object.entries(state as Record<string, number>));
    const before = scores.size;
    const inOrder = [...scores].sort(([a, x], [b, y]) => x - y || (a < b ? -1 : 1));
    const after = (output: Json): readonly Executed[] => [{ state: toState(scores), output }];
    if (f === 'zadd') {
      for (const [member, score] of input as [string, number][]) scores.set(member, score);
      return after(scores.size - before);
    }
    if (f === 'zincrby') {
      const [member, by] = input as [string, number];
      scores.set(member, (scores.get(member) ?? 0) + by);
      return after(scores.get(member)!);
    }
    if (f === 'zrem') return after((input as string[]).filter((member) => scores.delete(member)).length);
    if (f === 'zscore') return after(scores.get(input as string) ?? null);
    if (f === 'zrange') return after(inOrder);
    if (f === 'del') {
      scores.clear();
      return after(before > 0 ? 1 : 0);
    }
    const popped = f.endsWith('min') ? inOrder[0] : inOrder.at(-1);
    if (popped === undefined) return f.startsWith('z') || isOver(times, input as number) ? after(null) : [];
    scores.delete(popped[0]);
    return after(popped);
  },
};

export const referenceValkey: Readonly<Record<string, ReferenceObject>> = {
  'valkey-hash': hash,
  'valkey-lists': lists,
  'valkey-sets': sets,
  'valkey-sorted-set': sortedSet,
};
