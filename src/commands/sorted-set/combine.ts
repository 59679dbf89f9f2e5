/**
 * Commands on several sorted sets. As in Valkey their options are looked at only after the keys: one of another type
 * is refused first.
 */
import type { Scored } from '../../keyspace/sorted-set/scored-member.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { defineData, type DataCommand } from '../command.ts';
import { countedKeys, oneKey } from '../key-spec.ts';
import { difference, intersection, intersectionSize, union, type Source, type Weighing } from './algebra.ts';
import { withScoresArgument } from './arguments.ts';
import {
  aggregateArgument,
  combineOptionsOf,
  countedKeysOf,
  limitOf,
  sourcesAt,
  weightsArgument,
} from './combine-arguments.ts';
import { membersReply } from './scored-reply.ts';
import { storeMembers } from './store.ts';

interface Combination {
  readonly name: string;
  readonly summary: string;
  readonly since: string;
  readonly complexity: string;
  /** Whether it knows WEIGHTS and AGGREGATE. */
  readonly weighs: boolean;
  readonly combine: (sources: readonly Source[], weighing: Weighing) => readonly Scored[];
}

function keyArguments(keySpecIndex: number): readonly Argument[] {
  return [
    { name: 'numkeys', type: 'integer' },
    { name: 'key', type: 'key', keySpecIndex, multiple: true },
  ];
}

function weighingArguments(weighs: boolean): readonly Argument[] {
  return weighs ? [weightsArgument, aggregateArgument] : [];
}

function reading({ name, summary, since, complexity, weighs, combine }: Combination): DataCommand {
  return defineData({
    name,
    group: 'sorted-set',
    arity: -3,
    flags: ['readonly'],
    categories: ['sortedset'],
    keys: [countedKeys(['RO', 'ACCESS'])],
    doc: {
      summary,
      since,
      complexity,
      arguments: [...keyArguments(0), ...weighingArguments(weighs), withScoresArgument],
    },
    parse: (argv) => countedKeysOf(argv, 1, name),
    execute: ({ view }, { keys, words }) => {
      const sources = sourcesAt(view.reading, keys);
      const options = combineOptionsOf(words, keys.length, { weighs, withScores: true });
      return membersReply(combine(sources, options), options);
    },
  });
}

function storing({ name, summary, since, complexity, weighs, combine }: Combination): DataCommand {
  return defineData({
    name,
    group: 'sorted-set',
    arity: -4,
    flags: ['write', 'denyoom'],
    categories: ['sortedset'],
    keys: [oneKey(['OW', 'UPDATE']), countedKeys(['RO', 'ACCESS'], 2)],
    doc: {
      summary,
      since,
      complexity,
      arguments: [
        { name: 'destination', type: 'key', keySpecIndex: 0 },
        ...keyArguments(1),
        ...weighingArguments(weighs),
      ],
    },
    parse: (argv) => ({ destination: argv[1] as ByteString, ...countedKeysOf(argv, 2, name) }),
    execute: ({ view }, { destination, keys, words }) => {
      const sources = sourcesAt(view.reading, keys);
      const options = combineOptionsOf(words, keys.length, { weighs, withScores: false });
      return storeMembers(view, { destination, event: name.toLowerCase() }, combine(sources, options));
    },
  });
}

const intersectionCost =
  'O(N*K)+O(M*log(M)) worst case with N being the smallest input sorted set, K being the number of input sorted sets and M being the number of elements in the resulting sorted set.';
const differenceCost =
  'O(L + (N-K)log(N)) worst case where L is the total number of elements in all the sets, N is the size of the first set, and K is the size of the result set.';

export const zinter = reading({
  name: 'ZINTER',
  summary: 'Returns the members that all of several sorted sets have.',
  since: '6.2.0',
  complexity: intersectionCost,
  weighs: true,
  combine: intersection,
});

export const zinterstore = storing({
  name: 'ZINTERSTORE',
  summary: 'Stores the members that all of several sorted sets have.',
  since: '2.0.0',
  complexity: intersectionCost,
  weighs: true,
  combine: intersection,
});

export const zunion = reading({
  name: 'ZUNION',
  summary: 'Returns the members that any of several sorted sets has.',
  since: '6.2.0',
  complexity:
    'O(N)+O(M*log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.',
  weighs: true,
  combine: union,
});

export const zunionstore = storing({
  name: 'ZUNIONSTORE',
  summary: 'Stores the members that any of several sorted sets has.',
  since: '2.0.0',
  complexity:
    'O(N)+O(M log(M)) with N being the sum of the sizes of the input sorted sets, and M being the number of elements in the resulting sorted set.',
  weighs: true,
  combine: union,
});

export const zdiff = reading({
  name: 'ZDIFF',
  summary: 'Returns the members that a sorted set has and none of several others.',
  since: '6.2.0',
  complexity: differenceCost,
  weighs: false,
  combine: difference,
});

export const zdiffstore = storing({
  name: 'ZDIFFSTORE',
  summary: 'Stores the members that a sorted set has and none of several others.',
  since: '6.2.0',
  complexity: differenceCost,
  weighs: false,
  combine: difference,
});

export const zintercard = defineData({
  name: 'ZINTERCARD',
  group: 'sorted-set',
  arity: -3,
  flags: ['readonly'],
  categories: ['sortedset'],
  keys: [countedKeys(['RO', 'ACCESS'])],
  doc: {
    summary: 'Counts the members that all of several sorted sets have.',
    since: '7.0.0',
    complexity:
      'O(N*K) worst case with N being the smallest input sorted set, K being the number of input sorted sets.',
    arguments: [...keyArguments(0), { name: 'limit', type: 'integer', token: 'LIMIT', optional: true }],
  },
  parse: (argv) => countedKeysOf(argv, 1, 'zintercard'),
  execute: ({ view }, { keys, words }) => {
    const sources = sourcesAt(view.reading, keys);
    return intersectionSize(sources, limitOf(words));
  },
});
