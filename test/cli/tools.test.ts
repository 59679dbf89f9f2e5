/** `valthree inspect`, `log` and `verify` as a user runs them, beside a node that serves the database. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { valthree, type Finished } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-tools-'));
let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode({ store: { url: directory }, databaseName: 'main', layout: 'journal' });
  const client = await RawClient.connect(node.port);
  await client.call('SET', 'a', '1', 'EXAT', '2000000000');
  await client.call('SET', 'b', '\xff\xc3\xbc');
  await client.call('RENAME', 'b', 'c');
  await client.call('SELECT', '1');
  await client.call('SET', 'long', 'x'.repeat(200));
  for (let i = 0; i < 10; i++) await client.call('INCR', 'n');
  await client.call('FLUSHDB');
  client.close();
  const plain = await startTestNode({ store: { url: directory }, databaseName: 'plain' });
  const writer = await RawClient.connect(plain.port);
  await writer.call('MSET', 'a', '1', 'b', '2');
  writer.close();
  await plain.drain();
});
afterAll(async () => {
  await node.drain();
  rmSync(directory, { recursive: true });
});

function run(command: string, name: string, ...words: string[]): Promise<Finished> {
  return valthree([command, '--store', directory, '--name', name, ...words]);
}

describe('valthree inspect', () => {
  it('explains a journal', async () => {
    const { code, stdout, stderr } = await run('inspect', 'main');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.split('\n').map((line) => line.slice(0, 9).trim())).toEqual([
      'database',
      'objects',
      'keys',
      'commits',
      'snapshot',
      'past',
      'node',
      'cost',
      '',
    ]);
    expect(stdout).toMatch(/^objects {3}1 head \(\d+ B\), 15 records \(\d\.\d kB\), 0 side objects \(0 B\)/m);
    expect(stdout).toMatch(
      /^commits {3}15, the newest \S+ seconds? ago \(20.*Z\); 15 of them behind the snapshot, 0 void$/m,
    );
    expect(stdout).toMatch(/^node {6}127\.0\.0\.1:\d+: 15 commits, the last .* ago$/m);
    expect(stdout).toMatch(/^cost {6}\S+ commits a second: about \$\d+\.\d\d a month at the prices of AWS S3/m);
  });

  it('for programs', async () => {
    const { stdout } = await run('inspect', 'main', '--json');
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'main',
      layout: 'journal',
      journal: { newest: 15, voids: 0, holes: [], nodes: [{ commits: 15 }] },
    });
  });

  it('explains a plain database', async () => {
    const { stdout } = await run('inspect', 'plain');
    expect(stdout).toMatch(
      /^database {2}plain in .*, plain layout\nobjects {3}1 database \(\d+ B\); \d+ B in all\nkeys {6}2 in database 0\n$/,
    );
  });
});

describe('valthree log', () => {
  it('lists the newest commits', async () => {
    const { code, stdout } = await run('log', 'main', '--limit', '2');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^14 {2}20\S+Z {2}127\.0\.0\.1:\d+ {2}\d+ B {2}1 effect\n15 .*\n$/);
  });

  it('says what they did', async () => {
    const { stdout } = await run('log', 'main', '--to', '4', '--effects');
    const effects = stdout.split('\n').filter((line) => line.startsWith('    '));
    expect(effects.map((line) => line.trim())).toEqual([
      'set "a" to "1"',
      'let "a" expire at 2033-05-18T03:33:20.000Z',
      'set "b" to "\\xff\\xc3\\xbc"',
      'rename "b" to "c"',
      `[1] set "long" to "${'x'.repeat(80)}"… (200 bytes)`,
    ]);
  });

  it('for programs, with the effects as they are stored', async () => {
    const { stdout } = await run('log', 'main', '--from', '3', '--to', '3', '--json', '--effects');
    expect(JSON.parse(stdout)).toMatchObject({
      number: 3,
      void: false,
      count: 1,
      effects: [['rename', 0, 'b', 0, 'c']],
    });
  });

  it('of a key, by whatever it was changed', async () => {
    const numbers = async (...words: string[]): Promise<string[]> =>
      (await run('log', 'main', ...words)).stdout
        .split('\n')
        .flatMap((line) => (line === '' ? [] : [line.split(' ')[0]!]));
    expect(await numbers('--key', 'c')).toEqual(['3', '15']);
    expect(await numbers('--key', 'n', '--limit', '3')).toEqual(['13', '14', '15']);
    expect(await numbers('--node', 'nobody')).toEqual([]);
    expect(await numbers('--limit', '0')).toHaveLength(15);
  });

  it('of a plain database there is none', async () => {
    const { code, stderr } = await run('log', 'plain');
    expect([code, stderr]).toEqual([
      1,
      'valthree: plain is in the plain layout, which keeps no log: its object has the newest state only\n',
    ]);
  });
});

describe('valthree verify', () => {
  it('finds nothing wrong', async () => {
    const { code, stdout } = await run('verify', 'main');
    expect([code, stdout]).toEqual([
      0,
      expect.stringMatching(/^main \(journal, up to commit 15\): nothing is wrong: 2 keys in 16 objects, .* kB\n$/),
    ]);
    expect((await run('verify', 'plain')).stdout).toMatch(/^plain \(plain\): nothing is wrong: 2 keys in 1 objects/);
  });

  it('names what is wrong', async () => {
    writeFileSync(join(directory, 'broken'), '{"a":');
    const { code, stdout } = await run('verify', 'broken');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^DAMAGED broken: .*\nbroken \(plain\): 1 things are wrong/);
    expect(JSON.parse((await run('verify', 'broken', '--json')).stdout)).toMatchObject({
      findings: [{ object: 'broken' }],
    });
  });
});

describe.each(['inspect', 'log', 'verify'])('valthree %s', (command) => {
  it('leaves the store as it is', async () => {
    const before = readdirSync(directory).sort();
    await run(command, 'nobody');
    expect(readdirSync(directory).sort()).toEqual(before);
  });

  it('says that there is no such database, or store', async () => {
    const nobody = await run(command, 'nobody');
    expect([nobody.code, nobody.stdout + nobody.stderr]).toEqual([
      1,
      expect.stringMatching(/missing|no database of this name/),
    ]);
    const nowhere = await valthree([command, '--store', join(directory, 'nowhere')]);
    expect([nowhere.code, nowhere.stderr]).toEqual([2, expect.stringContaining('there is no directory')]);
    const memory = await valthree([command, '--store', 'memory:']);
    expect([memory.code, memory.stderr]).toEqual([2, expect.stringContaining('is gone with its process')]);
  });
});
