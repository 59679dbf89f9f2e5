/** `maxmemory`: who is refused when it is used up, where, and how it is counted. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { formatMemorySize, parseMemorySize } from '../../src/server/memory-size.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { error, nullArray, ok, simple } from '../../src/resp/reply.ts';
import { RawClient } from '../support/raw-client.ts';
import { compressedString, dump, length, littleEndian } from '../support/rdb-builder.ts';
import { startTestNode } from '../support/test-node.ts';

const oom = error("OOM command not allowed when used memory > 'maxmemory'.");
const queued = simple('QUEUED');
const directory = mkdtempSync(join(tmpdir(), 'valthree-maxmemory-'));
const store = { url: directory };
let node: RunningNode;
let client: RawClient;

beforeAll(async () => {
  node = await startTestNode({ store });
  client = await RawClient.connect(node.port);
});
afterAll(async () => {
  client.close();
  await node.drain();
  rmSync(directory, { recursive: true, force: true });
});
beforeEach(async () => {
  await client.pipeline([
    ['CONFIG', 'SET', 'maxmemory', '0'],
    ['FLUSHALL'],
    ['SET', 'a', '1'],
    ['CONFIG', 'RESETSTAT'],
  ]);
});

const limit = (bytes: string): Promise<unknown> => client.call('CONFIG', 'SET', 'maxmemory', bytes);

async function info(field: string): Promise<string> {
  const text = (await client.call('INFO', 'everything')) as string;
  return new RegExp(`^${field}:(.*)\r$`, 'm').exec(text)?.[1] ?? 'missing';
}

/** A list of so many elements, in one byte for every 88 of them. */
function compressedList(count: number): string {
  const head = littleEndian(6 + 2 * count + 1, 4) + littleEndian(65_535, 2);
  // The integer 1, and that it takes 1 byte.
  const elements = { byte: '\x01', times: 2 * count };
  return dump(10, 18, length(1) + length(2) + compressedString(head, elements, '\xff'));
}

