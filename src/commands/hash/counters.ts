/** Fields that hold numbers. As they count, they keep their expiry. */
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import { defineData, type Context } from '../command.ts';
import { CommandError, notAFloat } from '../command-error.ts';
import { oneKey } from '../key-spec.ts';
import { add, format, isFinite, parseLongDouble } from '../long-double.ts';
import { integerOf, sumOf } from '../numbers.ts';
import { hashAt } from '../values.ts';
import { fieldArgument, keyArgument } from './arguments.ts';

export const hincrby = defineData({
  name: 'HINCRBY',
  group: 'hash',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds a number to the integer in a field of a hash; a missing field counts as zero.',
    since: '2.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument, { name: 'increment', type: 'integer' }],
  },
  parse: ([, key = '', field = '', text = '']) => ({ key, field, by: integerOf(text) }),
  execute: (context, { key, field, by }) => {
    const old = parseInteger(hashAt(context.view, key)?.get(field) ?? '0');
    if (old === undefined) throw new CommandError('ERR hash value is not an integer');
    const sum = sumOf(old, by);
    setKeepingExpiry(context, { key, field, value: sum.toString(), event: 'hincrby' });
    return sum;
  },
});

export const hincrbyfloat = defineData({
  name: 'HINCRBYFLOAT',
  group: 'hash',
  arity: 4,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'ACCESS', 'UPDATE'])],
  doc: {
    summary: 'Adds a floating-point number to the one in a field of a hash; a missing field counts as zero.',
    since: '2.6.0',
    complexity: 'O(1)',
    arguments: [keyArgument, fieldArgument, { name: 'increment', type: 'double' }],
  },
  parse: ([, key = '', field = '', text = '']) => {
    const by = parseLongDouble(text);
    if (by === undefined) throw new CommandError(notAFloat);
    if (!isFinite(by)) throw new CommandError('ERR value is NaN or Infinity');
    return { key, field, by };
  },
  execute: (context, { key, field, by }) => {
    const old = parseLongDouble(hashAt(context.view, key)?.get(field) ?? '0');
    if (old === undefined) throw new CommandError('ERR hash value is not a float');
    const sum = isFinite(old) ? add(old, by) : old;
    if (!isFinite(sum)) throw new CommandError('ERR increment would produce NaN or Infinity');
    const value = format(sum);
    setKeepingExpiry(context, { key, field, value, event: 'hincrbyfloat' });
    return value;
  },
});

function setKeepingExpiry(
  { view }: Context,
  { key, field, value, event }: { key: ByteString; field: ByteString; value: ByteString; event: string },
): void {
  const expireAt = hashAt(view, key)?.expiryOf(field);
  view.apply({ kind: 'setFields', key, fields: [field, value], event });
  if (expireAt !== undefined) view.apply({ kind: 'setFieldExpiry', key, fields: [field], expireAt, event: '' });
}
