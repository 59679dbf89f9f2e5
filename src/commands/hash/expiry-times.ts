/** How long fields live still, and until when. */
import type { ByteString } from '../../resp/bytes.ts';
import type { Reply } from '../../resp/reply.ts';
import { syntaxError } from '../command-error.ts';
import { defineData, type Arguments, type Context, type DataCommand } from '../command.ts';
import { toSeconds } from '../expiry-condition.ts';
import { oneKey } from '../key-spec.ts';
import { hashAt } from '../values.ts';
import { countedArgument, countedFields, fieldsArgument, keyArgument } from './arguments.ts';

/** What is told of the time, in milliseconds since 1970, at which a field expires. */
type Conversion = (expireAt: number, now: number) => number;

function telling(name: string, summary: string, convert: Conversion): DataCommand {
  return defineData({
    name,
    group: 'hash',
    arity: -5,
    flags: ['readonly', 'fast'],
    categories: ['hash'],
    keys: [oneKey(['RO', 'ACCESS'])],
    doc: {
      summary,
      since: '9.0.0',
      complexity: 'O(N) where N is the number of specified fields.',
      arguments: [keyArgument, countedArgument(fieldsArgument)],
    },
    parse: (argv) => ({ key: argv[1] as ByteString, fields: countedFields(argv, 3, { mismatch: syntaxError }) }),
    execute: (context, args) => timesOf(context, args, convert),
  });
}

export const httl = telling('HTTL', 'Returns the seconds until fields of a hash expire.', (expireAt, now) =>
  toSeconds(Math.max(0, expireAt - now)),
);

export const hpttl = telling('HPTTL', 'Returns the milliseconds until fields of a hash expire.', (expireAt, now) =>
  Math.max(0, expireAt - now),
);

export const hexpiretime = telling(
  'HEXPIRETIME',
  'Returns when fields of a hash expire, in seconds since 1970.',
  toSeconds,
);

export const hpexpiretime = telling(
  'HPEXPIRETIME',
  'Returns when fields of a hash expire, in milliseconds since 1970.',
  (expireAt) => expireAt,
);

/** -2 for a field that is missing, -1 for one that does not expire. */
function timesOf(
  { view }: Context,
  { key, fields }: { readonly key: ByteString; readonly fields: Arguments },
  convert: Conversion,
): Reply {
  const hash = hashAt(view, key);
  return fields.map((field) => {
    if (hash?.get(field) === undefined) return -2;
    const expireAt = hash.expiryOf(field);
    return expireAt === undefined ? -1 : convert(expireAt, view.now);
  });
}
