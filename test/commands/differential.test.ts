/**
 * The same random commands to this node and to a real server: every reply must be the same, byte for byte, in both
 * protocols, and at the end every key. fast-check prints the seed of a difference and shrinks it.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { encode } from '../../src/resp/encode.ts';
import { isError, type Reply } from '../../src/resp/reply.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

const key = fc.constantFrom('a', 'b', 'c', 'key with space', '\xff\x00');
const text = fc.oneof(
  fc.constantFrom('', 'x', 'hello world', 'ohmytext', 'mynewtext', '\xff\x00\r\n', 'x'.repeat(45)),
  fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 }),
);
const integer = fc.oneof(
  { weight: 4, arbitrary: fc.integer({ min: -20, max: 20 }).map(String) },
  fc.constantFrom('9223372036854775807', '-9223372036854775808', '9223372036854775808', '4611686018427387904'),
  fc.constantFrom('', 'abc', '1.5', ' 1', '1 ', '+1', '-0', '007', '99999999999999999999'),
);
const float = fc.oneof(
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
  fc.constantFrom('0.1', '0.2', '3.0e3', '1e308', '-1e-7', 'inf', '-inf', 'nan', '', 'abc', '.5', '5.', ' 1', '1e5000'),
  fc.integer({ min: -1000, max: 1000 }).map(String),
);
/** Far enough away that both servers see the same side of now. */
const unixSeconds = fc.constantFrom('1', '1000', '4102444800', '4102444801', '-1', '0', 'x', '9223372036854775807');
const unixMs = fc.constantFrom('1', '1000', '4102444800000', '4102444800500', '-1', '0', 'x');
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
  '[',
  '[^',
);

function words(name: string, ...parts: fc.Arbitrary<string | string[]>[]): fc.Arbitrary<string[]> {
  return fc.tuple(...parts).map((found) => [name, ...found.flat()]);
}
function optional(...parts: fc.Arbitrary<string | string[]>[]): fc.Arbitrary<string[]> {
  return fc.option(
    fc.tuple(...parts).map((found) => found.flat()),
    { nil: [] as string[] },
  );
}
function some(part: fc.Arbitrary<string>, maxLength = 3): fc.Arbitrary<string[]> {
  return fc.array(part, { minLength: 1, maxLength });
}
const token = (...names: string[]): fc.Arbitrary<string> => fc.constantFrom(...names);

const setOption = fc.oneof(
  token('NX', 'XX', 'GET', 'KEEPTTL', 'nx', 'FOO').map((name) => [name]),
  words('EXAT', unixSeconds),
  words('PXAT', unixMs),
  token('EX', 'PX', 'EXAT').map((name) => [name]),
);
const command: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 3, arbitrary: words('SET', key, number) },
  words(
    'SET',
    key,
    number,
    fc.array(setOption, { maxLength: 3 }).map((options) => options.flat()),
  ),
  { weight: 2, arbitrary: words('GET', key) },
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
  words('WATCH', some(key)),
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

/** Differences that are meant, by the words of the command and the real server. `undefined`: compare. */
function expectedDifference(argv: readonly string[], reference: ReferenceServer): string | undefined {
  const name = argv[0]?.toUpperCase();
  const sub = argv[1]?.toUpperCase();
  if (name === 'OBJECT' && sub === 'ENCODING') return 'a real server remembers how a string came to be';
  if (name === 'OBJECT' && sub === 'REFCOUNT') return 'a real server shares objects otherwise';
  if (name === 'CLIENT' && sub === 'KILL') return 'who else is connected differs';
  if (reference.name === 'redis') {
    if (name === 'COMMAND' && sub === 'GETKEYS') return 'Valkey words an error otherwise';
    if (name === 'EXPIRE' || name === 'PEXPIRE') return 'Valkey words an overflow otherwise';
    if (name === 'WAIT') return 'Redis 7.0 does not check the range of the timeout';
    if (name === 'SCAN') return 'Redis 7.0 takes a negative cursor';
  }
  return undefined;
}

/** Redis 7.0 lets a transaction go on after a nested MULTI or WATCH; Valkey does not. */
function withoutNested(commands: readonly string[][]): string[][] {
  let inMulti = false;
  return commands.filter(([name]) => {
    if (inMulti && (name === 'MULTI' || name === 'WATCH')) return false;
    if (name === 'MULTI') inMulti = true;
    if (name === 'EXEC' || name === 'DISCARD') inMulti = false;
    return true;
  });
}

/** Keys come in any order. */
function show(reply: Reply): string {
  if (Array.isArray(reply)) return `[${(reply as Reply[]).map(show).sort().join()}]`;
  return JSON.stringify(encode(reply, 3));
}

describe.skipIf(!hasReferenceServer)('replies are those of a real server', () => {
  let node: RunningNode;
  let reference: ReferenceServer;

  beforeAll(async () => {
    [node, reference] = await Promise.all([startTestNode(), startReferenceServer(['--appendfsync', 'no'])]);
  });
  afterAll(async () => {
    await Promise.all([node.drain(), reference.stop()]);
  });

  async function compare(protocol: '2' | '3', commands: readonly string[][]): Promise<void> {
    const clients = await Promise.all([node.port, reference.port].map((port) => RawClient.connect(port)));
    try {
      const setUp = [['HELLO', protocol], ['FLUSHALL']];
      const tearDown = [
        ['DISCARD'],
        ['SELECT', '0'],
        ...['a', 'b', 'c', 'key with space', '\xff\x00'].flatMap((k) => [
          ['GET', k],
          ['PEXPIRETIME', k],
        ]),
        ['DBSIZE'],
      ];
      const sent = reference.name === 'redis' ? withoutNested(commands) : commands;
      const all = [...setUp, ...sent, ...tearDown];
      const [ours, theirs] = await Promise.all(clients.map((client) => client.pipeline(all)));
      let inMulti: string[][] | undefined;
      for (const [index, argv] of all.entries()) {
        if (index === 0) continue;
        const [our, their] = [ours![index]!, theirs![index]!];
        const name = argv[0]!.toUpperCase();
        const queued = inMulti;
        if (name === 'MULTI' && !isError(our)) inMulti = [];
        else if (name === 'EXEC' || name === 'DISCARD') inMulti = undefined;
        else inMulti?.push(argv);
        const excused = [argv, ...(name === 'EXEC' ? (queued ?? []) : [])].some(
          (each) => expectedDifference(each, reference) !== undefined,
        );
        if (excused) continue;
        expect(show(our), `${JSON.stringify(argv)} (command ${index})`).toBe(show(their));
      }
    } finally {
      for (const client of clients) client.close();
    }
  }

  it.each(['2', '3'] as const)('in RESP%s', async (protocol) => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { minLength: 1, maxLength: 40 }), (commands) => compare(protocol, commands)),
      { numRuns: Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 150), timeout: 5000 },
    );
  });
});
