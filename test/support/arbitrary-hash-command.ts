/** Random commands on hashes, good and bad, among some that put other types and expiries in their way. */
import fc from 'fast-check';
import { arbitraryKeys, integer, optional, some, text, token, unixMs, unixSeconds, words } from './arbitrary-words.ts';

/** Few, so that most commands meet a hash that others have left. */
const key = fc.constantFrom(...arbitraryKeys.slice(0, 3));
/** Few as well, so that many are named twice. */
const field = fc.oneof({ weight: 9, arbitrary: token('f', 'g', 'h', '1', '') }, text);
const number = fc.oneof(
  { weight: 3, arbitrary: integer },
  token('0.1', '-0.2', '3.0e3', '1e4932', 'inf', '-inf', 'nan', '.5', '5.', '0x1p3', '-1e-7', '123456789.123456789'),
);
const value = fc.oneof(number, text);
const pairs = fc.array(fc.tuple(field, value), { minLength: 1, maxLength: 4 }).map((found) => found.flat());
/** Enough for a table, here and there. */
const manyPairs = fc
  .tuple(fc.integer({ min: 60, max: 200 }), token('', 'x'.repeat(65)))
  .map(([count, filler]) => Array.from({ length: count }, (_, i) => [`f${i}`, filler]).flat());
const pattern = token('*', 'f*', '?', '[fg]', '', '[^f]', '\\f');

const change: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: words('HSET', key, pairs) },
  words('HSET', key, some(field, 5)),
  words('HSET', key, manyPairs),
  words('HMSET', key, pairs),
  words('hmset', key, some(field)),
  words('HSETNX', key, field, value),
  { weight: 4, arbitrary: words('HDEL', key, some(field)) },
  { weight: 3, arbitrary: words('HINCRBY', key, field, number) },
  { weight: 3, arbitrary: words('HINCRBYFLOAT', key, field, number) },
);

const read: fc.Arbitrary<string[]> = fc.oneof(
  words('HGET', key, field),
  words('HMGET', key, some(field)),
  words('HGETALL', key),
  words('HEXISTS', key, field),
  words('HLEN', key),
  words('HSTRLEN', key, field),
  words('HKEYS', key),
  words('HVALS', key),
  // Nothing, all, or an error: chance decides the rest.
  words(
    'HRANDFIELD',
    key,
    token('0', '1000', '9223372036854775807', '-9223372036854775808', '4611686018427387904', 'x', ''),
    optional(token('WITHVALUES', 'withvalues', 'FOO'), optional(token('x'))),
  ),
  words(
    'HSCAN',
    key,
    token('0', '0', '0', 'x', '1.5', '18446744073709551616'),
    fc
      .array(
        fc.oneof(words('COUNT', token('1000')), words('MATCH', pattern), words('COUNT', integer.filter(isRefused))),
        { maxLength: 2 },
      )
      .map((options) => ['COUNT', '1000', ...options.flat()]),
    optional(token('FOO', 'MATCH', 'COUNT')),
  ),
);

/** As a count. Others would show where a table keeps its elements. */
function isRefused(word: string): boolean {
  return !/^[1-9]\d*$/.test(word) || BigInt(word) >= 2n ** 63n;
}

const other: fc.Arbitrary<string[]> = fc.oneof(
  words('SET', key, value),
  words('DEL', key),
  words('PEXPIREAT', key, unixMs),
  words('RENAME', key, key),
  words('COPY', key, key, optional(token('REPLACE'))),
  words('TYPE', key),
);

const condition = token('NX', 'XX', 'GT', 'LT', 'FOO');
const fields = some(field).chain((found) =>
  fc
    .oneof({ weight: 9, arbitrary: fc.constant(String(found.length)) }, integer)
    .map((count) => ['FIELDS', count, ...found]),
);
const countedPairs = pairs.map((found) => ['FIELDS', String(found.length / 2), ...found]);
const expiry = fc.oneof(
  words('EX', token('0', '1', '10', '-1', 'x')),
  words('PX', token('0', '1', '30', '10000')),
  words('EXAT', unixSeconds),
  words('PXAT', unixMs),
  token('PERSIST', 'KEEPTTL', 'EX').map((name) => [name]),
);
const options = fc.array(expiry, { maxLength: 1 }).map((found) => found.flat());

/** Commands that Valkey has since 9, and HGETDEL. */
const withExpiry: fc.Arbitrary<string[]> = fc.oneof(
  words('HEXPIRE', key, token('0', '1', '10', '-1', 'x'), optional(condition), fields),
  { weight: 3, arbitrary: words('HPEXPIRE', key, token('0', '1', '30', '10000'), optional(condition), fields) },
  words('HEXPIREAT', key, unixSeconds, optional(condition), fields),
  words('HPEXPIREAT', key, unixMs, optional(condition), optional(condition), fields),
  words('HPERSIST', key, fields),
  words('HTTL', key, fields),
  words('HPTTL', key, fields),
  words('HEXPIRETIME', key, fields),
  words('HPEXPIRETIME', key, fields),
  { weight: 3, arbitrary: words('HGETEX', key, options, fields) },
  words('HGETDEL', key, fields),
  { weight: 3, arbitrary: words('HSETEX', key, optional(token('NX', 'XX', 'FNX', 'FXX')), options, countedPairs) },
);

const old: fc.WeightedArbitrary<string[]>[] = [
  { weight: 6, arbitrary: change },
  { weight: 4, arbitrary: read },
  { weight: 2, arbitrary: other },
];

/** Such as every server knows. */
export const arbitraryHashCommands: fc.Arbitrary<string[][]> = fc.array(fc.oneof(...old), {
  minLength: 1,
  maxLength: 40,
});

/** With the expiry of fields. */
export const arbitraryFieldExpiryCommands: fc.Arbitrary<string[][]> = fc.array(
  fc.oneof(...old, { weight: 8, arbitrary: withExpiry }),
  { minLength: 1, maxLength: 40 },
);
