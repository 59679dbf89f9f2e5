/** `LPOP`, `RPOP` and `LMPOP`. */
import type { Side } from '../../keyspace/effect.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { nullArray, type Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type DataCommand } from '../command.ts';
import { CommandError, wrongArity } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { multiplePopArguments, multiplePopKeys, multiplePopOf } from '../multiple-pop.ts';
import { boundedIntegerOf } from '../numbers.ts';
import { listAt } from '../values.ts';
import { sideOf, sideTokens } from './side.ts';
import { firstList, popOne, popSome } from './take.ts';

const facts = {
  group: 'list',
  arity: -2,
  flags: ['write', 'fast'],
  categories: ['list'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE'])],
} as const satisfies Partial<DataCommand>;

const docFacts = {
  since: '1.0.0',
  complexity: 'O(N) where N is the number of elements returned',
  history: [['6.2.0', 'Takes a count.']],
  arguments: [
    { name: 'key', type: 'key', keySpecIndex: 0 },
    { name: 'count', type: 'integer', optional: true, since: '6.2.0' },
  ],
} as const satisfies Partial<DataCommand['doc']>;

export const lpop = defineData({
  name: 'LPOP',
  ...facts,
  doc: { summary: 'Removes the first elements of a list and returns them.', ...docFacts },
  parse: (argv) => parsePop(argv, 'lpop'),
  execute: ({ view }, pop) => popFrom(view, 'left', pop),
});

export const rpop = defineData({
  name: 'RPOP',
  ...facts,
  doc: { summary: 'Removes the last elements of a list and returns them, the last one first.', ...docFacts },
  parse: (argv) => parsePop(argv, 'rpop'),
  execute: ({ view }, pop) => popFrom(view, 'right', pop),
});

interface Pop {
  readonly key: ByteString;
  /** Where it is not given, one element is the answer, not an array. */
  readonly count: number | undefined;
}

function parsePop(argv: Arguments, name: string): Pop {
  if (argv.length > 3) throw new CommandError(wrongArity(name));
  const [, key, count] = argv;
  return {
    key: key as ByteString,
    count: count === undefined ? undefined : boundedIntegerOf(count, 0, Infinity, notPositive),
  };
}

const notPositive = 'ERR value is out of range, must be positive';

function popFrom(view: View, side: Side, { key, count }: Pop): Reply {
  const list = listAt(view, key);
  if (list === undefined) return count === undefined ? null : nullArray;
  if (count === undefined) return popOne(view, key, { list, side });
  return count === 0 ? [] : popSome(view, key, { list, side, count });
}

export const lmpop = defineData({
  name: 'LMPOP',
  group: 'list',
  arity: -4,
  flags: ['write'],
  categories: ['list'],
  keys: [multiplePopKeys(1)],
  doc: {
    summary: 'Removes elements from an end of the first of several lists that exists, and returns them.',
    since: '7.0.0',
    complexity: 'O(N+M) where N is the number of provided keys and M is the number of elements returned.',
    arguments: multiplePopArguments(sideTokens),
  },
  parse: (argv) => multiplePopOf(argv, 1, sideOf),
  execute: ({ view }, { keys, where, count }) => {
    const found = firstList(view, keys);
    if (found === undefined) return nullArray;
    return [found.key, popSome(view, found.key, { list: found.list, side: where, count })];
  },
});
