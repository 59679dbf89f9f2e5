/** Reading and setting whole strings, one key at a time. */
import type { Value } from '../../keyspace/value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { ok, type Reply } from '../../resp/reply.ts';
import { defineData, type Context } from '../command.ts';
import { CommandError, syntaxError, wrongType } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { expirationArgument, expiryTime, expiryUnit, type Expiry } from '../expiry-option.ts';
import { isCollection, stringAt } from '../values.ts';

export const get = defineData({
  name: 'GET',
  group: 'string',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Returns the string at a key.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => stringAt(view, key) ?? null,
});

export const set = defineData({
  name: 'SET',
  group: 'string',
  arity: -3,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE', 'variable_flags'])],
  variableKeyFlags: (argv) =>
    argv.slice(3).some((word) => word.toUpperCase() === 'GET') ? ['RW', 'access', 'update'] : ['OW', 'update'],
  doc: {
    summary: 'Sets a key to a string, whatever it held before.',
    since: '1.0.0',
    complexity: 'O(1)',
    history: [
      ['2.6.12', 'Takes `EX`, `PX`, `NX` and `XX`.'],
      ['6.0.0', 'Takes `KEEPTTL`.'],
      ['6.2.0', 'Takes `GET`, `EXAT` and `PXAT`.'],
      ['7.0.0', 'Takes `NX` and `GET` together.'],
      ['8.1.0', 'Takes `IFEQ`.'],
    ],
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'value', type: 'string' },
      {
        name: 'condition',
        type: 'oneof',
        optional: true,
        since: '2.6.12',
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
          { name: 'comparison-value', type: 'string', token: 'IFEQ', since: '8.1.0' },
        ],
      },
      { name: 'get', type: 'pure-token', token: 'GET', optional: true, since: '6.2.0' },
      {
        name: 'expiration',
        type: 'oneof',
        optional: true,
        arguments: [
          { name: 'seconds', type: 'integer', token: 'EX', since: '2.6.12' },
          { name: 'milliseconds', type: 'integer', token: 'PX', since: '2.6.12' },
          { name: 'unix-time-seconds', type: 'unix-time', token: 'EXAT', since: '6.2.0' },
          { name: 'unix-time-milliseconds', type: 'unix-time', token: 'PXAT', since: '6.2.0' },
          { name: 'keepttl', type: 'pure-token', token: 'KEEPTTL', since: '6.0.0' },
        ],
      },
    ],
  },
  parse: (argv) => parseSet(argv),
  execute: ({ view }, { key, value, condition, get, keepTtl, expiry }) => {
    const expireAt = expiry === undefined ? undefined : expiryTime(expiry, view.now, 'set');
    // The plain SET, of which there are the most, need not know what was there.
    const looks = get || keepTtl || condition !== undefined;
    const old = looks ? (get ? view.reading : view).get(key) : undefined;
    if ((get || condition?.kind === 'IFEQ') && isCollection(old)) throw new CommandError(wrongType);
    const answer = typeof old === 'string' && get ? old : null;
    if (!holds(condition, old)) return answer;
    if (keepTtl) view.setString(key, value);
    else view.setStringExpiring(key, value, expireAt);
    return get ? answer : ok;
  },
});

type Condition = { readonly kind: 'NX' | 'XX' } | { readonly kind: 'IFEQ'; readonly value: ByteString } | undefined;

function holds(condition: Condition, old: Value | undefined): boolean {
  switch (condition?.kind) {
    case undefined:
      return true;
    case 'NX':
      return old === undefined;
    case 'XX':
      return old !== undefined;
    case 'IFEQ':
      return old === condition.value;
  }
}

interface SetArguments {
  readonly key: ByteString;
  readonly value: ByteString;
  condition: Condition;
  get: boolean;
  keepTtl: boolean;
  expiry: Expiry | undefined;
}

function parseSet(argv: readonly ByteString[]): SetArguments {
  const parsed: SetArguments = {
    key: argv[1] as ByteString,
    value: argv[2] as ByteString,
    condition: undefined,
    get: false,
    keepTtl: false,
    expiry: undefined,
  };
  for (let i = 3; i < argv.length; i++) i = parseSetOption(parsed, argv, i);
  return parsed;
}

/** Takes the option at `at`, and returns the place of its last word. */
function parseSetOption(parsed: SetArguments, argv: readonly ByteString[], at: number): number {
  const option = (argv[at] as ByteString).toUpperCase();
  const next = argv[at + 1];
  if (option === 'GET') {
    parsed.get = true;
    return at;
  }
  if (option === 'NX' || option === 'XX') {
    if (parsed.condition !== undefined && parsed.condition.kind !== option) throw new CommandError(syntaxError);
    parsed.condition = { kind: option };
    return at;
  }
  if (option === 'IFEQ' && next !== undefined && parsed.condition === undefined) {
    parsed.condition = { kind: 'IFEQ', value: next };
    return at + 1;
  }
  if (option === 'KEEPTTL' && parsed.expiry === undefined) {
    parsed.keepTtl = true;
    return at;
  }
  const unit = expiryUnit(option);
  if (unit === undefined || next === undefined || parsed.keepTtl || (parsed.expiry?.unit ?? unit) !== unit) {
    throw new CommandError(syntaxError);
  }
  parsed.expiry = { unit, text: next };
  return at + 1;
}

