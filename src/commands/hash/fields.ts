/** Reading, setting and deleting fields that are named. */
import type { ByteString } from '../../resp/bytes.ts';
import { ok } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { CommandError, wrongArity } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { fieldArgument, fieldsArgument, keyArgument, pairsArgument } from './arguments.ts';

export const hset = defineData({
  name: 'HSET',
  group: 'hash',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets fields of a hash, and tells how many of them are new.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of fields being set.',
    history: [['4.0.0', 'Takes several fields and values.']],
    arguments: [keyArgument, pairsArgument],
  },
  parse: (argv) => parsePairs(argv, 'hset'),
  execute: (context, pairs) => setFields(context, pairs),
});

export const hmset = defineData({
  name: 'HMSET',
  group: 'hash',
  arity: -4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of fields being set.',
    deprecatedSince: '4.0.0',
    replacedBy: '`HSET` with multiple field-value pairs',
    arguments: [keyArgument, pairsArgument],
  },
  parse: (argv) => parsePairs(argv, 'hmset'),
  execute: (context, pairs) => {
    setFields(context, pairs);
    return ok;
  },
});

interface Pairs {
  readonly key: ByteString;
  /** Fields and values in turn. */
  readonly pairs: readonly ByteString[];
}

function parsePairs(argv: Arguments, name: string): Pairs {
  if (argv.length % 2 !== 0) throw new CommandError(wrongArity(name));
  return { key: argv[1] as ByteString, pairs: argv.slice(2) };
}

/** Returns how many fields are new. */
function setFields({ view }: Context, { key, pairs }: Pairs): number {
  const hash = hashAt(view, key);
  const before = hash?.size ?? 0;
  view.apply({ kind: 'setFields', key, fields: pairs });
  return (hash ?? hashAt(view, key) ?? { size: 0 }).size - before;
}

export const hsetnx = defineData({
  name: 'HSETNX',
  group: 'hash',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'INSERT'])],
  doc: {
    summary: 'Sets a field of a hash if the field does not exist.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument, { name: 'value', type: 'string' }],
  },
  parse: (argv) => argv,
  execute: ({ view }, [, key = '', field = '', value = '']) => {
    if (hashAt(view, key)?.get(field) !== undefined) return 0;
    view.apply({ kind: 'setFields', key, fields: [field, value] });
    return 1;
  },
});

export const hget = defineData({
  name: 'HGET',
  group: 'hash',
  arity: 3,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the value of a field of a hash.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument],
  },
  parse: (argv) => argv,
  execute: ({ view }, [, key = '', field = '']) => hashAt(view, key)?.get(field) ?? null,
});

export const hmget = defineData({
  name: 'HMGET',
  group: 'hash',
  arity: -3,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the values of fields of a hash.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of fields being requested.',
    arguments: [keyArgument, fieldsArgument],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, fields: argv.slice(2) }),
  execute: ({ view }, { key, fields }) => {
    const hash = hashAt(view, key);
    return fields.map((field) => hash?.get(field) ?? null);
  },
});

export const hdel = defineData({
  name: 'HDEL',
  group: 'hash',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'DELETE'])],
  doc: {
    summary: 'Deletes fields of a hash, and the hash with its last field.',
    since: '2.0.0',
    complexity: 'O(N) where N is the number of fields to be removed.',
    history: [['2.4.0', 'Takes several fields.']],
    arguments: [keyArgument, fieldsArgument],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, fields: argv.slice(2) }),
  execute: ({ view }, { key, fields }) => {
    const hash = hashAt(view, key);
    const present = fields.filter((field) => hash?.get(field) !== undefined);
    if (hash === undefined || present.length === 0) return 0;
    const before = hash.size;
    view.apply({ kind: 'deleteFields', key, fields: present });
    return before - hash.size;
  },
});

export const hexists = defineData({
  name: 'HEXISTS',
  group: 'hash',
  arity: 3,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Tells whether a hash has a field.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument],
  },
  parse: (argv) => argv,
  execute: ({ view }, [, key = '', field = '']) => (hashAt(view, key)?.get(field) === undefined ? 0 : 1),
});

export const hstrlen = defineData({
  name: 'HSTRLEN',
  group: 'hash',
  arity: 3,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Returns the length of the value of a field of a hash.',
    since: '3.2.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument],
  },
  parse: (argv) => argv,
  execute: ({ view }, [, key = '', field = '']) => hashAt(view, key)?.get(field)?.length ?? 0,
});
