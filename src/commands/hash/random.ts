/** HRANDFIELD. */
import { defineData } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { parseSample, sample } from '../random-sample.ts';
import { hashAt } from '../values.ts';
import { keyArgument } from './arguments.ts';

export const hrandfield = defineData({
  name: 'HRANDFIELD',
  group: 'hash',
  arity: -2,
  flags: ['readonly'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns random fields of a hash.',
    since: '6.2.0',
    complexity: 'O(N) where N is the number of fields returned',
    arguments: [
      keyArgument,
      {
        name: 'options',
        type: 'block',
        optional: true,
        arguments: [
          { name: 'count', type: 'integer' },
          { name: 'withvalues', type: 'pure-token', token: 'WITHVALUES', optional: true },
        ],
      },
    ],
  },
  parse: (argv) => parseSample(argv, 'WITHVALUES'),
  execute: ({ view, environment: { random } }, { key, count, isWhole }) => {
    const hash = hashAt(view, key);
    if (count === undefined) return hash?.random(random)?.[0] ?? null;
    if (hash === undefined) return [];
    const drawn = sample(hash, { count, random, all: () => hash, nameOf: ([field]) => field });
    return isWhole ? { kind: 'pairs', items: drawn.flat() } : drawn.map(([field]) => field);
  },
});
