/** Commands on keys of any type: existence, deletion, renaming, copying. */
import type { ByteString } from '../../resp/bytes.ts';
import { ok, simple } from '../../resp/reply.ts';
import { typeName } from '../../keyspace/value.ts';
import { defineData, type Context } from '../command.ts';
import { CommandError, indexOutOfRange, noSuchKey, syntaxError } from '../command-error.ts';
import { keysFrom, oneKey } from '../key-spec.ts';
import { int32, rangedIntegerOf } from '../numbers.ts';

export const del = defineData({
  name: 'DEL',
  group: 'generic',
  arity: -2,
  flags: ['write'],
  categories: ['keyspace'],
  keys: [keysFrom(['RM', 'DELETE'])],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  doc: {
    summary: 'Deletes keys.',
    since: '1.0.0',
    complexity:
      'O(N) where N is the number of keys that will be removed. When a key to remove holds a value other than a string, the individual complexity for this key is O(M) where M is the number of elements in the list, set, sorted set or hash. Removing a single key that holds a string value is O(1).',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv) => argv.slice(1),
  execute: deleteKeys,
});

function deleteKeys({ view }: Context, keys: readonly ByteString[]): number {
  return count(keys, (key) => view.delete(key));
}

function count(keys: readonly ByteString[], test: (key: ByteString) => boolean): number {
  return keys.reduce((sum, key) => sum + (test(key) ? 1 : 0), 0);
}

export const unlink = defineData({
  name: 'UNLINK',
  group: 'generic',
  arity: -2,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [keysFrom(['RM', 'DELETE'])],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  doc: {
    summary: 'Deletes keys.',
    since: '4.0.0',
    complexity:
      'O(1) for each key removed regardless of its size. Then the command does O(N) work in a different thread in order to reclaim memory, where N is the number of allocations the deleted objects where composed of.',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv) => argv.slice(1),
  execute: deleteKeys,
});

export const exists = defineData({
  name: 'EXISTS',
  group: 'generic',
  arity: -2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [keysFrom(['RO'])],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  doc: {
    summary: 'Counts the keys that exist.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of keys to check.',
    history: [['3.0.3', 'Takes several keys.']],
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv) => argv.slice(1),
  execute: ({ view }, keys) => count(keys, (key) => view.has(key)),
});

export const touch = defineData({
  name: 'TOUCH',
  group: 'generic',
  arity: -2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [keysFrom(['RO'])],
  tips: ['request_policy:multi_shard', 'response_policy:agg_sum'],
  doc: {
    summary: 'Counts the keys that exist, and marks them as used.',
    since: '3.2.1',
    complexity: 'O(N) where N is the number of keys that will be touched.',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0, multiple: true }],
  },
  parse: (argv) => argv.slice(1),
  execute: ({ view }, keys) => count(keys, (key) => view.get(key) !== undefined),
});

export const type = defineData({
  name: 'TYPE',
  group: 'generic',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Names the type of the value at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => {
    const entry = view.find(key);
    return simple(entry === undefined ? 'none' : typeName(entry.value));
  },
});

export const randomkey = defineData({
  name: 'RANDOMKEY',
  group: 'generic',
  arity: 1,
  flags: ['readonly', 'touches_arbitrary_keys'],
  categories: ['keyspace'],
  tips: ['request_policy:all_shards', 'response_policy:special', 'nondeterministic_output'],
  doc: { summary: 'Returns a key, any one.', since: '1.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  execute: ({ view, environment }) => view.random(environment.random)?.key ?? null,
});

export const rename = defineData({
  name: 'RENAME',
  group: 'generic',
  arity: 3,
  flags: ['write'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE']), oneKey(['OW', 'UPDATE'], 2)],
  doc: {
    summary: 'Gives a key another name, over whatever has that name.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'newkey', type: 'key', keySpecIndex: 1 },
    ],
  },
  parse: (argv) => ({ from: argv[1] as ByteString, to: argv[2] as ByteString }),
  execute: ({ view }, { from, to }) => {
    if (!view.has(from)) throw new CommandError(noSuchKey);
    if (from !== to) view.rename(from, { db: view.db, key: to });
    return ok;
  },
});

export const renamenx = defineData({
  name: 'RENAMENX',
  group: 'generic',
  arity: 3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE']), oneKey(['OW', 'INSERT'], 2)],
  doc: {
    summary: 'Gives a key another name, if nothing has that name.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [['3.2.0', 'Both names may be the same.']],
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'newkey', type: 'key', keySpecIndex: 1 },
    ],
  },
  parse: (argv) => ({ from: argv[1] as ByteString, to: argv[2] as ByteString }),
  execute: ({ view }, { from, to }) => {
    if (!view.has(from)) throw new CommandError(noSuchKey);
    if (view.has(to)) return 0;
    view.rename(from, { db: view.db, key: to });
    return 1;
  },
});

export const copy = defineData({
  name: 'COPY',
  group: 'generic',
  arity: -3,
  flags: ['write', 'denyoom'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS']), oneKey(['OW', 'UPDATE'], 2)],
  doc: {
    summary: 'Copies a value to another key.',
    since: '6.2.0',
    complexity: 'O(N) worst case for collections, where N is the number of nested items. O(1) for string values.',
    arguments: [
      { name: 'source', type: 'key', keySpecIndex: 0 },
      { name: 'destination', type: 'key', keySpecIndex: 1 },
      { name: 'destination-db', type: 'integer', token: 'DB', optional: true },
      { name: 'replace', type: 'pure-token', token: 'REPLACE', optional: true },
    ],
  },
  parse: (argv, { server }) => {
    // The selected database is known only when the command runs: a SELECT of the same transaction may come first.
    let db: number | undefined;
    let replace = false;
    for (let i = 3; i < argv.length; i++) {
      const option = (argv[i] as ByteString).toUpperCase();
      if (option === 'REPLACE') replace = true;
      else if (option === 'DB' && i + 1 < argv.length)
        db = checkedIndex(databaseIndexOf(argv[++i] as ByteString), server.configuration.databases);
      else throw new CommandError(syntaxError);
    }
    return { from: argv[1] as ByteString, to: argv[2] as ByteString, db, replace };
  },
  execute: ({ view }, { from, to, db, replace }) => {
    const target = view.in(db ?? view.db);
    if (target === view && from === to) throw new CommandError(sameObjects);
    if (!view.reading.has(from)) return 0;
    if (target.has(to) && !replace) return 0;
    view.copy(from, { db: target.db, key: to });
    return 1;
  },
});

const sameObjects = 'ERR source and destination objects are the same';

function databaseIndexOf(bytes: ByteString): number {
  return rangedIntegerOf(bytes, int32);
}

function checkedIndex(db: number, databases: number): number {
  if (db < 0 || db >= databases) throw new CommandError(indexOutOfRange);
  return db;
}

export const move = defineData({
  name: 'MOVE',
  group: 'generic',
  arity: 3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Moves a key to another database.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'db', type: 'integer' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, db: databaseIndexOf(argv[2] as ByteString) }),
  execute: ({ view }, { key, db }) => {
    const target = view.in(checkedIndex(db, view.keyspace.databaseCount));
    if (target === view) throw new CommandError(sameObjects);
    if (!view.has(key) || target.has(key)) return 0;
    view.rename(key, { db, key }, 'move_from');
    return 1;
  },
});
