/** Random commands, good and bad, on a few keys: whatever a client may send to strings, keys and transactions. */
import fc from 'fast-check';
import { integer, key, optional, some, text, token, unixMs, unixSeconds, words } from './arbitrary-words.ts';

const float = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
  fc.constantFrom(
    '0.1',
    '0.2',
    '3.0e3',
    '1e308',
    '-1e-7',
    'inf',
    '-inf',
    'nan',
    '',
    'abc',
    '.5',
    '5.',
    ' 1',
    '1e5000',
    '0x1.8p3',
    '-0x.8',
    '0x',
  ),
  fc.integer({ min: -1000, max: 1000 }).map(String),
);
const number = fc.oneof(integer, text);
const pattern = fc.constantFrom(
  '*',
  'a',
  '[ab]',
  '[^a]',
  'k*',
  '?',
  '\\a',
  '*e*',
  '[a-c]',
  '',
  '[z-a]',
  'key?with*',
  '**',
  '[',
  '[^',
);

const setOption = fc.oneof(
  token('NX', 'XX', 'GET', 'KEEPTTL', 'nx', 'FOO').map((name) => [name]),
  words('EXAT', unixSeconds),
  words('PXAT', unixMs),
  token('EX', 'PX', 'EXAT').map((name) => [name]),
);
const arbitraryCommand: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 3, arbitrary: words('SET', key, number) },
  words(
    'SET',
    key,
    number,
    fc.array(setOption, { maxLength: 3 }).map((options) => options.flat()),
  ),
  { weight: 2, arbitrary: words('GET', key) },
  words('SET', key, text, fc.constant('IFEQ'), text, optional(token('GET', 'NX'))),
  words('SETNX', key, text),
  words('GETSET', key, text),
  words('GETDEL', key),
  words(
    'GETEX',
    key,
    optional(fc.oneof(token('PERSIST'), words('EXAT', unixSeconds), words('PXAT', unixMs), token('EX', 'X'))),
  ),
  words('SETEX', key, token('0', '-1', 'x', '9223372036854775807'), text),
  words('PSETEX', key, token('0', '-1', 'x', '9223372036854775807'), text),
  words('MGET', some(key)),
  words('MSET', some(text, 5)),
  words(
    'MSETNX',
    some(
      fc.tuple(key, text).map(([k]) => k),
      4,
    ),
  ),
  words('APPEND', key, text),
  words('STRLEN', key),
  words('GETRANGE', key, integer, integer),
  words('SUBSTR', key, integer, integer),
  words('SETRANGE', key, fc.oneof(integer, fc.constant('536870913')), text),
  words('INCR', key),
  words('DECR', key),
  words('INCRBY', key, integer),
  words('DECRBY', key, integer),
  { weight: 2, arbitrary: words('INCRBYFLOAT', key, float) },
  words(
    'LCS',
    key,
    key,
    optional(token('LEN', 'IDX', 'FOO')),
    optional(token('MINMATCHLEN'), integer),
    optional(token('WITHMATCHLEN', 'LEN')),
  ),
  words('DEL', some(key)),
  words('UNLINK', some(key)),
  words('EXISTS', some(key)),
  words('TOUCH', some(key)),
  words('TYPE', key),
  words(
    'EXPIREAT',
    key,
    unixSeconds,
    optional(token('NX', 'XX', 'GT', 'LT', 'FOO')),
    optional(token('NX', 'XX', 'GT', 'LT')),
  ),
  words('PEXPIREAT', key, unixMs, optional(token('NX', 'XX', 'GT', 'LT'))),
  words('EXPIRE', key, token('-1', '0', 'x', '9223372036854775807', '-9223372036854775808')),
  words('PEXPIRE', key, token('-1', '0', 'x', '9223372036854775807')),
  words('EXPIRETIME', key),
  words('PEXPIRETIME', key),
  words('PERSIST', key),
  words('RENAME', key, key),
  words('RENAMENX', key, key),
  words('COPY', key, key, optional(token('DB'), token('0', '1', '99', 'x', '-1')), optional(token('REPLACE', 'FOO'))),
  words('MOVE', key, token('0', '1', '99', 'x')),
  words('OBJECT', token('REFCOUNT', 'ENCODING', 'FREQ', 'FOO'), key),
  words('DBSIZE'),
  words('KEYS', pattern),
  words(
    'SCAN',
    fc.constant('0'),
    fc.constant(['COUNT', '1000']),
    optional(token('MATCH'), pattern),
    optional(token('TYPE'), token('string', 'hash', 'foo')),
  ),
  words('SELECT', token('0', '0', '1', '99', 'x', '-1')),
  words('SWAPDB', token('0', '1', '99', 'x'), token('0', '1', '99', 'x')),
  words('SCAN', token('x', '-1', '1.5', ''), optional(token('COUNT'), integer)),
  words('FLUSHDB', optional(token('ASYNC', 'SYNC', 'FOO'))),
  words('MULTI'),
  words('EXEC'),
  words('DISCARD'),
  words('UNWATCH'),
  words('ECHO', text),
  words('PING', fc.array(text, { maxLength: 2 })),
  words(
    'CLIENT',
    token('GETNAME', 'SETNAME', 'FOO', 'NO-EVICT', 'REPLY', 'KILL'),
    fc.array(token('on', 'x y', 'name', 'ID', '0'), { maxLength: 2 }),
  ),
  words('HELLO', token('2', '3', '4', 'x'), optional(token('SETNAME', 'AUTH', 'FOO'), token('n', 'a b'))).filter(
    ([, version]) => version !== '2' && version !== '3',
  ),
  words('AUTH', text),
  words(
    'WAIT',
    integer.filter((value) => value.startsWith('-') || Number.isNaN(Number(value))),
    integer,
  ),
  words('CONFIG', token('GET', 'SET', 'FOO'), fc.array(token('nosuch', 'x'), { maxLength: 3 })),
  words(
    'COMMAND',
    token('FOO', 'GETKEYS'),
    fc.array(token('GET', 'SET', 'MSET', 'a', 'b', 'COPY', 'PING'), { maxLength: 5 }),
  ),
  words('FOO', fc.array(text, { maxLength: 3 })),
  fc
    .tuple(token('GET', 'SET', 'INCR', 'LCS', 'EXPIRE', 'RENAME', 'MSET'), fc.array(text, { maxLength: 1 }))
    .map(([name, rest]) => [name, ...rest]),
);

