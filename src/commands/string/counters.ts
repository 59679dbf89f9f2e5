/** Strings that hold numbers. */
import type { ByteString } from '../../resp/bytes.ts';
import { int64Min, parseInteger } from '../../resp/integer.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData, type Context } from '../command.ts';
import { CommandError, notAFloat, notAnInteger } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { add, format, isFinite, parseLongDouble } from '../long-double.ts';
import { integerOf, sumOf } from '../numbers.ts';
import { stringAt } from '../values.ts';

export const incr = defineData({
  name: 'INCR',
  group: 'string',
  arity: 2,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds one to the integer at a key; a missing key counts as zero.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => increment(context, key, 1),
});

export const decr = defineData({
  name: 'DECR',
  group: 'string',
  arity: 2,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Subtracts one from the integer at a key; a missing key counts as zero.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [{ name: 'key', type: 'key', keySpecIndex: 0 }],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: (context, key) => increment(context, key, -1),
});

export const incrby = defineData({
  name: 'INCRBY',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds a number to the integer at a key; a missing key counts as zero.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'increment', type: 'integer' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, by: integerOf(argv[2] as ByteString) }),
  execute: (context, { key, by }) => increment(context, key, by),
});

export const decrby = defineData({
  name: 'DECRBY',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Subtracts a number from the integer at a key; a missing key counts as zero.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'decrement', type: 'integer' },
    ],
  },
  parse: (argv) => {
    const by = integerOf(argv[2] as ByteString);
    if (by === int64Min) throw new CommandError('ERR decrement would overflow');
    return { key: argv[1] as ByteString, by: -by };
  },
  execute: (context, { key, by }) => increment(context, key, by),
});

function increment({ view }: Context, key: ByteString, by: number | bigint): Reply {
  const old = parseInteger(stringAt(view, key) ?? '0');
  if (old === undefined) throw new CommandError(notAnInteger);
  const sum = sumOf(old, by);
  view.setString(key, sum.toString(), 'incrby');
  return sum;
}

export const incrbyfloat = defineData({
  name: 'INCRBYFLOAT',
  group: 'string',
  arity: 3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['string'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds a floating-point number to the one at a key; a missing key counts as zero.',
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'key', type: 'key', keySpecIndex: 0 },
      { name: 'increment', type: 'double' },
    ],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, text: argv[2] as ByteString }),
  execute: ({ view }, { key, text }) => {
    const old = parseLongDouble(stringAt(view, key) ?? '0');
    const by = parseLongDouble(text);
    if (old === undefined || by === undefined) throw new CommandError(notAFloat);
    const sum = isFinite(old) && isFinite(by) ? add(old, by) : undefined;
    if (sum === undefined || !isFinite(sum)) throw new CommandError('ERR increment would produce NaN or Infinity');
    const value = format(sum);
    view.setString(key, value, 'incrbyfloat');
    return value;
  },
});
