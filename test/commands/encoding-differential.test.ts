/**
 * What OBJECT ENCODING names, here and on a real server, around the thresholds that CONFIG SET sets: collections that
 * grow and shrink element by element, copied and renamed. A Redis of 7.0 knows one encoding of lists, and no small sets.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import { hasReferenceServer } from '../support/reference-server.ts';
import { SideBySide } from '../support/side-by-side.ts';

const runs = Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 100);

/** By name or by its older one; `undefined`: there is none. */
const thresholds: readonly (readonly [name: string, older: string | undefined, values: readonly string[]])[] = [
  ['hash-max-listpack-entries', 'hash-max-ziplist-entries', ['0', '1', '3', '5', '512']],
  ['hash-max-listpack-value', 'hash-max-ziplist-value', ['0', '1', '20', '64', '1kb']],
  ['zset-max-listpack-entries', 'zset-max-ziplist-entries', ['0', '1', '3', '5', '128']],
  ['zset-max-listpack-value', 'zset-max-ziplist-value', ['0', '1', '20', '64', '1kb']],
  ['set-max-intset-entries', undefined, ['0', '1', '3', '5', '512']],
];

/** Not in Redis 7.0, or without an effect on what it says. Integers are at most 20 bytes long. */
const newerThresholds: typeof thresholds = [
  ['set-max-listpack-entries', undefined, ['0', '1', '3', '5', '128']],
  ['set-max-listpack-value', undefined, ['20', '64']],
  ['list-max-listpack-size', 'list-max-ziplist-size', ['-9', '-2', '-1', '0', '1', '3', '5', '128']],
];

const kinds = ['hash', 'zset', 'set', 'list'] as const;
type Kind = (typeof kinds)[number];

const add: Readonly<Record<Kind, (key: string, element: string) => string[]>> = {
  hash: (key, element) => ['HSET', key, element, 'v'],
  zset: (key, element) => ['ZADD', key, '1', element],
  set: (key, element) => ['SADD', key, element],
  list: (key, element) => ['RPUSH', key, element],
};
/** A list that has grown too large is left as it is in Valkey until it is half as large. */
const remove: Readonly<Record<Kind, string | undefined>> = { hash: 'HDEL', zset: 'ZREM', set: 'SREM', list: undefined };

const integers = ['0', '1', '2', '3', '-4', '127', '128', '-4097', '9223372036854775807', '-9223372036854775808'];
const element = fc.oneof(
  fc.constantFrom(...integers),
  fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', '01', ...[20, 21, 64, 65, 1024, 1025, 4089].map((it) => 'x'.repeat(it))),
);

function settings(of: typeof thresholds): fc.Arbitrary<string[]> {
  const each = of.map(([name, older, values]) =>
    fc.tuple(fc.constantFrom(...[name, older ?? name]), fc.constantFrom(...values)),
  );
  return fc.tuple(...each).map((chosen) => ['CONFIG', 'SET', ...chosen.flat()]);
}

function change(kind: Kind): fc.Arbitrary<string[]> {
  const [key, other] = [kind, `other ${kind}`];
  const removal = remove[kind];
  const growth = { weight: 6, arbitrary: element.map((chosen) => add[kind](key, chosen)) };
  return fc.oneof(
    growth,
    fc.constantFrom<string[][]>(
      ['COPY', key, other, 'REPLACE'],
      ['RENAME', other, key],
      ['COPY', key, other, 'DB', '1'],
    ),
    ...(removal === undefined ? [] : [{ weight: 2, arbitrary: element.map((chosen) => [removal, key, chosen]) }]),
    ...(kind === 'hash' ? [element.map((chosen) => ['HSET', key, 'f', chosen])] : []),
  );
}

const look = kinds.flatMap((kind) => [
  ['OBJECT', 'ENCODING', kind],
  ['OBJECT', 'ENCODING', `other ${kind}`],
]);