/**
 * A whole transaction. What happens under its watch changes something or nothing, but is never a write that leaves all
 * as it was: a real server takes that for a change.
 */
const arbitraryTransaction: fc.Arbitrary<string[][]> = fc
  .record({
    watch: fc.option(words('WATCH', some(key)), { nil: undefined }),
    before: fc.array(
      fc.oneof(
        words('SET', key, text),
        words('GET', key),
        words('DEL', key),
        words('INCR', key),
        words('RENAME', key, key),
        words('MOVE', key, token('0', '1')),
        words('COPY', key, key, fc.constant(['DB', '1', 'REPLACE'])),
        words('SWAPDB', token('0', '1', '2'), token('0', '1', '2')),
        words('FLUSHDB'),
        words('UNWATCH'),
      ),
      { maxLength: 2 },
    ),
    body: fc.array(
      fc.oneof({ weight: 4, arbitrary: arbitraryCommand }, words('SELECT', token('0', '1')), words('COPY', key, key)),
      { maxLength: 6 },
    ),
    end: fc.oneof({ weight: 9, arbitrary: fc.constant('EXEC') }, fc.constant('DISCARD')),
  })
  .map(({ watch, before, body, end }) => [
    ...(watch === undefined ? [] : [watch, ...before]),
    ['MULTI'],
    ...body,
    [end],
  ]);

/** What a client sends on one connection. */
export const arbitraryCommands: fc.Arbitrary<string[][]> = fc
  .array(fc.oneof({ weight: 8, arbitrary: arbitraryCommand.map((command) => [command]) }, arbitraryTransaction), {
    minLength: 1,
    maxLength: 40,
  })
  .map((parts) => parts.flat());
