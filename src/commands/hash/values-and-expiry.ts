/** Commands on values of fields that set expiries as well, or delete what they return. */
import { ExpiryGroups } from '../../keyspace/hash/expiry-groups.ts';
import type { HashValue } from '../../keyspace/hash/hash-value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { defineData, type Arguments, type Context } from '../command.ts';
import { expirationArgument, expiryTime } from '../expiry-option.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import {
  countedArgument,
  countedFields,
  fieldsArgument,
  indexOfFields,
  keyArgument,
  pairsArgument,
} from './arguments.ts';
import { parseOptions, type Options } from './expiry-options.ts';
import { expiringOf, setExpiry } from './field-expiry.ts';

export const hgetdel = defineData({
  name: 'HGETDEL',
  group: 'hash',
  arity: -5,
  flags: ['write', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE'])],
  doc: {
    summary: 'Returns the values of fields of a hash and deletes the fields.',
    since: '9.1.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, fields: countedFields(argv, 3) }),
  execute: ({ view }, { key, fields }) => {
    const { values, present } = takeValues(hashAt(view, key), fields);
    if (present.length > 0) view.apply({ kind: 'deleteFields', key, fields: present });
    return values;
  },
});

/** The values as whoever deletes one field after the other finds them: of each field once. */
function takeValues(
  hash: HashValue | undefined,
  fields: Arguments,
): { values: readonly (ByteString | null)[]; present: readonly ByteString[] } {
  const present = new Set<ByteString>();
  const values = fields.map((field) => {
    const value = hash?.get(field);
    if (value === undefined || present.has(field)) return null;
    present.add(field);
    return value;
  });
  return { values, present: [...present] };
}

export const hgetex = defineData({
  name: 'HGETEX',
  group: 'hash',
  arity: -5,
  flags: ['write', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'ACCESS'])],
  doc: {
    summary: 'Returns the values of fields of a hash and sets or clears their expiry.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, expirationArgument('PERSIST'), countedArgument(fieldsArgument)],
  },
  parse: (argv) => {
    const at = indexOfFields(argv, 2);
    const { expiration } = parseOptions(argv.slice(2, at), { alternative: 'PERSIST', conditional: false });
    return { key: argv[1] as ByteString, expiration, fields: countedFields(argv, at + 1) };
  },
  execute: (context, { key, expiration, fields }) => {
    const { now } = context.view;
    const hash = hashAt(context.view, key);
    const expireAt = typeof expiration === 'object' ? expiryTime(expiration, now, 'hgetex', 0n) : undefined;
    const { values, present } = takeValues(hash, fields);
    const deletes = expireAt !== undefined && expireAt <= now;
    const answer = deletes ? values : fields.map((field) => hash?.get(field) ?? null);
    const changed = expiration === 'PERSIST' ? [...expiringOf(hash, present)] : present;
    if (expiration !== undefined && changed.length > 0) setExpiry(context, key, { fields: changed, expireAt });
    return answer;
  },
});

export const hsetex = defineData({
  name: 'HSETEX',
  group: 'hash',
  arity: -6,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'INSERT'])],
  doc: {
    summary: 'Sets fields of a hash and their expiry.',
    since: '9.0.0',
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [
      keyArgument,
      {
        name: 'key-condition',
        type: 'oneof',
        optional: true,
        arguments: [
          { name: 'nx', type: 'pure-token', token: 'NX' },
          { name: 'xx', type: 'pure-token', token: 'XX' },
        ],
      },
      {
        name: 'fields-condition',
        type: 'oneof',
        optional: true,
        arguments: [
          { name: 'fnx', type: 'pure-token', token: 'FNX' },
          { name: 'fxx', type: 'pure-token', token: 'FXX' },
        ],
      },
      expirationArgument('KEEPTTL'),
      countedArgument(pairsArgument),
    ],
  },
  parse: (argv) => {
    const at = indexOfFields(argv, 2);
    const options = parseOptions(argv.slice(2, at), { alternative: 'KEEPTTL', conditional: true });
    return { key: argv[1] as ByteString, options, pairs: countedFields(argv, at + 1, { perField: 2 }) };
  },
  execute: (context, { key, options, pairs }) => {
    const { view } = context;
    const { expiration } = options;
    const hash = hashAt(view, key);
    if (options.keyCondition !== undefined && (options.keyCondition === 'NX') !== (hash === undefined)) return 0;
    const expireAt = typeof expiration === 'object' ? expiryTime(expiration, view.now, 'hsetex', 0n) : undefined;
    const fields = pairs.filter((_, i) => i % 2 === 0);
    if (!holds(options.fieldCondition, hash, fields)) return 0;
    return setFields(context, { key, pairs, fields, expireAt, keepsExpiry: expiration === 'KEEPTTL' });
  },
});

function holds(
  condition: Options['fieldCondition'],
  hash: HashValue | undefined,
  fields: readonly ByteString[],
): boolean {
  if (condition === undefined) return true;
  return fields.every((field) => (hash?.get(field) === undefined) === (condition === 'FNX'));
}

interface Setting {
  readonly key: ByteString;
  /** Fields and values in turn. */
  readonly pairs: readonly ByteString[];
  readonly fields: readonly ByteString[];
  readonly expireAt: number | undefined;
  readonly keepsExpiry: boolean;
}

function setFields(context: Context, { key, pairs, fields, expireAt, keepsExpiry }: Setting): Reply {
  const { view } = context;
  const hash = hashAt(view, key);
  if (expireAt !== undefined && expireAt <= view.now) {
    const { present } = takeValues(hash, fields);
    if (present.length > 0) setExpiry(context, key, { fields: present, expireAt });
    return 1;
  }
  const kept = new ExpiryGroups<number>();
  for (const field of keepsExpiry ? expiringOf(hash, fields) : []) kept.add(field, hash?.expiryOf(field) as number);
  view.apply({ kind: 'setFields', key, fields: pairs });
  if (expireAt !== undefined) view.apply({ kind: 'setFieldExpiry', key, fields, expireAt });
  for (const [keptAt, group] of kept) {
    view.apply({ kind: 'setFieldExpiry', key, fields: group, expireAt: keptAt, event: '' });
  }
  return 1;
}
