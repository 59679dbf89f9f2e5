/** ZRANDMEMBER. */
import { defineData } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { parseSample, sample } from '../random-sample.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument, withScoresArgument } from './arguments.ts';
import { membersReply } from './scored-reply.ts';

export const zrandmember = defineData({
  name: 'ZRANDMEMBER',
  group: 'sorted-set',
  arity: -2,
  flags: ['readonly'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns random members of a sorted set.',
    since: '6.2.0',
    complexity: 'O(N) where N is the number of members returned',
    arguments: [
      keyArgument,
      {
        name: 'options',
        type: 'block',
        optional: true,
        arguments: [{ name: 'count', type: 'integer' }, withScoresArgument],
      },
    ],
  },
  parse: (argv) => parseSample(argv, 'WITHSCORES'),
  execute: ({ view, environment: { random } }, { key, count, isWhole }) => {
    const set = sortedSetAt(view, key);
    if (count === undefined) return set?.random(random)?.member ?? null;
    if (set === undefined) return [];
    const drawn = sample(set, { count, random, all: () => set.members(), nameOf: ({ member }) => member });
    return membersReply(drawn, { withScores: isWhole });
  },
});
