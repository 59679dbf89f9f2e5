/** When fields expire: HEXPIRE, its kin, and HPERSIST. The answer tells of each field what became of it. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import type { Argument } from '../argument.ts';
import { defineData, type Arguments, type Context, type DataCommand } from '../command.ts';
import { allows, expiryCondition, parseConditions, type Conditions } from '../expiry-condition.ts';
import { expiryTime, type Expiry } from '../expiry-option.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { countedArgument, countedFields, fieldsArgument, indexOfFields, keyArgument } from './arguments.ts';
import { expiringOf, setExpiry } from './field-expiry.ts';

const since = '9.0.0';

interface Expiring {
  readonly name: string;
  readonly unit: Expiry['unit'];
  readonly time: string;
  readonly when: string;
  /** As Valkey tells it: of HEXPIRE it does not say since when. */
  readonly condition?: Argument;
}

function expiring({ name, unit, time, when, condition = { ...expiryCondition, since } }: Expiring): DataCommand {
  return defineData({
    name,
    group: 'hash',
    arity: -6,
    flags: ['write', 'fast'],
    categories: ['hash'],
    keys: [oneKey(['RW', 'UPDATE'])],
    doc: {
      summary: `Sets the expiry of fields of a hash, in ${when}.`,
      since,
      complexity: 'O(N) where N is the number of specified fields.',
      arguments: [keyArgument, { name: time, type: 'integer' }, condition, countedArgument(fieldsArgument)],
    },
    parse: (argv) => parseExpire(argv, unit),
    execute: (context, args) => expireFields(context, args, name.toLowerCase()),
  });
}

export const hexpire = expiring({
  name: 'HEXPIRE',
  unit: 'EX',
  time: 'seconds',
  when: 'seconds from now',
  condition: expiryCondition,
});

export const hpexpire = expiring({
  name: 'HPEXPIRE',
  unit: 'PX',
  time: 'milliseconds',
  when: 'milliseconds from now',
});

export const hexpireat = expiring({
  name: 'HEXPIREAT',
  unit: 'EXAT',
  time: 'unix-time-seconds',
  when: 'seconds since 1970',
});

export const hpexpireat = expiring({
  name: 'HPEXPIREAT',
  unit: 'PXAT',
  time: 'unix-time-milliseconds',
  when: 'milliseconds since 1970',
});

interface ExpireArguments {
  readonly key: ByteString;
  readonly expiry: Expiry;
  readonly conditions: Conditions;
  readonly fields: Arguments;
}

function parseExpire(argv: Arguments, unit: Expiry['unit']): ExpireArguments {
  const [, key = '', text = ''] = argv;
  const at = indexOfFields(argv, 3);
  const conditions = parseConditions(argv.slice(3, at));
  return { key, expiry: { unit, text }, conditions, fields: countedFields(argv, at + 1) };
}

const missing = -2;
const refused = 0;
const set = 1;
const deleted = 2;

function expireFields(context: Context, { key, expiry, conditions, fields }: ExpireArguments, name: string): Reply {
  const { view } = context;
  const expireAt = expiryTime(expiry, view.now, name, 0n);
  const hash = hashAt(view, key);
  const isPast = expireAt <= view.now;
  // A field that is named again is as it was left.
  const changed = new Set<ByteString>();
  const answers = fields.map((field) => {
    const again = changed.has(field);
    if (hash?.get(field) === undefined || (again && isPast)) return missing;
    if (!allows(conditions, again ? expireAt : hash.expiryOf(field), expireAt)) return refused;
    changed.add(field);
    return isPast ? deleted : set;
  });
  if (changed.size > 0) setExpiry(context, key, { fields: [...changed], expireAt });
  return answers;
}

export const hpersist = defineData({
  name: 'HPERSIST',
  group: 'hash',
  arity: -5,
  flags: ['write', 'fast'],
  categories: ['hash'],
  keys: [oneKey(['RW', 'UPDATE'])],
  doc: {
    summary: 'Takes the expiry of fields of a hash away.',
    since,
    complexity: 'O(N) where N is the number of specified fields.',
    arguments: [keyArgument, countedArgument(fieldsArgument)],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, fields: countedFields(argv, 3) }),
  execute: (context, { key, fields }) => {
    const hash = hashAt(context.view, key);
    const expiring = expiringOf(hash, fields);
    const persisted = new Set<ByteString>();
    const answers = fields.map((field) => {
      if (hash?.get(field) === undefined) return missing;
      if (!expiring.has(field) || persisted.has(field)) return -1;
      persisted.add(field);
      return set;
    });
    if (expiring.size > 0) setExpiry(context, key, { fields: [...expiring], expireAt: undefined });
    return answers;
  },
});
