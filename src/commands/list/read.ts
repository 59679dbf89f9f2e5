/** What is in a list: `LLEN`, `LINDEX`, `LRANGE` and `LPOS`. */
import type { ByteString } from '../../resp/bytes.ts';
import { int64Max, parseInteger } from '../../resp/integer.ts';
import { defineData, type Arguments } from '../command.ts';
import { CommandError, notAnInteger, syntaxError } from '../command-error.ts';
import { indexRangeOf, sliceOf } from '../index-range.ts';
import { oneKey } from '../key-spec.ts';
import { boundedIntegerOf, rangedIntegerOf } from '../numbers.ts';
import { listAt } from '../values.ts';
import { find, type Search } from './find.ts';

export const llen = defineData({
  name: 'LLEN',
  group: 'list',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['list'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Returns the length of a list.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => listAt(view, key)?.size ?? 0,
});

export const lindex = defineData({
  name: 'LINDEX',
  group: 'list',
  arity: 3,
  flags: ['readonly'],
  categories: ['list'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns an element of a list by its index.',
    since: '1.0.0',
    complexity:
      'O(N) where N is the number of elements to traverse to get to the element at index. This makes asking for the first or the last element of the list O(1).',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'index', type: 'integer' },
    ],
  },
  // Valkey looks at the index only where there is a list.
  parse: (argv) => ({ key: argv[1] as ByteString, index: parseInteger(argv[2] as ByteString) }),
  execute: ({ view }, { key, index }) => {
    const list = listAt(view, key);
    if (list === undefined) return null;
    if (index === undefined) throw new CommandError(notAnInteger);
    return list.at(index < 0 ? list.size + Number(index) : Number(index)) ?? null;
  },
});

export const lrange = defineData({
  name: 'LRANGE',
  group: 'list',
  arity: 4,
  flags: ['readonly'],
  categories: ['list'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the elements of a list from one index to another.',
    since: '1.0.0',
    complexity:
      'O(S+N) where S is the distance of start offset from HEAD for small lists, from nearest end (HEAD or TAIL) for large lists; and N is the number of elements in the specified range.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'start', type: 'integer' },
      { name: 'stop', type: 'integer' },
    ],
  },
  parse: (argv) => ({
    key: argv[1] as ByteString,
    range: indexRangeOf(argv[2] as ByteString, argv[3] as ByteString),
  }),
  execute: ({ view }, { key, range }) => {
    const list = listAt(view, key);
    if (list === undefined) return [];
    const { from, to } = sliceOf(range, list.size);
    return list.slice(from, to);
  },
});

export const lpos = defineData({
  name: 'LPOS',
  group: 'list',
  arity: -3,
  flags: ['readonly'],
  categories: ['list'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Finds the indexes of equal elements in a list.',
    since: '6.0.6',
    complexity:
      'O(N) where N is the number of elements in the list, for the average case. When searching for elements near the head or the tail of the list, or when the MAXLEN option is provided, the command may run in constant time.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'element', type: 'string' },
      { name: 'rank', type: 'integer', token: 'RANK', optional: true },
      { name: 'num-matches', type: 'integer', token: 'COUNT', optional: true },
      { name: 'len', type: 'integer', token: 'MAXLEN', optional: true },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, element: argv[2] as ByteString, ...parseLpos(argv) }),
  execute: ({ view }, { key, element, search, wantsAll }) => {
    const list = listAt(view, key);
    const found = list === undefined ? [] : find(list, element, search);
    return wantsAll ? found : (found[0] ?? null);
  },
});

interface LposOptions {
  readonly search: Search;
  /** Whether an array is the answer: there is a COUNT. */
  readonly wantsAll: boolean;
}

function parseLpos(argv: Arguments): LposOptions {
  let rank = 1;
  let count: number | undefined;
  let lengthMax = 0;
  for (let i = 3; i < argv.length; i += 2) {
    const value = argv[i + 1];
    if (value === undefined) throw new CommandError(syntaxError);
    const option = (argv[i] as ByteString).toUpperCase();
    if (option === 'RANK') rank = rankOf(value);
    else if (option === 'COUNT') count = boundedIntegerOf(value, 0, Infinity, "ERR COUNT can't be negative");
    else if (option === 'MAXLEN') lengthMax = boundedIntegerOf(value, 0, Infinity, "ERR MAXLEN can't be negative");
    else throw new CommandError(syntaxError);
  }
  return {
    search: {
      side: rank < 0 ? 'right' : 'left',
      skip: Math.abs(rank) - 1,
      countMax: count === undefined ? 1 : unlimited(count),
      lookedAtMax: unlimited(lengthMax),
    },
    wantsAll: count !== undefined,
  };
}

function rankOf(bytes: ByteString): number {
  const rank = rangedIntegerOf(bytes, { min: -int64Max, max: int64Max });
  if (rank === 0) throw new CommandError(rankZero);
  return rank;
}

const rankZero =
  "ERR RANK can't be zero: use 1 to start from the first match, 2 from the second ... or use negative to start from the end of the list";

function unlimited(count: number): number {
  return count === 0 ? Infinity : count;
}
