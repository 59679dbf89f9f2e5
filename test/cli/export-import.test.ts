/** `valthree export`, `import` and `copy` as a user runs them, beside a node that serves the database. */
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { NodeProcess, valthree, type Finished } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer } from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-export-'));
const file = (name: string): string => join(directory, name);
const store = file('store');
const main = ['--store', store, '--name', 'main'];
const expireAt = '4102444800000';
let node: RunningNode;
let client: RawClient;
beforeAll(async () => {
  node = await startTestNode({ store: { url: store }, databaseName: 'main', layout: 'journal' });
  client = await RawClient.connect(node.port);
  await client.call('SET', 'a', '1');
  await client.call('SET', 'b', 'two\r\nlines', 'PXAT', expireAt);
  await client.call('SELECT', '3');
  await client.call('SET', 'c', '\xc3\xbc');
  await client.call('SELECT', '0');
});
afterAll(async () => {
  client.close();
  await node.drain();
  rmSync(directory, { recursive: true });
});

const lines = [
  '{"db":0,"key":"a","type":"string","value":"1"}',
  `{"db":0,"key":"b","type":"string","value":"two\\r\\nlines","expireAt":${expireAt}}`,
  '{"db":3,"key":"c","type":"string","value":"ü"}',
  '{"end":{"keys":3}}',
  '',
].join('\n');

const keysOf = (output: string): string => output.slice(output.indexOf('\n') + 1);

async function withInput(input: string, ...words: string[]): Promise<Finished> {
  return new NodeProcess(words, {}, input).finished();
}

