/** `valthree branch` and `valthree restore` as a user runs them, beside a node that serves the database. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { valthree, type Finished } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-time-'));
let node: RunningNode;
let client: RawClient;
beforeAll(async () => {
  node = await startTestNode({ store: { url: directory }, databaseName: 'main', layout: 'journal' });
  client = await RawClient.connect(node.port);
  await client.call('SET', 'a', '1');
  await client.call('SET', 'b', '1');
  await client.call('SET', 'a', '2');
});
afterAll(async () => {
  client.close();
  await node.drain();
  rmSync(directory, { recursive: true });
});

function run(...words: string[]): Promise<Finished> {
  return valthree([...words, '--store', directory]);
}

async function valuesOf(databaseName: string): Promise<unknown> {
  const other = await startTestNode({ store: { url: directory }, databaseName });
  const reader = await RawClient.connect(other.port);
  const values = await reader.call('MGET', 'a', 'b');
  reader.close();
  await other.drain();
  return values;
}

describe('valthree branch', () => {
  it('makes a database that begins as another is, while that is served', async () => {
    const { code, stdout, stderr } = await run('branch', 'main', 'now');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^now begins as main was at commit 3 of 20\d\d-.*Z\n$/);
    expect(await valuesOf('now')).toEqual(['2', '1']);
    expect(await client.call('SET', 'a', '3')).toMatchObject({ text: 'OK' });
    expect(await valuesOf('now')).toEqual(['2', '1']);
  });

  it('or was', async () => {
    expect((await run('branch', 'main', 'then', '--at', '1')).code).toBe(0);
    expect(await valuesOf('then')).toEqual(['1', null]);
    expect((await run('branch', 'main', 'before', '--at', '2001-01-01')).stdout).toBe(
      'before begins as main was at its beginning\n',
    );
  });

  it.each([
    [1, ['main', 'main'], /the object is there already; a branch wants a name that nobody has: .*object=main\n$/],
    [1, ['nobody', 'x'], /the object is not there: there is no such database: .*object=nobody\n$/],
    [1, ['main', 'x', '--at', '99'], /there is no commit of that number yet: asked=99 newest=4 database=main\n$/],
    [2, ['main', 'a/b'], /it is no name of a database: 'a\/b'\n$/],
    [2, ['main', 's3://bucket/x'], /both are addresses, or both are names in --store\n$/],
    [2, ['main', 'x', '--at', 'yesterday'], /It must be the number of a commit, or a time such as /],
    [2, ['main'], /missing required argument 'branch'/],
  ])('exit code %i for %j', async (code, words, message) => {
    const finished = await run('branch', ...words);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toMatch(message);
  });

  it('of two buckets is refused', async () => {
    const { code, stderr } = await valthree(['branch', 's3://one/a', 's3://two/b']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('it must be in the same bucket')]);
  });
});

describe('valthree restore', () => {
  it('says what it would do, does it, and can be undone', async () => {
    const flags = ['restore', '--name', 'main', '--at', '2'];
    expect((await run(...flags, '--dry-run')).stdout).toMatch(
      /^would make main as it was at commit 2 of .*: 1 keys set, 0 deleted\n$/,
    );
    expect(await client.call('GET', 'a')).toBe('3');
    const { code, stdout } = await run(...flags);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^made main as it was at commit 2 of .*; --at 4 brings back what it was now\n$/);
    expect(await client.call('MGET', 'a', 'b')).toEqual(['1', '1']);
    expect((await run('restore', '--name', 'main', '--at', '4')).code).toBe(0);
    expect(await client.call('MGET', 'a', 'b')).toEqual(['3', '1']);
  });

  it('wants to know to when', async () => {
    const { code, stderr } = await run('restore', '--name', 'main');
    expect([code, stderr]).toEqual([2, expect.stringContaining("'--at <number|time>' not specified")]);
  });

  it('of a database without a past says so', async () => {
    const plain = await startTestNode({ store: { url: directory }, databaseName: 'plain' });
    const writer = await RawClient.connect(plain.port);
    await writer.call('SET', 'a', '1');
    writer.close();
    await plain.drain();
    const { code, stderr } = await run('restore', '--name', 'plain', '--at', '1');
    expect([code, stderr]).toEqual([1, expect.stringContaining('it is not in the journal layout')]);
  });
});
