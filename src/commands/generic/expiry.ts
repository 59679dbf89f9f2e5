/** When keys expire. */
import type { ByteString } from '../../resp/bytes.ts';
import { int64Max, int64Min } from '../../resp/integer.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Argument } from '../argument.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { CommandError } from '../command-error.ts';
import { allows, expiryCondition, parseConditions, toSeconds, type Conditions } from '../expiry-condition.ts';
import { oneKey } from '../key-spec.ts';
import { integerOf } from '../numbers.ts';

const expireHistory = [['7.0.0', 'Takes `NX`, `XX`, `GT` and `LT`.']] as const;

const condition: Argument = { ...expiryCondition, since: '7.0.0' };

export const expire = defineData({
  name: 'EXPIRE',
  group: 'generic',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets the expiry of a key, in seconds from now.',
    history: expireHistory,
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }, { name: 'seconds', type: 'integer' }, condition],
  },
  parse: (argv) => parseExpire(argv),
  execute: (context, args) => expireKey(context, args, { name: 'expire', factor: 1000n, relative: true }),
});

export const pexpire = defineData({
  name: 'PEXPIRE',
  group: 'generic',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets the expiry of a key, in milliseconds from now.',
    history: expireHistory,
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }, { name: 'milliseconds', type: 'integer' }, condition],
  },
  parse: (argv) => parseExpire(argv),
  execute: (context, args) => expireKey(context, args, { name: 'pexpire', factor: 1n, relative: true }),
});

export const expireat = defineData({
  name: 'EXPIREAT',
  group: 'generic',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets the expiry of a key, in seconds since 1970.',
    history: expireHistory,
    since: '1.2.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'unix-time-seconds', type: 'unix-time' },
      condition,
    ],
  },
  parse: (argv) => parseExpire(argv),
  execute: (context, args) => expireKey(context, args, { name: 'expireat', factor: 1000n, relative: false }),
});

export const pexpireat = defineData({
  name: 'PEXPIREAT',
  group: 'generic',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Sets the expiry of a key, in milliseconds since 1970.',
    history: expireHistory,
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'unix-time-milliseconds', type: 'unix-time' },
      condition,
    ],
  },
  parse: (argv) => parseExpire(argv),
  execute: (context, args) => expireKey(context, args, { name: 'pexpireat', factor: 1n, relative: false }),
});

interface ExpireArguments {
  readonly key: ByteString;
  readonly value: bigint;
  readonly conditions: Conditions;
}

function parseExpire(argv: Arguments): ExpireArguments {
  const conditions = parseConditions(argv.slice(3));
  return { key: argv[1] as ByteString, value: BigInt(integerOf(argv[2] as ByteString)), conditions };
}

interface Unit {
  readonly name: string;
  /** Milliseconds. */
  readonly factor: bigint;
  readonly relative: boolean;
}

function expireKey({ view }: Context, { key, value, conditions }: ExpireArguments, unit: Unit): Reply {
  const base = unit.relative ? BigInt(view.now) : 0n;
  const time = value * unit.factor;
  if (time > int64Max - base || time < int64Min) {
    throw new CommandError(`ERR invalid expire time in '${unit.name}' command`);
  }
  const entry = view.peek(key);
  if (entry === undefined) return 0;
  // Times beyond 2^53 (the year 287396) are held as that: a double is exact up to there.
  const expireAt = Math.min(Number(time + base), Number.MAX_SAFE_INTEGER);
  if (!allows(conditions, entry.expireAt, expireAt)) return 0;
  view.setExpiry(key, expireAt);
  return 1;
}

export const ttl = defineData({
  name: 'TTL',
  group: 'generic',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the seconds until a key expires.',
    history: [['2.8.0', 'Answers -2 where there is no such key.']],
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => timeOf(context, key, (expireAt, now) => toSeconds(Math.max(0, expireAt - now))),
});

export const pttl = defineData({
  name: 'PTTL',
  group: 'generic',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output'],
  doc: {
    summary: 'Returns the milliseconds until a key expires.',
    history: [['2.8.0', 'Answers -2 where there is no such key.']],
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => timeOf(context, key, (expireAt, now) => Math.max(0, expireAt - now)),
});

export const expiretime = defineData({
  name: 'EXPIRETIME',
  group: 'generic',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns when a key expires, in seconds since 1970.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => timeOf(context, key, (expireAt) => toSeconds(expireAt)),
});

export const pexpiretime = defineData({
  name: 'PEXPIRETIME',
  group: 'generic',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns when a key expires, in milliseconds since 1970.',
    since: '7.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => timeOf(context, key, (expireAt) => expireAt),
});

function timeOf({ view }: Context, key: ByteString, convert: (expireAt: number, now: number) => number): Reply {
  const entry = view.find(key);
  if (entry === undefined) return -2;
  return entry.expireAt === undefined ? -1 : convert(entry.expireAt, view.now);
}

export const persist = defineData({
  name: 'PERSIST',
  group: 'generic',
  arity: 2,
  flags: ['write', 'fast'],
  categories: ['keyspace'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Takes the expiry of a key away.',
    since: '2.2.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => {
    if (view.peek(key)?.expireAt === undefined) return 0;
    view.setExpiry(key, undefined);
    return 1;
  },
});
