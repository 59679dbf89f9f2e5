/** Reading and storing ranges: ZRANGE and ZRANGESTORE, which can do all that the older commands do. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Argument } from '../argument.ts';
import { defineData } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { sortedSetAt } from '../values.ts';
import { keyArgument, limitArgument, withScoresArgument } from './arguments.ts';
import { membersReply } from './scored-reply.ts';
import { parseSelection, select } from './selection.ts';
import { storeMembers } from './store.ts';

const byArgument: Argument = {
  name: 'sortby',
  type: 'oneof',
  optional: true,
  arguments: [
    { name: 'byscore', type: 'pure-token', token: 'BYSCORE' },
    { name: 'bylex', type: 'pure-token', token: 'BYLEX' },
  ],
};
const reverseArgument: Argument = { name: 'rev', type: 'pure-token', token: 'REV', optional: true };

export const zrange = defineData({
  name: 'ZRANGE',
  group: 'sorted-set',
  arity: -4,
  flags: ['readonly'],
  categories: ['sortedset'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the members of a sorted set in a range of ranks, of scores, or of the members themselves.',
    since: '1.2.0',
    complexity:
      'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements returned.',
    history: [['6.2.0', 'Takes REV, BYSCORE, BYLEX and LIMIT.']],
    arguments: [
      keyArgument,
      { name: 'start', type: 'string' },
      { name: 'stop', type: 'string' },
      { ...byArgument, since: '6.2.0' },
      { ...reverseArgument, since: '6.2.0' },
      { ...limitArgument, since: '6.2.0' },
      withScoresArgument,
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, selection: parseSelection(argv.slice(2)) }),
  execute: ({ view }, { key, selection }) => membersReply(select(sortedSetAt(view, key), selection), selection),
});

export const zrangestore = defineData({
  name: 'ZRANGESTORE',
  group: 'sorted-set',
  arity: -5,
  flags: ['write', 'denyoom'],
  categories: ['sortedset'],
  keys: [oneKey(['OW', 'UPDATE']), oneKey(['RO', 'ACCESS'], 2)],
  doc: {
    summary: 'Stores a range of the members of a sorted set at another key.',
    since: '6.2.0',
    complexity:
      'O(log(N)+M) with N being the number of elements in the sorted set and M the number of elements stored into the destination key.',
    arguments: [
      { name: 'dst', type: 'key', keySpecIndex: 0 },
      { name: 'src', type: 'key', keySpecIndex: 1 },
      { name: 'min', type: 'string' },
      { name: 'max', type: 'string' },
      byArgument,
      reverseArgument,
      limitArgument,
    ],
  },
  parse: (argv) => ({
    destination: argv[1] as ByteString,
    source: argv[2] as ByteString,
    selection: parseSelection(argv.slice(3), { stores: true }),
  }),
  execute: ({ view }, { destination, source, selection }) =>
    storeMembers(view, { destination, event: 'zrangestore' }, select(sortedSetAt(view.reading, source), selection)),
});
