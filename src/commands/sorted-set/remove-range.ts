/** Removing the members in a range: ZREMRANGEBYRANK, ZREMRANGEBYSCORE and ZREMRANGEBYLEX. */
import type { Argument } from '../argument.ts';
import { defineData, type DataCommand } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument } from './arguments.ts';
import { rangeOf, ranksOf, type By } from './range.ts';

interface Removal {
  readonly name: string;
  readonly by: By;
  readonly summary: string;
  readonly since: string;
  readonly ends: readonly [Argument, Argument];
}

function removal({ name, by, summary, since, ends }: Removal): DataCommand {
  return defineData({
    name,
    group: 'sorted-set',
    arity: 4,
    flags: ['write'],
    categories: ['sortedset'],
    keys: [oneKey(['RW', 'DELETE'])],
    doc: {
      summary,
      since,
      complexity:
        'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements removed by the operation.',
      arguments: [keyArgument, ...ends],
    },
    parse: ([, key = '', min = '', max = '']) => ({ key, range: rangeOf(by, min, max) }),
    execute: ({ view }, { key, range }) => {
      const set = sortedSetAt(view, key);
      if (set === undefined) return 0;
      const { from, to } = ranksOf(set, range);
      const members = set.slice(from, to).map(({ member }) => member);
      if (members.length > 0) view.apply({ kind: 'removeScores', key, members, event: name.toLowerCase() });
      return members.length;
    },
  });
}

export const zremrangebyrank = removal({
  name: 'ZREMRANGEBYRANK',
  by: 'rank',
  summary: 'Removes the members of a sorted set in a range of ranks; returns how many there were.',
  since: '2.0.0',
  ends: [
    { name: 'start', type: 'integer' },
    { name: 'stop', type: 'integer' },
  ],
});

export const zremrangebyscore = removal({
  name: 'ZREMRANGEBYSCORE',
  by: 'score',
  summary: 'Removes the members of a sorted set in a range of scores; returns how many there were.',
  since: '1.2.0',
  ends: [
    { name: 'min', type: 'double' },
    { name: 'max', type: 'double' },
  ],
});

export const zremrangebylex = removal({
  name: 'ZREMRANGEBYLEX',
  by: 'member',
  summary: 'Removes the members of a sorted set of equal scores between two byte strings; returns how many there were.',
  since: '2.8.9',
  ends: [
    { name: 'min', type: 'string' },
    { name: 'max', type: 'string' },
  ],
});
