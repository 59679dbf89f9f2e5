/** `LMOVE` and `RPOPLPUSH`. */
import type { ByteString } from '../../resp/bytes.ts';
import { defineData } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { sideArgument, sideOf } from './side.ts';
import { moveOne } from './take.ts';

const keys = [oneKey(['RW', 'ACCESS', 'DELETE']), oneKey(['RW', 'INSERT'], 2)];

export const lmove = defineData({
  name: 'LMOVE',
  group: 'list',
  arity: 5,
  flags: ['write', 'denyoom'],
  categories: ['list'],
  keys,
  doc: {
    summary: 'Moves an element from an end of a list to an end of another, or of the same.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'source', type: 'key', keySpecIndex: 0 },
      { name: 'destination', type: 'key', keySpecIndex: 1 },
      sideArgument('wherefrom'),
      sideArgument('whereto'),
    ],
  },
  parse: (argv) => ({
    source: argv[1] as ByteString,
    destination: argv[2] as ByteString,
    from: sideOf(argv[3] as ByteString),
    to: sideOf(argv[4] as ByteString),
  }),
  execute: ({ view }, move) => moveOne(view, move) ?? null,
});

export const rpoplpush = defineData({
  name: 'RPOPLPUSH',
  group: 'list',
  arity: 3,
  flags: ['write', 'denyoom'],
  categories: ['list'],
  keys,
  doc: {
    summary: 'Moves the last element of a list to the front of another, or of the same.',
    since: '1.2.0',
    complexity: 'O(1)',
    deprecatedSince: '6.2.0',
    replacedBy: '`LMOVE` with the `RIGHT` and `LEFT` arguments',
    arguments: [
      { name: 'source', type: 'key', keySpecIndex: 0 },
      { name: 'destination', type: 'key', keySpecIndex: 1 },
    ],
  },
  parse: (argv) =>
    ({ source: argv[1] as ByteString, destination: argv[2] as ByteString, from: 'right', to: 'left' }) as const,
  execute: ({ view }, move) => moveOne(view, move) ?? null,
});
