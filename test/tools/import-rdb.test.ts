/** A file that a real server has saved becomes the same keys here; what is no such file is refused, and says where. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readRdb } from '../../src/tools/import-rdb.ts';
import { ImportError } from '../../src/tools/import-lines.ts';
import { valthree } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer } from '../support/reference-server.ts';

async function* chunksOf(file: Buffer, length = 100): AsyncGenerator<Uint8Array, void, undefined> {
  for (let at = 0; at < file.length; at += length) {
    await Promise.resolve();
    yield Uint8Array.from(file.subarray(at, at + length));
  }
}

const expireAt = 4_102_444_800_000;

describe.skipIf(!hasReferenceServer)('the file of a real server', () => {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-import-rdb-'));
  const path = join(directory, 'dump.rdb');
  const many = Array.from({ length: 2000 }, (_, i) => `member ${i}`);
  let file: Buffer;
  beforeAll(async () => {
    const server = await startReferenceServer(['--dir', directory]);
    const client = await RawClient.connect(server.port);
    await client.call('SET', 'string', 'value', 'PXAT', String(expireAt));
    await client.call('RPUSH', 'list', 'a', 'b', '17');
    await client.call('SADD', 'integers', '3', '1', '2');
    await client.call('SADD', 'large', ...many);
    await client.call('ZADD', 'sorted', '1.5', 'a', '-inf', 'b', '3', 'c');
    await client.call('HSET', 'hash', 'field', 'value', 'other', '\xff');
    await client.call('XADD', 'stream', '*', 'a', 'b');
    await client.call('SELECT', '3');
    await client.call('SET', 'third', '1');
    await client.call('SAVE');
    client.close();
    await server.stop();
    file = readFileSync(path);
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });

  const wanted = [
    [0, 'hash', ['hash', ['field', 'value', null], ['other', '\xff', null]], undefined],
    [0, 'integers', ['set', '1', '2', '3'], undefined],
    [0, 'large', ['set', ...many.toSorted()], undefined],
    [0, 'list', ['list', 'a', 'b', '17'], undefined],
    [0, 'sorted', ['zset', ['b', '-Infinity'], ['a', '1.5'], ['c', '3']], undefined],
    [0, 'string', 'value', expireAt],
    [3, 'third', '1', undefined],
  ];

  it('is read whole, but for streams, and tells how far it has come', async () => {
    const progress: number[] = [];
    const { keyspace, leftOut } = await readRdb(chunksOf(file), 16, (bytes) => progress.push(bytes));
    expect(keyspace.dump()).toEqual(wanted);
    expect([...leftOut]).toEqual([['streams', 1]]);
    expect(progress.at(-1)).toBe(file.length);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
  });

  it('is refused where it was cut off or damaged, or has databases that the nodes have not', async () => {
    await expect(readRdb(chunksOf(file.subarray(0, -20)), 16)).rejects.toThrow(ImportError);
    const damaged = Buffer.from(file);
    damaged[60] = (damaged[60] as number) ^ 1;
    await expect(readRdb(chunksOf(damaged), 16)).rejects.toThrow(/offset=/);
    await expect(readRdb(chunksOf(file), 3)).rejects.toThrow('there is no such database, see --databases: db=3');
    await expect(readRdb(chunksOf(Buffer.from('not such a file at all')), 16)).rejects.toThrow('it is not an RDB file');
  });

  it('is imported by the command, as one commit, and exported as lines', async () => {
    const store = ['--store', join(directory, 'store')];
    const imported = await valthree(['import', ...store, '--rdb', path]);
    expect([imported.code, imported.stderr]).toEqual([0, '']);
    expect(imported.stdout).toBe('7 keys imported, left out, as this release has no place for them: 1 streams\n');
    const { stdout } = await valthree(['export', ...store]);
    expect(stdout).toContain('{"db":0,"key":"list","type":"list","elements":["a","b","17"]}');
    expect(stdout).toContain('{"db":0,"key":"sorted","type":"zset","scores":[["b","-inf"],["a",1.5],["c",3]]}');
    writeFileSync(join(directory, 'bad.rdb'), file.subarray(0, 50));
    const refused = await valthree(['import', ...store, '--rdb', join(directory, 'bad.rdb')]);
    expect([refused.code, refused.stdout]).toEqual([1, '']);
    expect(refused.stderr).toMatch(/^valthree: nothing was imported: .*bad\.rdb: .*offset=/);
  });
});