export const setnx = defineData({
  name: 'SETNX',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['OW', 'INSERT'])],
  doc: {
    summary: 'Sets a key to a string if the key does not exist.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecatedSince: '2.6.12',
    replacedBy: '`SET` with the `NX` argument',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, value: argv[2] as ByteString }),
  execute: ({ view }, { key, value }) => {
    if (view.has(key)) return 0;
    view.setString(key, value);
    return 1;
  },
});

export const setex = defineData({
  name: 'SETEX',
  group: 'string',
  arity: 4,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [oneKey(['OW', 'UPDATE'])],
  doc: {
    summary: 'Sets a key to a string that expires after some seconds.',
    since: '2.0.0',
    complexity: 'O(1)',
    deprecatedSince: '2.6.12',
    replacedBy: '`SET` with the `EX` argument',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'seconds', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => parseSetExpiring(argv, 'EX'),
  execute: (context, args) => setExpiring(context, args, 'setex'),
});

export const psetex = defineData({
  name: 'PSETEX',
  group: 'string',
  arity: 4,
  flags: ['write', 'denyoom'],
  categories: ['string'],
  keys: [oneKey(['OW', 'UPDATE'])],
  doc: {
    summary: 'Sets a key to a string that expires after some milliseconds.',
    since: '2.6.0',
    complexity: 'O(1)',
    deprecatedSince: '2.6.12',
    replacedBy: '`SET` with the `PX` argument',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'milliseconds', type: 'integer' },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => parseSetExpiring(argv, 'PX'),
  execute: (context, args) => setExpiring(context, args, 'psetex'),
});

interface SetExpiring {
  readonly key: ByteString;
  readonly expiry: Expiry;
  readonly value: ByteString;
}

function parseSetExpiring(argv: readonly ByteString[], unit: Expiry['unit']): SetExpiring {
  return { key: argv[1] as ByteString, expiry: { unit, text: argv[2] as ByteString }, value: argv[3] as ByteString };
}

function setExpiring({ view }: Context, { key, expiry, value }: SetExpiring, name: string): Reply {
  view.setStringExpiring(key, value, expiryTime(expiry, view.now, name));
  return ok;
}

export const getset = defineData({
  name: 'GETSET',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Sets a key to a string and returns the one before.',
    since: '1.0.0',
    complexity: 'O(1)',
    deprecatedSince: '6.2.0',
    replacedBy: '`SET` with the `!GET` argument',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'value', type: 'string' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, value: argv[2] as ByteString }),
  execute: ({ view }, { key, value }) => {
    const old = stringAt(view.reading, key) ?? null;
    view.setStringExpiring(key, value, undefined);
    return old;
  },
});

export const getdel = defineData({
  name: 'GETDEL',
  group: 'string',
  arity: 2,
  flags: ['write', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE'])],
  doc: {
    summary: 'Returns the string at a key and deletes the key.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => {
    const old = stringAt(view.reading, key) ?? null;
    if (old !== null) view.delete(key);
    return old;
  },
});

export const getex = defineData({
  name: 'GETEX',
  group: 'string',
  arity: -2,
  flags: ['write', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Returns the string at a key and sets or clears its expiry.',
    since: '6.2.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }, expirationArgument('PERSIST')],
  },
  parse: (argv) => {
    let expiry: Expiry | 'persist' | undefined;
    for (let i = 2; i < argv.length; i++) {
      const option = (argv[i] as ByteString).toUpperCase();
      const unit = expiryUnit(option);
      const text = unit === undefined ? undefined : argv[i + 1];
      // The same option twice is taken, two different ones are not.
      const before = typeof expiry === 'object' ? expiry.unit : expiry?.toUpperCase();
      if ((before ?? option) !== option || (option !== 'PERSIST' && text === undefined)) {
        throw new CommandError(syntaxError);
      }
      if (unit === undefined || text === undefined) {
        expiry = 'persist';
      } else {
        expiry = { unit, text };
        i++;
      }
    }
    return { key: argv[1] as ByteString, expiry };
  },
  execute: ({ view }, { key, expiry }) => {
    const value = stringAt(view.reading, key);
    if (value === undefined) return null;
    if (expiry === 'persist') view.setExpiry(key, undefined);
    else if (expiry !== undefined) view.setExpiry(key, expiryTime(expiry, view.now, 'getex'));
    return value;
  },
});
