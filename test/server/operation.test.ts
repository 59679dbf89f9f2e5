/** What operators rely on: INFO, settings, pauses, kills, HTTP, draining. */
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { metrics } from '../../src/server/metrics.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

let node: RunningNode;
let client: RawClient;
beforeAll(async () => {
  node = await startTestNode({ http: { host: '127.0.0.1', port: 0 } });
  client = await RawClient.connect(node.port);
});
afterAll(async () => {
  client.close();
  await node.drain();
});

async function info(section: string): Promise<Map<string, string>> {
  const text = (await client.call('INFO', section)) as string;
  return new Map(
    text
      .split('\r\n')
      .flatMap((line) => (line.includes(':') ? [line.split(/:(.*)/s).slice(0, 2) as [string, string]] : [])),
  );
}

describe('INFO', () => {
  it('counts requests to the store, commits and commands', async () => {
    await client.call('CONFIG', 'RESETSTAT');
    await client.pipeline(Array.from({ length: 50 }, (_, i) => ['SET', `k${i}`, 'v']));
    await client.call('GET', 'k1');
    const store = await info('store');
    expect(store.get('store')).toBe('memory:');
    expect(store.get('store_layout')).toBe('plain');
    expect(Number(store.get('commits'))).toBeGreaterThanOrEqual(1);
    expect(Number(store.get('commands_per_commit'))).toBeGreaterThan(1);
    expect(store.get('store_requests_put')).toBe(store.get('commits'));
    expect(store.get('read_rounds')).toBe('1');
    expect(store.get('store_outcomes_get')).toBe('notModified=1');
    expect(Number(store.get('store_estimated_cost_usd'))).toBeGreaterThan(0);
    const stats = await info('commandstats');
    expect(stats.get('cmdstat_set')).toMatch(
      /^calls=50,usec=\d+,usec_per_call=[\d.]+,rejected_calls=0,failed_calls=0$/,
    );
    expect((await info('keyspace')).get('db0')).toBe('keys=50,expires=0,avg_ttl=0,keys_with_volatile_items=0');
  });

  it('counts what expires and what will', async () => {
    await client.pipeline(
      [
        'CONFIG RESETSTAT',
        'SELECT 3',
        'HSET h f v g v k v',
        'HPEXPIRE h 0 FIELDS 2 f g',
        'HPEXPIRE h 100000 FIELDS 1 k',
        'SET later v EX 1000',
        // What is deleted at once has not expired.
        'SET past v EXAT 1',
        'SET soon v PX 1',
      ].map((line) => line.split(' ')),
    );
    while ((await client.call('EXISTS', 'soon')) === 1);
    expect((await info('keyspace')).get('db3')).toBe('keys=2,expires=1,avg_ttl=0,keys_with_volatile_items=1');
    const stats = await info('stats');
    expect([stats.get('expired_keys'), stats.get('expired_fields')]).toEqual(['1', '2']);
    await client.call('RENAME', 'h', 'renamed');
    await client.call('HPERSIST', 'renamed', 'FIELDS', '1', 'k');
    expect((await info('keyspace')).get('db3')).toBe('keys=2,expires=1,avg_ttl=0,keys_with_volatile_items=0');
    await client.call('SELECT', '0');
  });

  it('tells of snapshots', async () => {
    const journal = await startTestNode({ layout: 'journal' });
    const writer = await RawClient.connect(journal.port);
    const persistence = async (): Promise<unknown> => writer.call('INFO', 'persistence');
    expect(await persistence()).toContain('rdb_bgsave_in_progress:0\r\nrdb_saves:0\r\n');
    const seen: unknown[] = [];
    while (seen.length < 1000 && !/rdb_saves:[1-9]/.test(String(seen.at(-1)))) {
      await writer.call('SET', 'k', 'v'.repeat(300_000));
      seen.push(await persistence());
    }
    expect(seen.at(-1)).toMatch(/rdb_saves:[1-9]/);
    writer.close();
    await journal.drain();
  });

  it('has the sections that it is asked for', async () => {
    expect([...(await info('server')).keys()]).toContain('valkey_version');
    expect([...(await info('clients')).keys()]).not.toContain('valkey_version');
    const everything = (await client.call('INFO', 'everything')) as string;
    for (const section of [
      'Server',
      'Clients',
      'Memory',
      'Stats',
      'Store',
      'Replication',
      'CPU',
      'Commandstats',
      'Errorstats',
      'Keyspace',
    ]) {
      expect(everything).toContain(`# ${section}\r\n`);
    }
    expect(await client.call('INFO', 'nosuch')).toBe('');
  });

  it('counts errors by kind', async () => {
    await client.call('CONFIG', 'RESETSTAT');
    await client.call('INCR', 'k1');
    await client.call('NOSUCH');
    await client.call('GET');
    expect((await info('errorstats')).get('errorstat_ERR')).toBe('count=3');
    const stats = await info('commandstats');
    expect(stats.get('cmdstat_incr')).toContain('failed_calls=1');
  });
});

