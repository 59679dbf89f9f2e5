/** The clients that people use, as they are: each connects, writes, reads, pipelines, and runs a transaction. */
import { spawn, spawnSync } from 'node:child_process';
import { GlideClient, ProtocolVersion, Batch } from '@valkey/valkey-glide';
import { Redis as IoRedis } from 'ioredis';
import { Redis as IoValkey } from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { requirement } from '../support/requirement.ts';
import { startTestNode } from '../support/test-node.ts';

let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.drain());

describe('clients from npm', () => {
  it.each([
    ['ioredis', IoRedis],
    ['iovalkey', IoValkey],
  ] as const)('%s', async (name, Client) => {
    const client = new (Client as typeof IoRedis)({ port: node.port, host: '127.0.0.1', connectionName: name });
    const key = `${name}:ü`;
    expect(await client.set(key, 'wért', 'EX', 100)).toBe('OK');
    expect(await client.get(key)).toBe('wért');
    expect(await client.ttl(key)).toBe(100);
    expect(await client.pipeline().incr(`${name}:n`).incr(`${name}:n`).get(`${name}:n`).exec()).toEqual([
      [null, 1],
      [null, 2],
      [null, '2'],
    ]);
    await client.watch(key);
    expect(await client.multi().append(key, '!').strlen(key).exec()).toEqual([
      [null, 6],
      [null, 6],
    ]);
    expect(await client.client('GETNAME')).toBe(name);
    const binary = Buffer.from([0, 255, 13, 10]);
    await client.set(binary, binary);
    expect(await client.getBuffer(binary)).toEqual(binary);
    await expect(client.incr(key)).rejects.toThrow('ERR value is not an integer or out of range');
    await expect(client.call('NOSUCH', 'x')).rejects.toThrow(
      "ERR unknown command 'NOSUCH', with args beginning with: 'x'",
    );
    await client.quit();
  });

  it.each([2, 3] as const)('node-redis in RESP%i', async (RESP) => {
    const client = await createClient({ url: `redis://127.0.0.1:${node.port}/1`, RESP, name: 'node-redis' }).connect();
    expect(await client.set('key', 'value', { expiration: { type: 'PX', value: 100_000 }, condition: 'NX' })).toBe(
      'OK',
    );
    expect(await client.set('key', 'other', { condition: 'NX' })).toBeNull();
    expect(await client.mGet(['key', 'none'])).toEqual(['value', null]);
    expect(await client.multi().incrBy('n', 5).decr('n').exec()).toEqual([5, 4]);
    const scanned: string[] = [];
    for await (const keys of client.scanIterator({ MATCH: '*' })) scanned.push(...keys);
    expect(scanned.sort()).toEqual(['key', 'n']);
    expect(await client.ping()).toBe('PONG');
    await client.flushDb();
    await client.close();
  });

  it.each([ProtocolVersion.RESP2, ProtocolVersion.RESP3])('valkey-glide in protocol %s', async (protocol) => {
    const client = await GlideClient.createClient({ addresses: [{ host: '127.0.0.1', port: node.port }], protocol });
    expect(await client.set('glide', 'value')).toBe('OK');
    expect(await client.get('glide')).toBe('value');
    expect(await client.exec(new Batch(true).incr('glide:n').incr('glide:n').del(['glide:n']), true)).toEqual([
      1, 2, 1,
    ]);
    expect(await client.info()).toContain('valkey_version');
    client.close();
  });
});

function run(program: string, args: readonly string[], input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args);
    let output = '';
    child.stdout.on('data', (chunk) => (output += String(chunk)));
    child.stderr.on('data', (chunk) => (output += String(chunk)));
    child.once('error', reject);
    child.once('close', () => {
      resolve(output);
    });
    child.stdin.end(input);
  });
}

function isThere(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
}

const hasRedisTools = requirement(
  isThere('redis-cli') && isThere('redis-benchmark'),
  'redis-cli, redis-benchmark: apt-get install redis-tools',
);

describe.skipIf(!hasRedisTools)('redis-tools', () => {
  const port = (): string[] => ['-h', '127.0.0.1', '-p', String(node.port)];

  it('redis-cli runs commands, scripts of commands and its modes', async () => {
    expect(await run('redis-cli', [...port(), 'SET', 'cli', 'value'])).toBe('OK\n');
    expect(await run('redis-cli', [...port(), '-3', 'GET', 'cli'])).toBe('value\n');
    expect(await run('redis-cli', port(), 'MULTI\nINCR n\nINCR n\nEXEC\n')).toBe('OK\nQUEUED\nQUEUED\n1\n2\n');
    expect(
      await run('redis-cli', [...port(), '--pipe'], '*3\r\n$3\r\nSET\r\n$1\r\np\r\n$1\r\nv\r\n'.repeat(1000)),
    ).toContain('errors: 0, replies: 1000');
    expect(await run('redis-cli', [...port(), '--scan', '--pattern', 'cl*'])).toBe('cli\n');
    expect(await run('redis-cli', [...port(), 'FLUSHALL'])).toBe('OK\n');
  });

  it('redis-benchmark runs its tests of strings, pipelined or not', async () => {
    const tests = [...port(), '-t', 'ping,set,get,incr,mset', '-n', '2000', '-q'];
    for (const more of [[], ['-P', '16'], ['-3']]) {
      const output = await run('redis-benchmark', [...tests, ...more]);
      expect(output.match(/requests per second/g)?.length, output).toBe(6);
      expect(output).not.toMatch(/error/i);
    }
  });
});

// Debian's package is for Debian's Python, which need not be the first on the PATH.
const python = ['python3', '/usr/bin/python3'].find((name) => spawnSync(name, ['-c', 'import redis']).status === 0);
const hasRedisPy = requirement(python !== undefined, 'redis-py: apt-get install python3-redis');

describe.skipIf(!hasRedisPy)('redis-py', () => {
  it('connects and works', async () => {
    const script = `
import redis
r = redis.Redis(port=${node.port}, decode_responses=True)
assert r.set('py', 'ü', ex=50)
assert r.get('py') == 'ü'
assert 0 < r.ttl('py') <= 50
with r.pipeline(transaction=True) as p:
    p.incr('py:n'); p.incr('py:n')
    assert p.execute() == [1, 2]
def add(p):
    n = int(p.get('py:n'))
    p.multi(); p.set('py:n', n + 1)
r.transaction(add, 'py:n')
assert r.get('py:n') == '3'
assert sorted(r.scan_iter('py*')) == ['py', 'py:n']
p = r.pubsub()
p.subscribe('py:c'); p.psubscribe('py:*')
assert [p.get_message(timeout=5)['type'] for _ in range(2)] == ['subscribe', 'psubscribe']
assert r.publish('py:c', 'x') == 2
assert [p.get_message(timeout=5)['type'] for _ in range(2)] == ['message', 'pmessage']
p.unsubscribe(); p.punsubscribe(); p.close()
try:
    r.incr('py'); raise SystemExit('no error')
except redis.ResponseError as e:
    assert str(e) == 'value is not an integer or out of range', e
print('fine', end='')
`;
    expect(await run(python ?? '', ['-c', script])).toBe('fine');
  });
});