describe('maxmemory', () => {
  it('bounds what a payload of RESTORE is expanded to, before it is', async () => {
    await limit('2mb');
    expect(await client.call('RESTORE', 'list', '0', compressedList(1_000_000))).toEqual(error('ERR Bad data format'));
    expect(await client.call('RESTORE', 'list', '0', compressedList(10_000))).toEqual(ok);
    expect(await client.call('LLEN', 'list')).toBe(10_000);
  });

  it('refuses commands that may need memory, and no others', async () => {
    await limit('1');
    for (const words of [
      ['SET', 'b', '1'],
      ['SET', 'a', ''],
      ['APPEND', 'a', ''],
      ['INCR', 'a'],
      ['SETRANGE', 'a', '0', ''],
      ['MSET', 'b', '1'],
      ['COPY', 'a', 'b'],
    ]) {
      expect(await client.call(...words)).toEqual(oom);
    }
    expect(await client.call('GET', 'a')).toBe('1');
    expect(await client.call('EXPIRE', 'a', '100')).toBe(1);
    expect(await client.call('RENAME', 'a', 'b')).toEqual(ok);
    expect(await client.call('DEL', 'b')).toBe(1);
    expect(await client.call('SET', 'b', '1')).toEqual(oom);
    await limit('100mb');
    expect(await client.call('SET', 'b', '1')).toEqual(ok);
  });

  it('lets writes in again when there is room, and lets the last one pass the limit', async () => {
    const value = 'x'.repeat(10_000);
    await limit(String(Number(await info('used_memory')) + 50_000));
    const replies = await client.pipeline(Array.from({ length: 20 }, (_, i) => ['SET', `k${i}`, value]));
    const accepted = replies.filter((reply) => reply !== oom && JSON.stringify(reply) === JSON.stringify(ok)).length;
    expect(accepted).toBe(5);
    expect(replies.slice(accepted)).toEqual(replies.slice(accepted).map(() => oom));
    expect(await client.call('DEL', 'k0', 'k1')).toBe(2);
    expect(await client.call('SET', 'k0', '')).toEqual(ok);
  });

  it('refuses what is queued, and with it the transaction', async () => {
    await limit('1');
    expect(await client.pipeline([['MULTI'], ['GET', 'a'], ['SET', 'b', '1'], ['EXEC']])).toEqual([
      ok,
      queued,
      oom,
      error('EXECABORT Transaction discarded because of previous errors.'),
    ]);
  });

  it('refuses EXEC where a queued command may need memory, even if nothing would be run', async () => {
    const other = await RawClient.connect(node.port);
    for (const watched of [false, true]) {
      if (watched) await client.call('WATCH', 'a');
      await client.pipeline([['MULTI'], ['GET', 'a'], ['SET', 'b', '1']]);
      if (watched) await other.call('SET', 'a', '2');
      await other.call('CONFIG', 'SET', 'maxmemory', '1');
      expect(await client.call('EXEC')).toEqual(error(`EXECABORT Transaction discarded because of: ${oom.text}`));
      expect(node.server.watches.size).toBe(0);
      await limit('0');
    }
    await client.pipeline([['MULTI'], ['GET', 'a'], ['DEL', 'a']]);
    await other.call('CONFIG', 'SET', 'maxmemory', '1');
    expect(await client.call('EXEC')).toEqual(['2', 1]);
    await limit('0');
    await client.pipeline([['WATCH', 'a'], ['MULTI'], ['GET', 'a']]);
    await other.call('SET', 'a', '3');
    expect(await client.call('EXEC')).toEqual(nullArray);
    other.close();
  });

  it('does not ask again between the commands of a transaction', async () => {
    await limit(String(Number(await info('used_memory')) + 1000));
    await client.pipeline([['MULTI'], ['SET', 'b', 'x'.repeat(5000)], ['SET', 'c', 'x'.repeat(5000)]]);
    expect(await client.call('EXEC')).toEqual([ok, ok]);
    expect(await client.call('SET', 'd', '1')).toEqual(oom);
  });

  it('counts what it refuses as rejected', async () => {
    await limit('1');
    await client.call('SET', 'b', '1');
    expect(await info('cmdstat_set')).toMatch(/^calls=0,usec=0,.*rejected_calls=1,failed_calls=0$/);
    expect(await info('errorstat_OOM')).toBe('count=1');
  });

  it('is shown and set as in Valkey', async () => {
    expect(await limit('2mb')).toEqual(ok);
    expect(await client.call('CONFIG', 'GET', 'maxmemory*')).toEqual([
      'maxmemory',
      '2097152',
      'maxmemory-policy',
      'noeviction',
    ]);
    expect([await info('maxmemory'), await info('maxmemory_human')]).toEqual(['2097152', '2.00M']);
    expect(await limit('many')).toEqual(
      error("ERR CONFIG SET failed (possibly related to argument 'maxmemory') - argument must be a memory value"),
    );
    expect(await client.call('CONFIG', 'SET', 'maxmemory-policy', 'noeviction')).toEqual(ok);
    expect(await client.call('CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru')).toEqual(
      error(
        "ERR CONFIG SET failed (possibly related to argument 'maxmemory-policy') - argument(s) must be one of the following: noeviction",
      ),
    );
  });

  it('hears of the room that another node has made, though it refuses all that is asked', async () => {
    const other = await startTestNode({ store });
    const elsewhere = await RawClient.connect(other.port);
    const used = Number(await info('used_memory'));
    for (const ask of [[['SET', 'b', '1']], [['MULTI'], ['SET', 'b', '1'], ['DISCARD']]]) {
      await limit('0');
      await elsewhere.call('SET', 'big', 'x'.repeat(100_000));
      await client.call('GET', 'big');
      await limit(String(used + 50_000));
      await elsewhere.call('DEL', 'big');
      // A write is refused on what is proven; what is queued, on what is known, but never for ever.
      let last: unknown = oom;
      while (JSON.stringify(last) === JSON.stringify(oom)) {
        const replies = await client.pipeline(ask);
        last = replies[Math.min(1, replies.length - 1)];
      }
      expect(last).toEqual(ask.length === 1 ? ok : queued);
    }
    elsewhere.close();
    await other.drain();
  });
});

describe('INFO memory', () => {
  it('says what keys, values and their bookkeeping take', async () => {
    const before = Number(await info('used_memory'));
    await client.call('SET', 'b', 'x'.repeat(1000));
    const [used, dataset, overhead] = [
      await info('used_memory'),
      await info('used_memory_dataset'),
      await info('used_memory_overhead'),
    ];
    expect(Number(used) - before).toBe(await client.call('MEMORY', 'USAGE', 'b'));
    expect(Number(dataset) + Number(overhead)).toBe(Number(used));
    expect(Number(await info('used_memory_peak'))).toBeGreaterThanOrEqual(Number(used));
    expect(await info('used_memory_human')).toBe(formatMemorySize(Number(used)));
    expect(await info('maxmemory_policy')).toBe('noeviction');
    expect(Number(await info('total_system_memory'))).toBeGreaterThan(2 ** 28);
    for (const field of ['used_memory_startup', 'used_memory_rss', 'heap_limit']) {
      expect(Number(await info(field))).toBeGreaterThan(0);
    }
  });
});

it('sizes are written as Valkey writes them', () => {
  expect(['1', '1k', '1kb', '2MB', '1gb', '3g', '7b'].map(parseMemorySize)).toEqual([
    1, 1000, 1024, 2_097_152, 1_073_741_824, 3e9, 7,
  ]);
  expect(['x', '1tb', '-1', '1.5gb', ' 1', '1 gb'].map(parseMemorySize)).toEqual(Array(6).fill(undefined));
  expect([0, 1023, 1024, 1536, 2 ** 20, 5 * 2 ** 30].map(formatMemorySize)).toEqual([
    '0B',
    '1023B',
    '1.00K',
    '1.50K',
    '1.00M',
    '5.00G',
  ]);
});