describe('valthree export', () => {
  it('writes what a node serves, as it is and was', async () => {
    const { code, stdout, stderr } = await valthree(['export', ...main]);
    expect([code, stderr, keysOf(stdout)]).toEqual([0, '', lines]);
    expect(stdout).toMatch(/^\{"valthree":"export","version":1,"database":"main","commit":3,"time":"20.*Z"\}\n/);
    const then = await valthree(['export', ...main, '--at', '1']);
    expect(keysOf(then.stdout)).toBe(`${lines.split('\n')[0]!}\n{"end":{"keys":1}}\n`);
  });

  it('writes a file that is whole or not there, and replaces none unasked', async () => {
    const { code, stdout } = await valthree(['export', ...main, '--output', file('x.jsonl')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/x\.jsonl: 3 keys of main as it was at commit 3 of 20/);
    expect(keysOf(readFileSync(file('x.jsonl'), 'utf8'))).toBe(lines);
    writeFileSync(file('y.jsonl'), 'mine');
    const refused = await valthree(['export', ...main, '--output', file('y.jsonl')]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringMatching(/is there already; --force replaces it/)]);
    expect(readFileSync(file('y.jsonl'), 'utf8')).toBe('mine');
    expect((await valthree(['export', ...main, '--output', file('y.jsonl'), '--force'])).code).toBe(0);
    expect(keysOf(readFileSync(file('y.jsonl'), 'utf8'))).toBe(lines);
    expect(readdirSync(directory).filter((name) => name.includes('partial'))).toEqual([]);
  });

  it.each([
    [1, ['--name', 'nobody'], /the object is not there: there is no such database/],
    [1, ['--name', 'main', '--at', '99'], /there is no commit of that number yet/],
    [2, ['--output', '/nowhere/x.jsonl'], /there is no directory \/nowhere to write to/],
    [2, ['--format', 'xml'], /Allowed choices are jsonl, resp/],
    [2, ['--store', '/nowhere'], /there is no directory \/nowhere/],
  ])('exit code %i for %j', async (code, words, message) => {
    const finished = await valthree(['export', '--store', store, ...words]);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toMatch(message);
  });

  it.runIf(hasReferenceServer)('writes commands that another server takes', async () => {
    const server = await startReferenceServer();
    const { stdout } = await valthree(['export', ...main, '--format', 'resp']);
    const socket = connect(server.port, '127.0.0.1');
    const replies = new Promise<string>((resolve) => {
      let all = '';
      socket
        .on('data', (chunk) => (all += chunk.toString()))
        .on('end', () => {
          resolve(all);
        });
    });
    socket.end(stdout);
    expect(await replies).toBe('+OK\r\n'.repeat(5));
    const other = await RawClient.connect(server.port);
    expect(await other.call('MGET', 'a', 'b')).toEqual(['1', 'two\r\nlines']);
    expect(await other.call('PEXPIRETIME', 'b')).toBe(Number(expireAt));
    other.close();
    await server.stop();
  });

  it('ends quietly where nobody reads on', async () => {
    const big = file('big');
    const value = 'x'.repeat(1000);
    const input = Array.from({ length: 3000 }, (_, i) => `{"key":"k${i}","value":"${value}"}\n`).join('');
    expect((await withInput(input, 'import', '--store', big, '-')).code).toBe(0);
    const entry = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const script = `"$0" --import tsx "$1" export --store "$2" | head -1; echo "\${PIPESTATUS[0]}"`;
    const shell = spawn('bash', ['-c', script, process.execPath, entry, big], { stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    shell.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    shell.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await new Promise((resolve) => shell.once('close', resolve));
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^\{"valthree":"export".*\}\n0\n$/);
  });
});

describe('valthree import', () => {
  it('is seen by a node that serves the database, at once and whole', async () => {
    const input = '{"key":"i1","value":"1"}\n{"db":3,"key":"i2","value":"2"}\n';
    const { code, stdout, stderr } = await withInput(input, 'import', ...main, '-');
    expect([code, stdout, stderr]).toEqual([0, '2 keys imported\n', '']);
    expect(await client.call('GET', 'i1')).toBe('1');
    expect((await valthree(['log', ...main, '--limit', '1', '--effects'])).stdout).toMatch(
      /^4 .* import on .* 2 effects\n.*i1.*\n.*i2.*\n$/,
    );
    const again = await withInput(input, 'import', ...main, '-');
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/2 keys are there already, the first of them/),
    ]);
    const skipped = await withInput(input, 'import', ...main, '--on-conflict', 'skip', '-');
    expect(skipped.stdout).toBe('0 keys imported, 2 were there already and stay\n');
    await client.call('DEL', 'i1');
  });

  it('creates a database, in the layout that is asked for', async () => {
    writeFileSync(file('in.jsonl'), lines.replace(/\{"end.*\n/, ''));
    const plain = ['--store', file('new'), '--layout', 'plain'];
    expect((await valthree(['import', ...plain, file('in.jsonl')])).stdout).toBe('3 keys imported\n');
    expect(keysOf((await valthree(['export', '--store', file('new')])).stdout)).toBe(lines);
    expect(JSON.parse(readFileSync(join(file('new'), 'valthree'), 'utf8'))).toMatchObject({ a: '1' });
  });

  it.each([
    [1, '{"key":"n1","value":"1"}\nno\n', /nothing was imported: standard input: line 2: it is not valid JSON/],
    [1, '{"key":"n1","value":"1","db":16}', /line 1: there is no such database, see --databases: db=16 databases=16/],
    [1, '{"key":"n1","value":"1"}\n{"key":"a","value":"9"}\n', /a key is there already: db=0 key=a/],
  ])('exit code %i, and nothing at all, for %j', async (code, input, message) => {
    const finished = await withInput(input, 'import', ...main, '-');
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toMatch(message);
    expect(await client.call('EXISTS', 'n1')).toBe(0);
  });

  it('says that there is no such file', async () => {
    const { code, stderr } = await valthree(['import', ...main, file('nothing')]);
    expect([code, stderr]).toEqual([1, expect.stringMatching(/nothing: ENOENT/)]);
  });
});

describe('valthree copy', () => {
  it('makes the same database in another store and layout, and is that database from then on', async () => {
    const to = ['--to-store', file('copy')];
    const { code, stdout, stderr } = await valthree(['copy', ...main, '--at', '3', ...to, '--layout', 'plain']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(
      /^made main in file:.*copy \(plain\) main as it was at commit 3 of .*: 3 keys set, 0 deleted\n$/,
    );
    const copied = await valthree(['export', '--store', file('copy'), '--name', 'main']);
    expect(keysOf(copied.stdout)).toBe(lines);
    await client.call('SET', 'a', '2');
    await client.call('DEL', 'b');
    const refused = await valthree(['copy', ...main, ...to]);
    expect([refused.code, refused.stderr]).toEqual([1, expect.stringMatching(/main holds 3 keys already; --replace/)]);
    const replaced = await valthree(['copy', ...main, ...to, '--replace']);
    expect(replaced.stdout).toMatch(/: 2 keys set, 1 deleted\n$/);
    await client.call('SET', 'a', '1');
    await client.call('SET', 'b', 'two\r\nlines', 'PXAT', expireAt);
  });

  it.each([
    [2, ['--to-store', store], /the source is the destination/],
    [2, [], /required option '--to-store <url>' not specified/],
    [2, ['--to-store', 'memory:'], /is gone with its process/],
    [1, ['--name', 'nobody', '--to-store', file('other')], /there is no such database/],
  ])('exit code %i for %j', async (code, words, message) => {
    const finished = await valthree(['copy', ...main, ...words]);
    expect([finished.code, finished.stdout]).toEqual([code, '']);
    expect(finished.stderr).toMatch(message);
  });
});
