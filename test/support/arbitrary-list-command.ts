/** Random commands on lists, good and bad, among some that put other types and expiries in their way. */
import fc from 'fast-check';
import { arbitraryKeys, integer, optional, some, text, token, unixMs, words } from './arbitrary-words.ts';

/** Few, so that most commands meet a list that others have left. */
const key = fc.constantFrom(...arbitraryKeys.slice(0, 3));
/** Few as well, so that many are equal. */
const element = fc.oneof({ weight: 9, arbitrary: token('x', 'y', 'z', '10', '-1', '') }, text);
const index = fc.oneof({ weight: 3, arbitrary: fc.integer({ min: -7, max: 7 }).map(String) }, integer);
const side = fc.oneof({ weight: 9, arbitrary: token('LEFT', 'RIGHT', 'left') }, token('UP', ''));

const arbitraryPosition = fc.oneof(
  ...['RANK', 'COUNT', 'MAXLEN', 'rank'].map((name) => words(name, index)),
  token('RANK', 'FOO', 'COUNT').map((name) => [name]),
);
/** With the right number of keys more often than not. */
const arbitraryKeyList = some(key).chain((keys) =>
  fc.tuple(fc.oneof({ weight: 5, arbitrary: fc.constant(String(keys.length)) }, index), fc.constant(keys)),
);

const push = fc
  .tuple(token('LPUSH', 'RPUSH', 'LPUSHX', 'RPUSHX'), key, some(element, 6))
  .map(([name, at, elements]) => [name, at, ...elements]);

const change: fc.Arbitrary<string[]> = fc.oneof(
  words('LPOP', key, optional(index)),
  words('RPOP', key, optional(index)),
  words(
    'LMPOP',
    arbitraryKeyList.map(([count, keys]) => [count, ...keys]),
    side,
    optional(token('COUNT', 'FOO'), index),
  ),
  { weight: 3, arbitrary: words('LMOVE', key, key, side, side) },
  words('RPOPLPUSH', key, key),
  words('LINSERT', key, token('BEFORE', 'AFTER', 'after', 'FOO'), element, element),
  words('LSET', key, index, element),
  { weight: 2, arbitrary: words('LREM', key, index, element) },
  words('LTRIM', key, index, index),
);

const read: fc.Arbitrary<string[]> = fc.oneof(
  words('LLEN', key),
  words('LINDEX', key, index),
  words('LRANGE', key, index, index),
  words(
    'LPOS',
    key,
    element,
    fc.array(arbitraryPosition, { maxLength: 3 }).map((options) => options.flat()),
  ),
);

const other: fc.Arbitrary<string[]> = fc.oneof(
  words('SET', key, element),
  words('DEL', key),
  words('PEXPIREAT', key, unixMs),
  words('RENAME', key, key),
  words('COPY', key, key, optional(token('REPLACE'))),
  words('TYPE', key),
  words('GET', key),
  fc
    .tuple(
      token('LPUSH', 'LPOP', 'LMPOP', 'LMOVE', 'LPOS', 'LREM', 'LTRIM', 'RPOPLPUSH'),
      fc.array(element, { maxLength: 6 }),
    )
    .map(([name, rest]) => [name, ...rest]),
);

export const arbitraryListCommand: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 6, arbitrary: push },
  { weight: 9, arbitrary: change },
  { weight: 5, arbitrary: read },
  { weight: 2, arbitrary: other },
);

export const arbitraryListCommands: fc.Arbitrary<string[][]> = fc.array(arbitraryListCommand, {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});
