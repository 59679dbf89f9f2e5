/** `BLPOP`, `BRPOP`, `BLMPOP`, `BLMOVE` and `BRPOPLPUSH`: as without the `B`, but they wait where there is no element. */
import type { Side } from '../../keyspace/effect.ts';
import { ListValue } from '../../keyspace/list/list-value.ts';
import type { Value } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { nullArray, type Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context, type DataCommand, type SessionContext } from '../command.ts';
import { keysBeforeTimeout, oneKey } from '../key-spec.ts';
import { multiplePopArguments, multiplePopKeys, multiplePopOf } from '../multiple-pop.ts';
import { timeoutArgument, timeoutOf, waitOr } from '../wait.ts';
import { sideArgument, sideOf, sideTokens } from './side.ts';
import { firstList, moveOne, popOne, popSome, type Move } from './take.ts';

const popFacts = {
  group: 'list',
  arity: -3,
  flags: ['write', 'blocking'],
  categories: ['list'],
  keys: [keysBeforeTimeout(['RW', 'ACCESS', 'DELETE'])],
  holdsConnection: () => true,
} as const satisfies Partial<DataCommand>;

const popDocFacts = {
  since: '2.0.0',
  complexity: 'O(N) where N is the number of provided keys.',
  history: [['6.0.0', 'Takes fractions of seconds.']],
  arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }, timeoutArgument],
} as const satisfies Partial<DataCommand['doc']>;

export const blpop = defineData({
  name: 'BLPOP',
  ...popFacts,
  doc: {
    summary: 'Removes the first element of the first of several lists that exists and returns it, or waits for one.',
    ...popDocFacts,
  },
  parse: parsePop,
  execute: (context, pop) => popOrWait(context, 'left', pop),
});

export const brpop = defineData({
  name: 'BRPOP',
  ...popFacts,
  doc: {
    summary: 'Removes the last element of the first of several lists that exists and returns it, or waits for one.',
    ...popDocFacts,
  },
  parse: parsePop,
  execute: (context, pop) => popOrWait(context, 'right', pop),
});

interface Pop {
  readonly keys: readonly ByteString[];
  readonly timeoutMs: number;
}

function parsePop(argv: Arguments, { environment }: SessionContext): Pop {
  return { keys: argv.slice(1, -1), timeoutMs: timeoutOf(argv.at(-1) as ByteString, environment.clock.now()) };
}

function isList(value: Value): boolean {
  return value instanceof ListValue;
}

function popOrWait(context: Context, side: Side, { keys, timeoutMs }: Pop): Reply {
  const found = firstList(context.view, keys);
  if (found === undefined) return waitOr(context, { keys, isServedBy: isList, timeoutMs }, nullArray);
  return [found.key, popOne(context.view, found.key, { list: found.list, side })];
}

export const blmpop = defineData({
  name: 'BLMPOP',
  group: 'list',
  arity: -5,
  flags: ['write', 'blocking'],
  categories: ['list'],
  keys: [multiplePopKeys(2)],
  holdsConnection: () => true,
  doc: {
    summary:
      'Removes elements from an end of the first of several lists that exists and returns them, or waits for some.',
    since: '7.0.0',
    complexity: 'O(N+M) where N is the number of provided keys and M is the number of elements returned.',
    arguments: [timeoutArgument, ...multiplePopArguments(sideTokens)],
  },
  parse: (argv, { environment }) => ({
    ...multiplePopOf(argv, 2, sideOf),
    timeoutMs: timeoutOf(argv[1] as ByteString, environment.clock.now()),
  }),
  execute: (context, { keys, where, count, timeoutMs }) => {
    const found = firstList(context.view, keys);
    if (found === undefined) return waitOr(context, { keys, isServedBy: isList, timeoutMs }, nullArray);
    return [found.key, popSome(context.view, found.key, { list: found.list, side: where, count })];
  },
});

const moveFacts = {
  group: 'list',
  flags: ['write', 'denyoom', 'blocking'],
  categories: ['list'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE']), oneKey(['RW', 'INSERT'], 2)],
  holdsConnection: () => true,
} as const satisfies Partial<DataCommand>;

const moveArguments = [
  { name: 'source', type: 'key', keySpecIndex: 0 },
  { name: 'destination', type: 'key', keySpecIndex: 1 },
] as const;

export const blmove = defineData({
  name: 'BLMOVE',
  arity: 6,
  ...moveFacts,
  doc: {
    summary: 'Moves an element from an end of a list to an end of another, or of the same, or waits for one.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [...moveArguments, sideArgument('wherefrom'), sideArgument('whereto'), timeoutArgument],
  },
  parse: (argv, { environment }) => ({
    source: argv[1] as ByteString,
    destination: argv[2] as ByteString,
    from: sideOf(argv[3] as ByteString),
    to: sideOf(argv[4] as ByteString),
    timeoutMs: timeoutOf(argv[5] as ByteString, environment.clock.now()),
  }),
  execute: moveOrWait,
});

export const brpoplpush = defineData({
  name: 'BRPOPLPUSH',
  arity: 4,
  ...moveFacts,
  doc: {
    summary: 'Moves the last element of a list to the front of another, or of the same, or waits for one.',
    since: '2.2.0',
    complexity: 'O(1)',
    history: [['6.0.0', 'Takes fractions of seconds.']],
    deprecatedSince: '6.2.0',
    replacedBy: '`BLMOVE` with the `RIGHT` and `LEFT` arguments',
    arguments: [...moveArguments, timeoutArgument],
  },
  parse: (argv, { environment }) => ({
    source: argv[1] as ByteString,
    destination: argv[2] as ByteString,
    from: 'right' as const,
    to: 'left' as const,
    timeoutMs: timeoutOf(argv[3] as ByteString, environment.clock.now()),
  }),
  execute: moveOrWait,
});

function moveOrWait(context: Context, move: Move & { readonly timeoutMs: number }): Reply {
  const element = moveOne(context.view, move);
  if (element !== undefined) return element;
  return waitOr(context, { keys: [move.source], isServedBy: isList, timeoutMs: move.timeoutMs }, null);
}
