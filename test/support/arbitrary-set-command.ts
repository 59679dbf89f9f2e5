/** Random commands on sets, good and bad, among some that put other types and expiries in their way. */
import fc from 'fast-check';
import { arbitraryKeys, integer, optional, some, text, token, unixMs, words } from './arbitrary-words.ts';

/** Few, so that most commands meet a set that others have left. */
const key = fc.constantFrom(...arbitraryKeys.slice(0, 3));
/** Never more than the one member that `anyOfOne` gives it: what chance takes out of it is known. */
export const single = 'single';
/** Few as well, so that sets have members in common; integers, as sets of nothing else are held in another way. */
const member = fc.oneof({ weight: 9, arbitrary: token('x', 'y', '', '1', '2', '-3', '007') }, integer, text);
/** Enough for a table, here and there. */
const manyMembers = fc
  .tuple(fc.integer({ min: 60, max: 200 }), token('', 'm', 'x'.repeat(65)))
  .map(([count, prefix]) => Array.from({ length: count }, (_, i) => `${prefix}${i}`));
const pattern = token('*', 'x*', '?', '[xy]', '', '[^1]', '\\x');
/** With the right number of keys more often than not. */
const countedKeys = some(key).chain((keys) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(String(keys.length)) }, integer).map((count) => [count, ...keys]),
);

const change: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: words('SADD', key, some(member, 6)) },
  words('SADD', key, manyMembers),
  { weight: 4, arbitrary: words('SREM', key, some(member, 6)) },
  words('SREM', key, manyMembers),
  { weight: 3, arbitrary: words('SMOVE', key, key, member) },
  ...['SINTERSTORE', 'SUNIONSTORE', 'SDIFFSTORE'].map((name) => words(name, key, some(key))),
  // Nothing, all, or an error: chance decides the rest.
  words('SPOP', key, token('0', '1000', '9223372036854775807', '-1', 'x', ''), optional(token('1'))),
);

const anyOfOne: fc.Arbitrary<string[]> = fc.oneof(
  words('SADD', fc.constant(single), token('x')),
  words('SPOP', fc.constant(single), optional(token('0', '1', '2'))),
  words('SRANDMEMBER', fc.constant(single), optional(token('0', '1', '-3', '2'))),
);

const read: fc.Arbitrary<string[]> = fc.oneof(
  words('SMEMBERS', key),
  words('SCARD', key),
  words('SISMEMBER', key, member),
  words('SMISMEMBER', key, some(member, 5)),
  ...['SINTER', 'SUNION', 'SDIFF'].map((name) => words(name, some(key))),
  { weight: 2, arbitrary: words('SINTERCARD', countedKeys, optional(token('LIMIT', 'limit', 'FOO'), integer)) },
  words('SINTERCARD', countedKeys, token('LIMIT')),
  words(
    'SRANDMEMBER',
    key,
    token('0', '1000', '9223372036854775807', '-9223372036854775808', 'x', ''),
    optional(token('x')),
  ),
  words(
    'SSCAN',
    key,
    token('0', '0', '0', 'x', '1.5', '18446744073709551616'),
    fc
      .array(fc.oneof(words('COUNT', token('1000', '0', 'x')), words('MATCH', pattern)), { maxLength: 2 })
      .map((options) => ['COUNT', '1000', ...options.flat()]),
    optional(token('FOO', 'MATCH', 'COUNT')),
  ),
);

const other: fc.Arbitrary<string[]> = fc.oneof(
  words('SET', key, member),
  words('RPUSH', key, member),
  words('DEL', key),
  words('PEXPIREAT', key, unixMs),
  words('RENAME', key, key),
  words('COPY', key, key, optional(token('REPLACE'))),
  words('TYPE', key),
  fc
    .tuple(token('SADD', 'SPOP', 'SMOVE', 'SINTERCARD', 'SDIFFSTORE', 'SINTER'), fc.array(member, { maxLength: 4 }))
    .map(([name, rest]) => [name, ...rest]),
);

const arbitrarySetCommand: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 8, arbitrary: change },
  { weight: 2, arbitrary: anyOfOne },
  { weight: 5, arbitrary: read },
  { weight: 2, arbitrary: other },
);

export const arbitrarySetCommands: fc.Arbitrary<string[][]> = fc.array(arbitrarySetCommand, {
  minLength: 1,
  maxLength: 40,
});