describe('CONFIG', () => {
  const failed = (reason: string): unknown => ({
    kind: 'error',
    text: `ERR CONFIG SET failed (possibly related to argument ${reason}`,
  });

  it('changes all or nothing, and says why not', async () => {
    expect(await client.call('CONFIG', 'SET', 'timeout', '100', 'maxclients', '500')).toMatchObject({ text: 'OK' });
    expect(await client.call('CONFIG', 'GET', 'time*', 'MAXCLIENTS')).toEqual(['timeout', '100', 'MAXCLIENTS', '500']);
    expect(await client.call('CONFIG', 'SET', 'timeout', '7', 'port', '1')).toEqual(
      failed("'port') - can't set immutable config"),
    );
    expect(await client.call('CONFIG', 'SET', 'timeout', 'x')).toEqual(
      failed("'timeout') - argument couldn't be parsed into an integer"),
    );
    expect(await client.call('CONFIG', 'SET', 'timeout', '1', 'timeout', '2')).toEqual(
      failed("'timeout') - duplicate parameter"),
    );
    expect(await client.call('CONFIG', 'SET', 'maxclients', '0')).toEqual(
      failed("'maxclients') - argument must be between 1 and 4294967295 inclusive"),
    );
    expect(await client.call('CONFIG', 'SET', 'proto-max-bulk-len', '1xb')).toEqual(
      failed("'proto-max-bulk-len') - argument must be a memory value"),
    );
    expect(await client.call('CONFIG', 'SET', 'nosuch', '1')).toMatchObject({
      text: "ERR Unknown option or number of arguments for CONFIG SET - 'nosuch'",
    });
    expect(await client.call('CONFIG', 'GET', 'timeout')).toEqual(['timeout', '100']);
    await client.call('CONFIG', 'SET', 'timeout', '0', 'maxclients', '10000');
  });
});

describe('CLIENT', () => {
  it('lists, finds and closes connections', async () => {
    const other = await RawClient.connect(node.port);
    await other.call('CLIENT', 'SETNAME', 'victim');
    await other.call('CLIENT', 'SETINFO', 'LIB-NAME', 'test');
    const id = (await other.call('CLIENT', 'ID')) as number;
    const list = (await client.call('CLIENT', 'LIST', 'ID', String(id))) as string;
    expect(list).toMatch(
      new RegExp(
        `^id=${id} addr=127.0.0.1:\\d+ laddr=127.0.0.1:${node.port} .* name=victim .* cmd=client\\|id user=default .* lib-name=test .*\\n$`,
      ),
    );
    expect(await client.call('CLIENT', 'KILL', 'ID', String(id))).toBe(1);
    await other.closing();
    expect(await client.call('CLIENT', 'KILL', 'ID', String(id))).toBe(0);
    expect(await client.call('CLIENT', 'KILL', '1.2.3.4:5')).toMatchObject({ text: 'ERR No such client' });
  });

  it('answers the one that kills itself, then closes it', async () => {
    const other = await RawClient.connect(node.port);
    const id = (await other.call('CLIENT', 'ID')) as number;
    expect(await other.call('CLIENT', 'KILL', 'ID', String(id), 'SKIPME', 'no')).toBe(1);
    await other.closing();
  });

  it('holds writes back in a pause, and lets reads through', async () => {
    await client.call('SET', 'paused', '0');
    expect(await client.call('CLIENT', 'PAUSE', '60000', 'WRITE')).toMatchObject({ text: 'OK' });
    const writer = await RawClient.connect(node.port);
    writer.send(encodeRequest(['GET', 'paused']) + encodeRequest(['INCR', 'paused']) + encodeRequest(['PING']));
    expect(await writer.reply()).toBe('0');
    expect(await client.call('GET', 'paused')).toBe('0');
    expect(writer.received).toBe('$1\r\n0\r\n');
    expect(await client.call('CLIENT', 'UNPAUSE')).toMatchObject({ text: 'OK' });
    expect([await writer.reply(), await writer.reply()]).toEqual([1, { kind: 'simple', text: 'PONG' }]);
    await client.call('CLIENT', 'PAUSE', '50', 'ALL');
    expect(await writer.call('GET', 'paused')).toBe('1');
    writer.close();
  });
});

describe('HTTP', () => {
  const get = (path: string, init?: RequestInit): Promise<Response> =>
    fetch(`http://127.0.0.1:${node.httpPort ?? 0}${path}`, init);

  it('says that the node is alive and ready', async () => {
    expect([(await get('/healthz')).status, (await get('/readyz')).status]).toEqual([200, 200]);
    expect((await get('/nosuch')).status).toBe(404);
    expect((await get('/healthz', { method: 'POST' })).status).toBe(405);
  });

  it('tells Prometheus what docs/metrics.md explains, and nothing else', async () => {
    const text = await (await get('/metrics')).text();
    const page = readFileSync('docs/metrics.md', 'utf8');
    const documented = new Set([...page.matchAll(/`(valthree_\w+)`/g)].map(([, name]) => name));
    expect(new Set(metrics.map(({ name }) => name))).toEqual(documented);
    for (const { name } of metrics) expect(text).toContain(`# HELP ${name} `);
    expect(text).toMatch(/valthree_store_requests_total\{kind="put",outcome="stored"\} \d+/);
    expect(text).toMatch(/^valthree_commits_total \d+$/m);
  });
});

describe('draining', () => {
  it('settles what waits, then closes', async () => {
    const draining = await startTestNode();
    const writer = await RawClient.connect(draining.port);
    writer.send(encodeRequest(['INCR', 'n']).repeat(100));
    await writer.until(() => writer.received !== '');
    await draining.drain();
    await writer.closing();
    expect(writer.received.endsWith(':100\r\n')).toBe(true);
    await expect(RawClient.connect(draining.port)).rejects.toThrow();
  });
});
