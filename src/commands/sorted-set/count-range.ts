/** Counting the members in a range: ZCOUNT and ZLEXCOUNT. */
import type { ByteString } from '../../resp/bytes.ts';
import { defineData, type Arguments } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument } from './arguments.ts';
import { countOf, rangeOf, type By, type Range } from './range.ts';

export const zcount = defineData({
  name: 'ZCOUNT',
  group: 'sorted-set',
  arity: 4,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Counts the members of a sorted set in a range of scores.',
    since: '2.0.0',
    complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
    arguments: [keyArgument, { name: 'min', type: 'double' }, { name: 'max', type: 'double' }],
  },
  parse: (argv) => parseKeyAndRange(argv, 'score'),
  execute: ({ view }, { key, range }) => countOf(sortedSetAt(view, key), range),
});

export const zlexcount = defineData({
  name: 'ZLEXCOUNT',
  group: 'sorted-set',
  arity: 4,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Counts the members of a sorted set of equal scores between two byte strings.',
    since: '2.8.9',
    complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
    arguments: [keyArgument, { name: 'min', type: 'string' }, { name: 'max', type: 'string' }],
  },
  parse: (argv) => parseKeyAndRange(argv, 'member'),
  execute: ({ view }, { key, range }) => countOf(sortedSetAt(view, key), range),
});

function parseKeyAndRange([, key = '', min = '', max = '']: Arguments, by: By): { key: ByteString; range: Range } {
  return { key, range: rangeOf(by, min, max) };
}
