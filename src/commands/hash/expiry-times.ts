/** How long fields live still, and until when. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { syntaxError } from '../command-error.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { toSeconds } from '../expiry-condition.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { countedArgument, countedFields, fieldsArgument, keyArgument } from './arguments.ts';

export const httl = defineData({
  name: 'HTTL',
  group: 'hash',
  arity: -5,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the seconds until fields of a hash expire.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => parseTimes(argv),
  execute: (context, args) => timesOf(context, args, (expireAt, now) => toSeconds(Math.max(0, expireAt - now))),
});

export const hpttl = defineData({
  name: 'HPTTL',
  group: 'hash',
  arity: -5,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the milliseconds until fields of a hash expire.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => parseTimes(argv),
  execute: (context, args) => timesOf(context, args, (expireAt, now) => Math.max(0, expireAt - now)),
});

export const hexpiretime = defineData({
  name: 'HEXPIRETIME',
  group: 'hash',
  arity: -5,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns when fields of a hash expire, in seconds since 1970.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => parseTimes(argv),
  execute: (context, args) => timesOf(context, args, toSeconds),
});

export const hpexpiretime = defineData({
  name: 'HPEXPIRETIME',
  group: 'hash',
  arity: -5,
  flags: ['readonly', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns when fields of a hash expire, in milliseconds since 1970.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => parseTimes(argv),
  execute: (context, args) => timesOf(context, args, (expireAt) => expireAt),
});

interface TimesArguments {
  readonly key: ByteString;
  readonly fields: Arguments;
}

function parseTimes(argv: Arguments): TimesArguments {
  return { key: argv[1] as ByteString, fields: countedFields(argv, 3, { mismatch: syntaxError }) };
}

/** -2 for a field that is missing, -1 for one that does not expire. */
function timesOf(
  { view }: Context,
  { key, fields }: TimesArguments,
  convert: (expireAt: number, now: number) => number,
): Reply {
  const hash = hashAt(view, key);
  return fields.map((field) => {
    if (hash?.get(field) === undefined) return -2;
    const expireAt = hash.expiryOf(field);
    return expireAt === undefined ? -1 : convert(expireAt, view.now);
  });
}
