/** `BZPOPMIN`, `BZPOPMAX` and `BZMPOP`: as without the `B`, but they wait where there is no member. */
import { SortedSetValue } from '../../keyspace/sorted-set/sorted-set-value.ts';
import type { Value } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { nullArray, type Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context, type DataCommand, type SessionContext } from '../command.ts';
import { keysBeforeTimeout } from '../key-spec.ts';
import { multiplePopArguments, multiplePopKeys, multiplePopOf } from '../multiple-pop.ts';
import { timeoutArgument, timeoutOf, waitOr } from '../wait.ts';
import { flat, scoreReply } from './scored-reply.ts';
import { endOf, endTokens, firstSortedSet, popMembers, type End } from './take.ts';

const facts = {
  group: 'sorted-set',
  arity: -3,
  flags: ['write', 'fast', 'blocking'],
  categories: ['sortedset'],
  keys: [keysBeforeTimeout(['RW', 'ACCESS', 'DELETE'])],
  holdsConnection: () => true,
} as const satisfies Partial<DataCommand>;

const docFacts = {
  since: '5.0.0',
  complexity: 'O(log(N)) with N being the number of elements in the sorted set.',
  history: [['6.0.0', 'Takes fractions of seconds.']],
  arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }, timeoutArgument],
} as const satisfies Partial<DataCommand['doc']>;

export const bzpopmin = defineData({
  name: 'BZPOPMIN',
  ...facts,
  doc: {
    summary:
      'Removes the member with the lowest score from the first of several sorted sets that exists and returns it, or waits for one.',
    ...docFacts,
  },
  parse: parsePop,
  execute: (context, pop) => popOrWait(context, 'min', pop),
});

export const bzpopmax = defineData({
  name: 'BZPOPMAX',
  ...facts,
  doc: {
    summary:
      'Removes the member with the highest score from the first of several sorted sets that exists and returns it, or waits for one.',
    ...docFacts,
  },
  parse: parsePop,
  execute: (context, pop) => popOrWait(context, 'max', pop),
});

interface Pop {
  readonly keys: readonly ByteString[];
  readonly timeoutMs: number;
}

function parsePop(argv: Arguments, { environment }: SessionContext): Pop {
  return { keys: argv.slice(1, -1), timeoutMs: timeoutOf(argv.at(-1) as ByteString, environment.clock.now()) };
}

function isSortedSet(value: Value): boolean {
  return value instanceof SortedSetValue;
}

function popOrWait(context: Context, end: End, { keys, timeoutMs }: Pop): Reply {
  const found = firstSortedSet(context.view, keys);
  if (found === undefined) return waitOr(context, { keys, isServedBy: isSortedSet, timeoutMs }, nullArray);
  return [found.key, ...flat(popMembers(context.view, found.key, { set: found.set, end, count: 1 }))];
}

export const bzmpop = defineData({
  name: 'BZMPOP',
  group: 'sorted-set',
  arity: -5,
  flags: ['write', 'blocking'],
  categories: ['sortedset'],
  keys: [multiplePopKeys(2)],
  holdsConnection: () => true,
  doc: {
    summary:
      'Removes the members with the lowest or highest scores from the first of several sorted sets that exists and returns them, or waits for some.',
    since: '7.0.0',
    complexity:
      'O(K) + O(M*log(N)) where K is the number of provided keys, N being the number of elements in the sorted set, and M being the number of elements popped.',
    arguments: [timeoutArgument, ...multiplePopArguments(endTokens)],
  },
  parse: (argv, { environment }) => ({
    ...multiplePopOf(argv, 2, endOf),
    timeoutMs: timeoutOf(argv[1] as ByteString, environment.clock.now()),
  }),
  execute: (context, { keys, where, count, timeoutMs }) => {
    const found = firstSortedSet(context.view, keys);
    if (found === undefined) return waitOr(context, { keys, isServedBy: isSortedSet, timeoutMs }, nullArray);
    const popped = popMembers(context.view, found.key, { set: found.set, end: where, count });
    return [found.key, popped.map(({ member, score }) => [member, scoreReply(score)])];
  },
});
