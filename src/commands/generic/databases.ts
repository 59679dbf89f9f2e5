/** Commands on whole databases: listing, scanning, counting, emptying. */
import type { ByteString } from '../../resp/bytes.ts';
import { ok, type Reply } from '../../resp/reply.ts';
import type { Entry } from '../../keyspace/database.ts';
import { typeName } from '../../keyspace/value.ts';
import type { Argument } from '../argument.ts';
import { defineData, type Arguments } from '../command.ts';
import { CommandError, indexOutOfRange, shown, syntaxError } from '../command-error.ts';
import { matchesGlob } from '../glob.ts';
import { boundedIntegerOf } from '../numbers.ts';
import { cursorOf, scanCountOf, walk } from '../scan-walk.ts';

export const dbsize = defineData({
  name: 'DBSIZE',
  group: 'server',
  arity: 1,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  tips: ['request_policy:all_shards', 'response_policy:agg_sum'],
  doc: { summary: 'Counts the keys of the selected database.', since: '1.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  execute: ({ view }) => {
    view.expire();
    return view.size;
  },
});

export const keys = defineData({
  name: 'KEYS',
  group: 'generic',
  arity: 2,
  flags: ['readonly'],
  categories: ['keyspace', 'dangerous'],
  tips: ['request_policy:all_shards', 'nondeterministic_output_order'],
  doc: {
    summary: 'Lists the keys that match a pattern.',
    since: '1.0.0',
    complexity:
      'O(N) with N being the number of keys in the database, under the assumption that the key names in the database and the given pattern have limited length.',
    arguments: [{ name: 'pattern', type: 'pattern' }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, pattern) =>
    view.entries().flatMap(({ key }) => (pattern === '*' || matchesGlob(pattern, key) ? [key] : [])),
});

export const scan = defineData({
  name: 'SCAN',
  group: 'generic',
  arity: -2,
  flags: ['readonly', 'touches_arbitrary_keys'],
  categories: ['keyspace'],
  tips: ['nondeterministic_output', 'request_policy:special', 'response_policy:special'],
  doc: {
    summary: 'Walks through the keys of the selected database, some at a time.',
    since: '2.8.0',
    history: [['6.0.0', 'Takes `TYPE`.']],
    complexity:
      'O(1) for every call. O(N) for a complete iteration, including enough command calls for the cursor to return back to 0. N is the number of elements inside the collection.',
    arguments: [
      { name: 'cursor', type: 'integer' },
      { name: 'pattern', type: 'pattern', token: 'MATCH', optional: true },
      { name: 'count', type: 'integer', token: 'COUNT', optional: true },
      { name: 'type', type: 'string', token: 'TYPE', optional: true, since: '6.0.0' },
    ],
  },
  parse: (argv) => parseScan(argv),
  execute: ({ view }, { cursor, pattern, count, type }) => {
    const keys: Reply[] = [];
    const next = walk<[Entry]>(
      (from, visit) => view.scan(from, visit),
      { cursor, count },
      ({ key, value }) => {
        if (pattern !== undefined && !matchesGlob(pattern, key)) return;
        if (type === undefined || type === typeName(value)) keys.push(key);
      },
    );
    return [String(next), keys];
  },
});

interface ScanArguments {
  readonly cursor: number;
  pattern: ByteString | undefined;
  count: number;
  type: string | undefined;
}

function parseScan(argv: Arguments): ScanArguments {
  const parsed: ScanArguments = {
    cursor: cursorOf(argv[1] as ByteString),
    pattern: undefined,
    count: 10,
    type: undefined,
  };
  for (let i = 2; i < argv.length; i += 2) {
    const option = (argv[i] as ByteString).toUpperCase();
    const value = argv[i + 1];
    if (value === undefined) throw new CommandError(syntaxError);
    if (option === 'MATCH') parsed.pattern = value === '*' ? undefined : value;
    else if (option === 'TYPE') parsed.type = typeOf(value);
    else if (option === 'COUNT') parsed.count = scanCountOf(value);
    else throw new CommandError(syntaxError);
  }
  return parsed;
}

/** The types of Valkey, whether or not this release has them. */
const typeNames = ['string', 'list', 'set', 'zset', 'hash', 'stream'];

function typeOf(word: ByteString): string {
  const name = word.toLowerCase();
  if (!typeNames.includes(name)) throw new CommandError(`ERR unknown type name '${shown(word)}'`);
  return name;
}

const flushHistory = [
  ['4.0.0', 'Takes `ASYNC`.'],
  ['6.2.0', 'Takes `SYNC`.'],
] as const;

const flushType: Argument = {
  name: 'flush-type',
  type: 'oneof',
  optional: true,
  arguments: [
    { name: 'async', type: 'pure-token', token: 'ASYNC', since: '4.0.0' },
    { name: 'sync', type: 'pure-token', token: 'SYNC', since: '6.2.0' },
  ],
};

export const flushdb = defineData({
  name: 'FLUSHDB',
  group: 'server',
  arity: -1,
  flags: ['write'],
  categories: ['keyspace', 'dangerous'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Deletes all keys of the selected database.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of keys in the selected database',
    history: flushHistory,
    arguments: [flushType],
  },
  parse: (argv) => {
    parseFlush(argv);
  },
  execute: ({ view }) => {
    view.flush();
    return ok;
  },
});

export const flushall = defineData({
  name: 'FLUSHALL',
  group: 'server',
  arity: -1,
  flags: ['write'],
  categories: ['keyspace', 'dangerous'],
  tips: ['request_policy:all_shards', 'response_policy:all_succeeded'],
  doc: {
    summary: 'Deletes all keys of all databases.',
    since: '1.0.0',
    complexity: 'O(N) where N is the total number of keys in all databases',
    history: flushHistory,
    arguments: [flushType],
  },
  parse: (argv) => {
    parseFlush(argv);
  },
  execute: ({ view }) => {
    for (let db = 0; db < view.keyspace.databaseCount; db++) view.in(db).flush();
    return ok;
  },
});

/** ASYNC and SYNC make no difference here: a database is let go as a whole. */
function parseFlush(argv: Arguments): void {
  const option = argv[1]?.toUpperCase();
  if (argv.length > 2 || (option !== undefined && option !== 'ASYNC' && option !== 'SYNC')) {
    throw new CommandError(syntaxError);
  }
}

export const swapdb = defineData({
  name: 'SWAPDB',
  group: 'server',
  arity: 3,
  flags: ['write', 'fast'],
  categories: ['keyspace', 'dangerous'],
  doc: {
    summary: 'Exchanges two databases.',
    since: '4.0.0',
    complexity: 'O(N) where N is the count of clients watching or blocking on keys from both databases.',
    arguments: [
      { name: 'index1', type: 'integer' },
      { name: 'index2', type: 'integer' },
    ],
  },
  parse: (argv) => ({
    first: boundedIntegerOf(argv[1] as ByteString, -(2 ** 31), 2 ** 31 - 1, 'ERR invalid first DB index'),
    second: boundedIntegerOf(argv[2] as ByteString, -(2 ** 31), 2 ** 31 - 1, 'ERR invalid second DB index'),
  }),
  execute: ({ view }, { first, second }) => {
    const { databaseCount } = view.keyspace;
    if (Math.min(first, second) < 0 || Math.max(first, second) >= databaseCount)
      throw new CommandError(indexOutOfRange);
    if (first === second) return ok;
    // Nobody who watches a key is to be told of one that has expired.
    for (const db of [first, second]) view.in(db).expire();
    if (view.in(first).size + view.in(second).size > 0) {
      view.keyspace.apply({ kind: 'swap', db: first, withDb: second });
    }
    return ok;
  },
});
