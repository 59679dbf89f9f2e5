/** Reading and setting several strings at once. */
import type { Value } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { ok } from '../../resp/reply.ts';
import type { Argument } from '../argument.ts';
import { defineData } from '../command.ts';
import { CommandError, wrongArity } from '../command-error.ts';
import { keysFrom } from '../key-spec.ts';

export const mget = defineData({
  name: 'MGET',
  group: 'string',
  arity: -2,
  flags: ['readonly', 'fast'],
  categories: ['string'],
  keys: [keysFrom(['RO', 'ACCESS'])],
  tips: ['request_policy:multi_shard'],
  doc: {
    summary: 'Returns the strings at several keys.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of keys to retrieve.',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv) => argv.slice(1),
  execute: ({ view }, keys) => keys.map((key) => stringOrNull(view.get(key))),
});

/** Other types count as missing here. */
function stringOrNull(value: Value | undefined): ByteString | null {
  return typeof value === 'string' ? value : null;
}

const pair: Argument = {
  name: 'data',
  type: 'block',
  multiple: true,
  arguments: [
    { name: 'key', type: 'key', keySpecIndex: 0 },
    { name: 'value', type: 'string' },
  ],
};

export const mset = defineData({
  name: 'MSET',
  group: 'string',
  arity: -3,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [keysFrom(['OW', 'UPDATE'], { step: 2 })],
  tips: ['request_policy:multi_shard', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Sets several keys to strings, all at once.',
    since: '1.0.1',
    complexity: 'O(N) where N is the number of keys to set.',
    arguments: [pair],
  },
  parse: (argv) => parsePairs(argv, 'mset'),
  execute: ({ view }, pairs) => {
    for (const [key, value] of pairs) view.setStringExpiring(key, value, undefined);
    return ok;
  },
});

type Pair = readonly [key: ByteString, value: ByteString];

function parsePairs(argv: readonly ByteString[], name: string): Pair[] {
  if (argv.length % 2 === 0) throw new CommandError(wrongArity(name));
  const pairs: Pair[] = [];
  for (let i = 1; i < argv.length; i += 2) pairs.push([argv[i] as ByteString, argv[i + 1] as ByteString]);
  return pairs;
}

export const msetnx = defineData({
  name: 'MSETNX',
  group: 'string',
  arity: -3,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [keysFrom(['OW', 'INSERT'], { step: 2 })],
  doc: {
    summary: 'Sets several keys to strings, if none of the keys exists.',
    since: '1.0.1',
    complexity: 'O(N) where N is the number of keys to set.',
    arguments: [pair],
  },
  parse: (argv) => parsePairs(argv, 'msetnx'),
  execute: ({ view }, pairs) => {
    if (pairs.some(([key]) => view.has(key))) return 0;
    for (const [key, value] of pairs) view.setString(key, value);
    return 1;
  },
});
