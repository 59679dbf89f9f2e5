/** HSCAN. */
import { defineData } from '../command.ts';
import { parseElementScan, scanElements } from '../element-scan.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { keyArgument } from './arguments.ts';

export const hscan = defineData({
  name: 'HSCAN',
  group: 'hash',
  arity: -3,
  flags: ['readonly'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Walks through the fields of a hash and their values, some at a time.',
    since: '2.8.0',
    complexity:
      'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.',
    arguments: [
      keyArgument,
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', optional: true },
      { name: 'count', type: 'integer', token: 'COUNT', optional: true },
      { name: 'novalues', type: 'pure-token', token: 'NOVALUES', optional: true },
    ],
  },
  parse: parseElementScan,
  execute: ({ view }, scan) =>
    scanElements(hashAt(view, scan.key), scan, { nameOnly: 'NOVALUES', answer: (field, value) => [field, value] }),
});
