/** What happens among clients that block: who begins to wait, what others do to the keys, and how waits end. */
import fc from 'fast-check';
import { some, token, words } from './arbitrary-words.ts';

export const clientCount = 5;

export type BlockingStep =
  /** If this client waits already, nothing. */
  | { readonly kind: 'block'; readonly client: number; readonly command: readonly string[] }
  /** By one who never waits, sent at once. */
  | { readonly kind: 'do'; readonly commands: readonly (readonly string[])[] }
  | { readonly kind: 'unblock'; readonly client: number; readonly how: string }
  /** The client goes, and another comes in its place. */
  | { readonly kind: 'leave'; readonly client: number };

/** Few, so that they are waited for by several, and are now of one type and now of another. */
const key = token('a', 'b', 'c');
const client = fc.nat({ max: clientCount - 1 });
const side = token('LEFT', 'RIGHT');
const element = token('1', '2', '3', '4', '5');
/** What ends by itself is soon over. */
const timeout = fc.oneof({ weight: 5, arbitrary: token('0', '0', '1000') }, token('0.01', '0.001', '-1', 'x'));
const keyCount = fc.integer({ min: 1, max: 3 });

function counted(timeLimit: fc.Arbitrary<string>, name: string, ...sides: string[]): fc.Arbitrary<string[]> {
  return keyCount.chain((count) =>
    words(
      name,
      timeLimit,
      fc.constant(String(count)),
      fc.array(key, { minLength: count, maxLength: count }),
      token(...sides),
      fc.oneof(
        fc.constant<string[]>([]),
        token('1', '2', '3', '0').map((most) => ['COUNT', most]),
      ),
    ),
  );
}

const waiting: fc.Arbitrary<string[]> = fc.oneof(
  words('BLPOP', some(key), timeout),
  words('BRPOP', some(key), timeout),
  words('BLMOVE', key, key, side, side, timeout),
  words('BRPOPLPUSH', key, key, timeout),
  counted(timeout, 'BLMPOP', 'LEFT', 'RIGHT'),
  words('BZPOPMIN', some(key), timeout),
  words('BZPOPMAX', some(key), timeout),
  counted(timeout, 'BZMPOP', 'MIN', 'MAX'),
);

const scored = fc.tuple(token('1', '2', '3', '-1'), element);

const change: fc.Arbitrary<string[]> = fc.oneof(
  { weight: 4, arbitrary: words('RPUSH', key, some(element, 4)) },
  { weight: 2, arbitrary: words('LPUSH', key, some(element, 4)) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(key, fc.array(scored, { minLength: 1, maxLength: 4 }))
      .map(([name, members]) => ['ZADD', name, ...members.flat()]),
  },
  { weight: 3, arbitrary: words('DEL', some(key)) },
  words('SET', key, token('text')),
  words('RENAME', key, key),
  words('COPY', key, key, fc.constant('REPLACE')),
  words('LMOVE', key, key, side, side),
  words('LPOP', key),
  words('ZPOPMIN', key),
  words('LTRIM', key, token('0', '1'), token('0', '-1')),
  words('LINSERT', key, token('BEFORE', 'AFTER'), element, element),
  words('LPUSHX', key, element),
  words('EXPIRE', key, token('0', '-1')),
  words('SADD', key, element),
  words('FLUSHALL'),
);

/** To a name that is free: a real server tells nobody of what it stores over something else. */
const store: fc.Arbitrary<string[][]> = fc
  .shuffledSubarray(['a', 'b', 'c'], { minLength: 2, maxLength: 2 })
  .chain(([from = '', to = '']) =>
    fc
      .constantFrom<string[][]>(
        ['SORT', from, 'BY', 'nosort', 'STORE', to],
        ['ZUNIONSTORE', to, '1', from],
        ['ZRANGESTORE', to, from, '0', '-1'],
      )
      .map((command) => [['DEL', to], command]),
  );

const changes = fc.oneof({ weight: 9, arbitrary: change.map((command) => [command]) }, store);

const transaction = fc
  .array(
    fc.oneof(
      { weight: 5, arbitrary: changes },
      waiting.map((command) => [command]),
      fc.tuple(key, element).map(([name, chosen]) => [
        ['SELECT', '1'],
        ['RPUSH', name, chosen],
        ['MOVE', name, '0'],
        ['SELECT', '0'],
      ]),
      fc.tuple(key, element).map(([name, chosen]) => [
        ['SELECT', '1'],
        ['ZADD', name, '1', chosen],
        ['SWAPDB', '0', '1'],
        ['SELECT', '0'],
      ]),
    ),
    { minLength: 1, maxLength: 5 },
  )
  .map((parts) => [['MULTI'], ...parts.flat(), ['EXEC']]);

const step: fc.Arbitrary<BlockingStep> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('block' as const), client, command: waiting }) },
  {
    weight: 6,
    arbitrary: fc
      .oneof(
        { weight: 3, arbitrary: changes },
        { weight: 2, arbitrary: transaction },
        fc.array(changes, { minLength: 2, maxLength: 4 }).map((parts) => parts.flat()),
      )
      .map((commands) => ({ kind: 'do' as const, commands })),
  },
  fc.record({ kind: fc.constant('unblock' as const), client, how: token('TIMEOUT', 'ERROR') }),
  fc.record({ kind: fc.constant('leave' as const), client }),
);

export const arbitraryBlockingSteps: fc.Arbitrary<BlockingStep[]> = fc.array(step, { minLength: 1, maxLength: 25 });
