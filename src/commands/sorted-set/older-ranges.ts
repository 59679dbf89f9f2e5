/** The commands that ZRANGE has replaced: each is one of its cases under a name of its own. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { defineData, type DataCommand } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument, limitArgument, withScoresArgument } from './arguments.ts';
import type { By } from './range.ts';
import { membersReply } from './scored-reply.ts';
import { parseSelection, select } from './selection.ts';

interface Older {
  readonly name: string;
  readonly by: By;
  readonly isReverse: boolean;
  readonly doc: Pick<DataCommand['doc'], 'summary' | 'since' | 'complexity' | 'history' | 'replacedBy'>;
  /** Behind the key. */
  readonly words: readonly Argument[];
}

function older({ name, by, isReverse, doc, words }: Older): DataCommand {
  return defineData({
    name,
    group: 'sorted-set',
    arity: -4,
    flags: ['readonly'],
    categories: ['sortedset'],
    keys: [oneKey(['RO', 'ACCESS'])],
    doc: { ...doc, deprecatedSince: '6.2.0', arguments: [keyArgument, ...words] },
    parse: (argv) => ({ key: argv[1] as ByteString, selection: parseSelection(argv.slice(2), { by, isReverse }) }),
    execute: ({ view }, { key, selection }) => membersReply(select(sortedSetAt(view, key), selection), selection),
  });
}

const cost =
  'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements being returned. If M is constant (e.g. always asking for the first 10 elements with LIMIT), you can consider it O(log(N)).';

const minScore: Argument = { name: 'min', type: 'double' };
const maxScore: Argument = { name: 'max', type: 'double' };
const minMember: Argument = { name: 'min', type: 'string' };
const maxMember: Argument = { name: 'max', type: 'string' };

export const zrevrange = older({
  name: 'ZREVRANGE',
  by: 'rank',
  isReverse: true,
  doc: {
    summary: 'Returns the members of a sorted set in a range of ranks, the highest first.',
    since: '1.2.0',
    complexity:
      'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.',
    replacedBy: '`ZRANGE` with the `REV` argument',
  },
  words: [{ name: 'start', type: 'integer' }, { name: 'stop', type: 'integer' }, withScoresArgument],
});

export const zrangebyscore = older({
  name: 'ZRANGEBYSCORE',
  by: 'score',
  isReverse: false,
  doc: {
    summary: 'Returns the members of a sorted set in a range of scores.',
    since: '1.0.5',
    complexity: cost,
    history: [['2.0.0', 'Takes WITHSCORES.']],
    replacedBy: '`ZRANGE` with the `BYSCORE` argument',
  },
  words: [minScore, maxScore, { ...withScoresArgument, since: '2.0.0' }, limitArgument],
});

export const zrevrangebyscore = older({
  name: 'ZREVRANGEBYSCORE',
  by: 'score',
  isReverse: true,
  doc: {
    summary: 'Returns the members of a sorted set in a range of scores, the highest first.',
    since: '2.2.0',
    complexity: cost,
    history: [['2.1.6', 'The ends of the range can be excluded.']],
    replacedBy: '`ZRANGE` with the `REV` and `BYSCORE` arguments',
  },
  words: [maxScore, minScore, withScoresArgument, limitArgument],
});

export const zrangebylex = older({
  name: 'ZRANGEBYLEX',
  by: 'member',
  isReverse: false,
  doc: {
    summary: 'Returns the members of a sorted set of equal scores between two byte strings.',
    since: '2.8.9',
    complexity: cost,
    replacedBy: '`ZRANGE` with the `BYLEX` argument',
  },
  words: [minMember, maxMember, limitArgument],
});

export const zrevrangebylex = older({
  name: 'ZREVRANGEBYLEX',
  by: 'member',
  isReverse: true,
  doc: {
    summary: 'Returns the members of a sorted set of equal scores between two byte strings, the last first.',
    since: '2.8.9',
    complexity: cost,
    replacedBy: '`ZRANGE` with the `REV` and `BYLEX` arguments',
  },
  words: [maxMember, minMember, limitArgument],
});
