/** Random commands on keys whatever they hold, good and bad, among some that fill them with values of all types. */
import fc from 'fast-check';
import { integer, optional, some, token, unixMs, unixSeconds, words } from './arbitrary-words.ts';

/** Few, so that names are taken more often than not. */
export const keysOfAllTypes = ['a', 'b', 'c', 'd', ''];
const key = fc.constantFrom(...keysOfAllTypes);

const fill: fc.Arbitrary<string[]> = fc.oneof(
  words('SET', key, token('text', '7', '12345678901', '', 'x'.repeat(45))),
  words('RPUSH', key, some(token('x', '7', 'y'), 3)),
  words('SADD', key, some(token('1', '2', '3'), 3)),
  words('SADD', key, some(token('x', 'y', '1'), 3)),
  words('ZADD', key, token('1', '2.5', '-inf'), token('x', 'y', '7')),
  words('HSET', key, token('f', 'g', '7'), token('v', 'w', '8')),
);

const conditions = fc.oneof(
  { weight: 2, arbitrary: fc.constant<string[]>([]) },
  token('NX', 'XX', 'GT', 'LT', 'gt', 'FOO').map((word) => [word]),
  fc.tuple(token('NX', 'XX', 'GT', 'LT'), token('NX', 'XX', 'GT', 'LT')),
);
const expiry: fc.Arbitrary<string[]> = fc.oneof(
  // Without conditions: whether one time is after the other would depend on the millisecond.
  words('EXPIRE', key, token('100000', '200000')),
  words('PEXPIRE', key, token('100000000', '200000000')),
  words('EXPIRE', key, token('0', '-1', 'x', '1.5', ''), conditions),
  words('PEXPIRE', key, token('0', '-1', 'x'), conditions),
  words('EXPIREAT', key, unixSeconds, conditions),
  words('PEXPIREAT', key, unixMs, conditions),
  words('PERSIST', key),
  ...['TTL', 'EXPIRETIME', 'PEXPIRETIME'].map((name) => words(name, key)),
);

const name: fc.Arbitrary<string[]> = fc.oneof(
  words('RENAME', key, key),
  words('RENAMENX', key, key),
  words(
    'COPY',
    key,
    key,
    optional(token('DB', 'db'), token('0', '1', '15', '16', '-1', 'x')),
    optional(token('REPLACE', 'replace', 'FOO', 'DB')),
  ),
  words('MOVE', key, token('0', '1', '16', '-1', 'x')),
  words('SELECT', token('0', '1')),
  words('SWAPDB', token('0', '1'), token('0', '1')),
  words('DEL', some(key)),
  words('UNLINK', some(key)),
);

const look: fc.Arbitrary<string[]> = fc.oneof(
  words('TYPE', key),
  words('EXISTS', some(key)),
  words('TOUCH', some(key)),
  words(
    'SCAN',
    token('0'),
    fc.constant(['COUNT', '1000']),
    optional(token('TYPE', 'type'), token('string', 'list', 'set', 'zset', 'hash', 'stream', 'ZSET')),
    optional(token('MATCH'), token('*', 'a', '[ab]', 'z*')),
  ),
  words('OBJECT', token('REFCOUNT', 'IDLETIME', 'FREQ', 'idletime', 'FOO'), key),
  words('MEMORY', fc.constant('USAGE'), key, optional(token('SAMPLES', 'samples', 'FOO'), integer)),
  words('DEBUG', fc.constant('OBJECT'), key),
  words('MEMORY', token('USAGE', 'FOO')),
  words('DUMP', key),
);

/** What a client sends on one connection. */
export const arbitraryKeysCommands: fc.Arbitrary<string[][]> = fc.array(
  fc.oneof(
    { weight: 4, arbitrary: fill },
    { weight: 3, arbitrary: expiry },
    { weight: 3, arbitrary: name },
    { weight: 3, arbitrary: look },
  ),
  { minLength: 1, maxLength: 40 },
);
