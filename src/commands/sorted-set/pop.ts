/** ZPOPMIN, ZPOPMAX and ZMPOP. */
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { nullArray, type Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type DataCommand } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { multiplePopArguments, multiplePopKeys, multiplePopOf } from '../multiple-pop.ts';
import { boundedIntegerOf } from '../numbers.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument } from './arguments.ts';
import { flat, scoreReply } from './scored-reply.ts';
import { endOf, endTokens, firstSortedSet, popMembers, type End } from './take.ts';

const facts = {
  group: 'sorted-set',
  arity: -2,
  flags: ['write', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE'])],
} as const satisfies Partial<DataCommand>;

const docFacts = {
  since: '5.0.0',
  complexity:
    'O(log(N)*M) with N being the number of elements in the sorted set, and M being the number of elements popped.',
  arguments: [keyArgument, { name: 'count', type: 'integer', optional: true }],
} as const satisfies Partial<DataCommand['doc']>;

export const zpopmin = defineData({
  name: 'ZPOPMIN',
  ...facts,
  doc: { summary: 'Removes the members with the lowest scores from a sorted set and returns them.', ...docFacts },
  parse: (argv) => parsePop(argv),
  execute: ({ view }, pop) => popFrom(view, 'min', pop),
});

export const zpopmax = defineData({
  name: 'ZPOPMAX',
  ...facts,
  doc: { summary: 'Removes the members with the highest scores from a sorted set and returns them.', ...docFacts },
  parse: (argv) => parsePop(argv),
  execute: ({ view }, pop) => popFrom(view, 'max', pop),
});

interface Pop {
  readonly key: ByteString;
  readonly count: number | undefined;
}

function parsePop(argv: Arguments): Pop {
  if (argv.length > 3) throw new CommandError(syntaxError);
  const [, key = '', count] = argv;
  const refusal = 'ERR value is out of range, must be positive';
  return { key, count: count === undefined ? undefined : boundedIntegerOf(count, 0, Infinity, refusal) };
}

/** With a count the answer is of pairs, however many; without, one member and its score. */
function popFrom(view: View, end: End, { key, count }: Pop): Reply {
  const set = sortedSetAt(view, key);
  if (set === undefined || count === 0) return [];
  const items = flat(popMembers(view, key, { set, end, count: count ?? 1 }));
  return count === undefined ? items : { kind: 'pairs', items };
}

export const zmpop = defineData({
  name: 'ZMPOP',
  group: 'sorted-set',
  arity: -4,
  flags: ['write'],
  categories: ['sortedset'],
  keys: [multiplePopKeys(1)],
  doc: {
    summary:
      'Removes the members with the lowest or highest scores from the first of several sorted sets that exists, and returns them.',
    since: '7.0.0',
    complexity:
      'O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.',
    arguments: multiplePopArguments(endTokens),
  },
  parse: (argv) => multiplePopOf(argv, 1, endOf),
  execute: ({ view }, { keys, where, count }) => {
    const found = firstSortedSet(view, keys);
    if (found === undefined) return nullArray;
    const popped = popMembers(view, found.key, { set: found.set, end: where, count });
    return [found.key, popped.map(({ member, score }) => [member, scoreReply(score)])];
  },
});
