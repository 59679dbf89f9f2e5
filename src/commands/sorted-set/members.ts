/** Commands on members that are named, and how many members there are. */
import type { ByteString } from '../../resp/bytes.ts';
import { nullArray, type Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { CommandError, syntaxError, wrongArity } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument, memberArgument, membersArgument } from './arguments.ts';
import { scoreReply } from './scored-reply.ts';

export const zrem = defineData({
  name: 'ZREM',
  group: 'sorted-set',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RW', 'DELETE'])],
  doc: {
    summary: 'Removes members from a sorted set; returns how many were there.',
    since: '1.2.0',
    complexity:
      'O(M*log(N)) with N being the number of elements in the sorted set and M the number of elements to be removed.',
    history: [['2.4.0', 'Takes several members.']],
    arguments: [keyArgument, membersArgument],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, members: argv.slice(2) }),
  execute: ({ view }, { key, members }) => {
    const set = sortedSetAt(view, key);
    const distinct = members.length === 1 ? members : [...new Set(members)];
    const removed = distinct.filter((member) => set?.score(member) !== undefined);
    if (removed.length > 0) view.apply({ kind: 'removeScores', key, members: removed });
    return removed.length;
  },
});

export const zcard = defineData({
  name: 'ZCARD',
  group: 'sorted-set',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Counts the members of a sorted set.',
    since: '1.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => sortedSetAt(view, key)?.size ?? 0,
});

export const zscore = defineData({
  name: 'ZSCORE',
  group: 'sorted-set',
  arity: 3,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the score of a member of a sorted set.',
    since: '1.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument, memberArgument],
  },
  parse: (argv) => argv,
  execute: ({ view }, [, key = '', member = '']) => scoreOrNull(sortedSetAt(view, key)?.score(member)),
});

export const zmscore = defineData({
  name: 'ZMSCORE',
  group: 'sorted-set',
  arity: -3,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the scores of several members of a sorted set.',
    since: '6.2.0',
    complexity: 'O(N) where N is the number of members being requested.',
    arguments: [keyArgument, membersArgument],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, members: argv.slice(2) }),
  execute: ({ view }, { key, members }) => {
    const set = sortedSetAt(view, key);
    return members.map((member) => scoreOrNull(set?.score(member)));
  },
});

function scoreOrNull(score: number | undefined): Reply {
  return score === undefined ? null : scoreReply(score);
}

const rankArguments = [
  keyArgument,
  memberArgument,
  { name: 'withscore', type: 'pure-token', token: 'WITHSCORE', optional: true },
] as const;

export const zrank = defineData({
  name: 'ZRANK',
  group: 'sorted-set',
  arity: -3,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Tells how many members of a sorted set stand before one.',
    since: '2.0.0',
    complexity: 'O(log(N))',
    history: [['7.2.0', 'Takes WITHSCORE.']],
    arguments: rankArguments,
  },
  parse: (argv) => parseRank(argv, 'zrank'),
  execute: (context, args) => rank(context, args, (before) => before),
});

export const zrevrank = defineData({
  name: 'ZREVRANK',
  group: 'sorted-set',
  arity: -3,
  flags: ['readonly', 'fast'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Tells how many members of a sorted set stand behind one.',
    since: '2.0.0',
    complexity: 'O(log(N))',
    history: [['7.2.0', 'Takes WITHSCORE.']],
    arguments: rankArguments,
  },
  parse: (argv) => parseRank(argv, 'zrevrank'),
  execute: (context, args) => rank(context, args, (before, size) => size - 1 - before),
});

interface RankArguments {
  readonly key: ByteString;
  readonly member: ByteString;
  readonly withScore: boolean;
}

function parseRank(argv: Arguments, name: string): RankArguments {
  const [, key = '', member = '', option] = argv;
  if (argv.length > 4) throw new CommandError(wrongArity(name));
  if (option !== undefined && option.toUpperCase() !== 'WITHSCORE') throw new CommandError(syntaxError);
  return { key, member, withScore: option !== undefined };
}

function rank(
  { view }: Context,
  { key, member, withScore }: RankArguments,
  counted: (before: number, size: number) => number,
): Reply {
  const set = sortedSetAt(view, key);
  const score = set?.score(member);
  if (set === undefined || score === undefined) return withScore ? nullArray : null;
  const found = counted(set.rank(member) as number, set.size);
  return withScore ? [found, scoreReply(score)] : found;
}