describe.skipIf(!hasReferenceServer)('OBJECT ENCODING is that of a real server', () => {
  let both: SideBySide;
  beforeAll(async () => {
    both = await SideBySide.start();
  });
  afterAll(() => both.stop());

  const isRedis = (): boolean => both.reference.name === 'redis';

  async function compare(commands: readonly string[][]): Promise<void> {
    const replies = await both.replies('2', commands);
    for (const [index, { our, their }] of replies.entries()) {
      const words = commands[index] as string[];
      expect(comparable(words, our), `${JSON.stringify(words)} (command ${index})`).toEqual(comparable(words, their));
    }
  }

  function comparable([name, , key]: readonly string[], reply: Reply): Reply {
    if (name !== 'OBJECT' || !isRedis()) return reply;
    if (key?.endsWith('list') === true) return reply === null ? null : 'quicklist';
    return key?.endsWith('set') === true && reply === 'listpack' && !key.endsWith('zset') ? 'hashtable' : reply;
  }

  it('whatever the thresholds, of what has grown element by element', async () => {
    await fc.assert(
      fc.asyncProperty(
        settings(thresholds),
        settings(newerThresholds),
        fc.array(fc.oneof(...kinds.map(change)), { minLength: 1, maxLength: 80 }),
        async (older, newer, changes) => {
          const commands = changes.flatMap((words) => [words, ...look]);
          await compare([older, ...(isRedis() ? [] : [newer]), ...commands]);
        },
      ),
      { numRuns: runs, timeout: 5000 },
    );
  });

  const defaults: readonly (readonly [name: string, value: string])[] = [
    ['hash-max-listpack-entries', '512'],
    ['zset-max-listpack-entries', '128'],
    ['set-max-intset-entries', '512'],
    ['hash-max-listpack-value', '64'],
    ['zset-max-listpack-value', '64'],
  ];
  const newerDefaults: typeof defaults = [
    ['set-max-listpack-entries', '128'],
    ['set-max-listpack-value', '64'],
    ['list-max-listpack-size', '-2'],
  ];

  it.each<readonly [Kind, (index: number) => string, number]>([
    ['hash', String, 512],
    ['zset', (index) => `m${index}`, 128],
    ['set', String, 512],
    ['set', (index) => `m${index}`, 128],
    ['list', () => 'x', 2730],
    ['list', () => 'x'.repeat(63), 125],
    ['list', () => 'x'.repeat(64), 121],
    ['list', () => '127', 4092],
    ['list', () => '-4096', 2728],
    ['list', () => '4096', 2046],
  ])('by default, of a %s of about as many elements as are compact (%#)', async (kind, elementOf, count) => {
    const configuration = ['CONFIG', 'SET', ...[...defaults, ...(isRedis() ? [] : newerDefaults)].flat()];
    const encoding = ['OBJECT', 'ENCODING', kind];
    const before = Array.from({ length: count - 4 }, (_, index) => add[kind](kind, elementOf(index)));
    const around = [-4, -3, -2, -1, 0, 1, 2, 3].flatMap((by) => [add[kind](kind, elementOf(count + by)), encoding]);
    await compare([configuration, ...before, ...around]);
  });

  it('of strings: integers, short ones, long ones', async () => {
    const integral = [...integers, '9223372036854775808', '-9223372036854775809', '1'.repeat(44), '1'.repeat(45)];
    const texts = ['', '01', '+1', '-0', ' 1', '1 ', '1.0', ...[43, 44, 45, 46].map((length) => 'x'.repeat(length))];
    const commands = [...integral, ...texts].flatMap((value) => [
      ['SET', 'k', value],
      ['OBJECT', 'ENCODING', 'k'],
      ['GETSET', 'k', value],
      ['OBJECT', 'ENCODING', 'k'],
    ]);
    const counted = [
      ['SET', 'n', '9'],
      ['INCR', 'n'],
      ['OBJECT', 'ENCODING', 'n'],
      ['DECRBY', 'm', '10'],
      ['OBJECT', 'ENCODING', 'm'],
    ];
    await compare([...commands, ...counted]);
  });
});
