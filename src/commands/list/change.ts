/** Changes of elements anywhere in a list: `LINSERT`, `LSET`, `LREM` and `LTRIM`. */
import type { ByteString } from '../../resp/bytes.ts';
import { int64Max, parseInteger } from '../../resp/integer.ts';
import { ok } from '../../resp/reply.ts';
import { defineData } from '../command.ts';
import { CommandError, noSuchKey, notAnInteger, syntaxError } from '../command-error.ts';
import { indexRangeOf, sliceOf } from '../index-range.ts';
import { oneKey } from '../key-spec.ts';
import { rangedIntegerOf } from '../numbers.ts';
import { listAt } from '../values.ts';
import { find } from './find.ts';
import { keepOnly, removeAt } from './remove.ts';

export const linsert = defineData({
  name: 'LINSERT',
  group: 'list',
  arity: 5,
  flags: ['write', 'denyoom'],
  categories: ['list'],
  keys: [oneKey(['RW', 'INSERT'])],
  doc: {
    summary: 'Inserts an element before or after the first that equals another.',
    since: '2.2.0',
    complexity:
      'O(N) where N is the number of elements to traverse before seeing the value pivot. This means that inserting somewhere on the left end on the list (head) can be considered O(1) and inserting somewhere on the right end (tail) is O(N).',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      {
        name: 'where',
        type: 'oneof',
        arguments: [
          { name: 'before', type: 'pure-token', token: 'BEFORE' },
          { name: 'after', type: 'pure-token', token: 'AFTER' },
        ],
      },
      { name: 'pivot', type: 'string' },
      { name: 'element', type: 'string' },
    ],
  },
  parse: (argv) => {
    const where = (argv[2] as ByteString).toUpperCase();
    if (where !== 'BEFORE' && where !== 'AFTER') throw new CommandError(syntaxError);
    return {
      key: argv[1] as ByteString,
      offset: where === 'AFTER' ? 1 : 0,
      pivot: argv[3] as ByteString,
      element: argv[4] as ByteString,
    };
  },
  execute: ({ view }, { key, offset, pivot, element }) => {
    const list = listAt(view, key);
    if (list === undefined) return 0;
    const [index] = find(list, pivot, { side: 'left', countMax: 1 });
    if (index === undefined) return -1;
    view.apply({ kind: 'insertElements', key, index: index + offset, elements: [element] });
    return list.size;
  },
});

export const lset = defineData({
  name: 'LSET',
  group: 'list',
  arity: 4,
  flags: ['write', 'denyoom'],
  categories: ['list'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Puts an element in the place of another, by its index in a list.',
    since: '1.0.0',
    complexity:
      'O(N) where N is the length of the list. Setting either the first or the last element of the list is O(1).',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'index', type: 'integer' },
      { name: 'element', type: 'string' },
    ],
  },
  // Valkey looks at the index only where there is a list.
  parse: (argv) => ({
    key: argv[1] as ByteString,
    index: parseInteger(argv[2] as ByteString),
    element: argv[3] as ByteString,
  }),
  execute: ({ view }, { key, index, element }) => {
    const list = listAt(view, key);
    if (list === undefined) throw new CommandError(noSuchKey);
    if (index === undefined) throw new CommandError(notAnInteger);
    const place = index < 0 ? list.size + Number(index) : Number(index);
    if (place < 0 || place >= list.size) throw new CommandError('ERR index out of range');
    view.apply({ kind: 'setElement', key, index: place, element });
    return ok;
  },
});

export const lrem = defineData({
  name: 'LREM',
  group: 'list',
  arity: 4,
  flags: ['write'],
  categories: ['list'],
  keys: [oneKey(['RW', 'DELETE'])],
  doc: {
    summary: 'Removes the first, the last or all equal elements from a list.',
    since: '1.0.0',
    complexity: 'O(N+M) where N is the length of the list and M is the number of elements removed.',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'count', type: 'integer' },
      { name: 'element', type: 'string' },
    ],
  },
  parse: (argv) => {
    const count = rangedIntegerOf(argv[2] as ByteString, { min: -int64Max, max: int64Max });
    const countMax = count === 0 ? Infinity : Math.abs(count);
    return {
      key: argv[1] as ByteString,
      search: { side: count < 0 ? 'right' : 'left', countMax } as const,
      element: argv[3] as ByteString,
    };
  },
  execute: ({ view }, { key, search, element }) => {
    const list = listAt(view, key);
    if (list === undefined) return 0;
    const found = find(list, element, search);
    removeAt(view, key, search.side === 'left' ? found : found.toReversed());
    return found.length;
  },
});

export const ltrim = defineData({
  name: 'LTRIM',
  group: 'list',
  arity: 4,
  flags: ['write'],
  categories: ['list'],
  keys: [oneKey(['RW', 'DELETE'])],
  doc: {
    summary: 'Keeps the elements of a list from one index to another and removes all others.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of elements to be removed by the operation.',
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
    if (list !== undefined) keepOnly(view, key, { list, ...sliceOf(range, list.size) });
    return ok;
  },
});
