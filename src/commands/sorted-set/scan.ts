/** ZSCAN. Scores are printed as everywhere; Valkey prints those of large sets with 17 digits here. */
import { formatDouble } from '../../resp/double.ts';
import { defineData } from '../command.ts';
import { parseElementScan, scanElements } from '../element-scan.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument } from './arguments.ts';

export const zscan = defineData({
  name: 'ZSCAN',
  group: 'sorted-set',
  arity: -3,
  flags: ['readonly'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Walks through the members of a sorted set and their scores, some at a time.',
    since: '2.8.0',
    complexity:
      'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.',
    history: [['8.0.0', 'Takes NOSCORES.']],
    arguments: [
      keyArgument,
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', optional: true },
      { name: 'count', type: 'integer', token: 'COUNT', optional: true },
      { name: 'noscores', type: 'pure-token', token: 'NOSCORES', optional: true },
    ],
  },
  parse: parseElementScan,
  execute: ({ view }, scan) =>
    scanElements(sortedSetAt(view, scan.key), scan, {
      nameOnly: 'NOSCORES',
      answer: ({ member, score }) => [member, formatDouble(score)],
    }),
});
