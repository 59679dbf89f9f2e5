/** Files that a real server saves, under each setting that changes them: read whole, they say what the server says. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RdbItem, RdbKey } from '../../src/rdb/file-item.ts';
import type { ByteString } from '../../src/resp/bytes.ts';
import {
  arbitraryList,
  arbitraryPlainHash,
  arbitrarySet,
  arbitraryString,
  arbitraryZset,
  inOrder,
} from '../support/arbitrary-rdb-value.ts';
import { arbitraryStreamCommands } from '../support/arbitrary-stream-commands.ts';
import { RawClient } from '../support/raw-client.ts';
import { readChunks } from '../support/read-rdb.ts';
import { heldBy, writing } from '../support/rdb-reference.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';

const library = "#!lua name=lib\nredis.register_function('f', function() return 1 end)";
const numRuns = Math.ceil(Number(process.env['VALTHREE_DIFFERENTIAL_RUNS'] ?? 200) / 20);

const compressible = fc
  .tuple(fc.constantFrom('a', 'temperature: ', '\x00\xff'), fc.integer({ min: 1, max: 2000 }))
  .map(([word, times]) => ({ kind: 'string' as const, value: word.repeat(times) }));

/** The commands that write one key. */
const arbitraryKey = (key: ByteString): fc.Arbitrary<ByteString[][]> =>
  fc.oneof(
    fc
      .oneof(arbitraryString, arbitraryList, arbitrarySet, arbitraryZset, arbitraryPlainHash, compressible)
      .map((value) => writing(key, value)),
    arbitraryStreamCommands(key),
  );

const keys = ['a', '17', '', '\xff\x00', 'k'.repeat(70), 'b', 'c'];

const arbitraryContent = fc.array(
  fc.constantFrom(...keys).chain((key) =>
    fc.record({
      db: fc.constantFrom('0', '1', '15'),
      key: fc.constant(key),
      commands: arbitraryKey(key),
      expireAt: fc.option(fc.constantFrom('4000000000000', '4000000000001', '9007199254740991'), { nil: undefined }),
    }),
  ),
  { maxLength: 16 },
);

describe.skipIf(!hasReferenceServer).each([
  ['as it comes', []],
  ['without compression', ['--rdbcompression', 'no']],
  ['without a checksum', ['--rdbchecksum', 'no']],
  ['with times of use', ['--maxmemory-policy', 'allkeys-lru']],
  ['with counts of use', ['--maxmemory-policy', 'allkeys-lfu']],
])('a file of a real server, %s', (name, flags) => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-rdb-'));
  let reference: ReferenceServer;
  let client: RawClient;

  beforeAll(async () => {
    reference = await startReferenceServer(['--dir', directory, '--dbfilename', 'dump.rdb', ...flags]);
    client = await RawClient.connect(reference.port);
  });
  afterAll(async () => {
    client.close();
    await reference.stop();
    rmSync(directory, { recursive: true });
  });

  /** What the server says that it holds in the keys which the file has. */
  async function held(items: readonly RdbKey[]): Promise<unknown[]> {
    const all: unknown[] = [];
    for (const { db, key, value } of items) {
      await client.call('SELECT', String(db));
      const expireAt = Number(await client.call('PEXPIRETIME', key));
      all.push([db, key, inOrder(await heldBy(client, key, value.kind)), expireAt === -1 ? undefined : expireAt]);
    }
    return all;
  }

  it('says what the server says', async () => {
    await fc.assert(
      fc.asyncProperty(arbitraryContent, fc.integer({ min: 1, max: 5000 }), async (content, chunkBytes) => {
        await client.pipeline([['FLUSHALL'], ['FUNCTION', 'LOAD', 'REPLACE', library]]);
        for (const { db, key, commands, expireAt } of content)
          await client.pipeline([
            ['SELECT', db],
            ['DEL', key],
            ...commands,
            ...(expireAt === undefined ? [] : [['PEXPIREAT', key, expireAt]]),
          ]);
        expect(await client.call('SAVE')).toEqual({ kind: 'simple', text: 'OK' });
        const items = readChunks(readFileSync(join(directory, 'dump.rdb')), chunkBytes);

        const found = items.filter((item) => item.kind === 'key');
        expect(found.map(({ db, key, value, expireAt }) => [db, key, inOrder(value), expireAt])).toEqual(
          await held(found),
        );
        await expectCounts(items);
        for (const { idleSeconds, frequency } of found) {
          expect(idleSeconds !== undefined).toBe(name === 'with times of use');
          expect(frequency !== undefined).toBe(name === 'with counts of use');
        }
        expect(items.filter(({ kind }) => kind === 'function')).toEqual([{ kind: 'function', code: library }]);
        expect(items.at(-1)).toEqual({ kind: 'end' });
      }),
      { numRuns },
    );
  });

  /** As many keys as the server has, and as the file says. */
  async function expectCounts(items: readonly RdbItem[]): Promise<void> {
    for (const db of [0, 1, 15]) {
      await client.call('SELECT', String(db));
      const inDb = items.filter((item) => item.kind === 'key' && item.db === db);
      expect(inDb.length).toBe(await client.call('DBSIZE'));
      if (inDb.length === 0) continue;
      const at = items.findIndex((item) => item.kind === 'selectDb' && item.db === db);
      const expiring = inDb.filter((item) => item.kind === 'key' && item.expireAt !== undefined).length;
      expect(items[at + 1]).toEqual({ kind: 'resizeDb', keys: inDb.length, expiring });
    }
  }
});
