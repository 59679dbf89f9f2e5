/** The program as a user runs it: flags, environment, errors, signals, exit codes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NodeProcess, valthree } from '../support/node-process.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';
import { freePort } from '../support/reference-server.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-cli-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('called wrongly, it says so in one line and ends with 2', () => {
  it.each<[string[], NodeJS.ProcessEnv, string]>([
    [['serve', '--nosuch'], {}, "error: unknown option '--nosuch'"],
    [['nosuch'], {}, "error: unknown command 'nosuch'"],
    [['serve', '--adr', ':1'], {}, "error: unknown option '--adr'"],
    [['serve', '--addr', 'x'], {}, "error: option '--addr <host:port>' argument 'x' is invalid. It must be host:port"],
    [['serve', '--addr', ':99999'], {}, 'It must be host:port'],
    [['serve', '--max-clients', '0'], {}, 'It must be a whole number from 1 to'],
    [['serve', '--maxmemory', 'much'], {}, 'It must be a size: 100mb, 1gb'],
    [['serve'], { VALTHREE_MAXMEMORY: '1.5gb' }, 'It must be a size'],
    [['serve', '--s3-timeout', 'soon'], {}, 'It must be a duration such as 60s'],
    [['serve', '--s3-timeout', '0'], {}, '--s3-timeout must be more than 0'],
    [['serve', '--layout', 'nosuch'], {}, 'Allowed choices are journal, plain'],
    [
      ['serve', '--addr', '0.0.0.0:0'],
      {},
      '--addr 0.0.0.0 can be reached from other machines: set --requirepass, or --no-protected-mode',
    ],
    [['serve', '--addr', '[::]:0'], {}, 'can be reached from other machines'],
    [['serve', '--s3-user', 'u'], {}, '--s3-user and --s3-pass go together'],
    [['serve', '--s3-addr', 'http://127.0.0.1:1'], {}, '--s3-addr needs a bucket'],
    [['serve', '--store', 's3://b/n', '--s3-bucket', 'b'], {}, 'use one of them'],
    [['serve', '--store', 's3://b/n'], {}, 'the name of the bucket is not valid'],
    [['serve', '--store', 'http://x'], {}, 'give the bucket as s3://bucket/name'],
    [['serve', '--tls-cert-file', 'x'], {}, '--tls-cert-file and --tls-key-file go together'],
    [['serve', '--tls-ca-cert-file', 'x'], {}, '--tls-ca-cert-file needs'],
    [['serve', '--tls-auth-clients', 'yes'], {}, '--tls-auth-clients needs --tls-cert-file'],
    [
      ['serve', '--tls-cert-file', 'x', '--tls-key-file', 'y', '--tls-auth-clients', 'yes'],
      {},
      '--tls-auth-clients yes needs --tls-ca-cert-file',
    ],
    [['serve', '--commit-interval', '1000h'], {}, 'It must be at most 596h'],
    [['serve', '--commit-interval', '61s'], {}, '--commit-interval must be less than --s3-timeout'],
    [['serve', '--addr', '0.0.0.0:0'], { VALTHREE_NO_PROTECTED_MODE: 'false' }, 'can be reached from other machines'],
    [['serve'], { VALTHREE_JSON: 'maybe' }, "VALTHREE_JSON must be yes or no, but is 'maybe'"],
    [['serve'], { VALTHREE_MAX_CLIENTS: 'many' }, 'VALTHREE_MAX_CLIENTS'],
    [['cluster', '--nodes', '0'], {}, 'It must be a whole number'],
    [['cluster', '--store', 'memory:'], {}, 'memory: is one process only'],
  ])('%j %j', async (args, env, message) => {
    const { code, stdout, stderr } = await valthree(args, env);
    expect(stderr).toContain(message);
    expect(stderr.trim().split('\n').length, stderr).toBeLessThanOrEqual(2);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('help', () => {
  it('teaches every flag and its environment variable', async () => {
    const { code, stdout } = await valthree(['serve', '--help']);
    expect(code).toBe(0);
    for (const flag of [
      '--addr',
      '--name',
      '--max-keys',
      '--s3-addr',
      '--s3-region',
      '--s3-bucket',
      '--s3-user',
      '--s3-pass',
      '--s3-timeout',
      '--json',
      '-v,',
      '--store',
      '--requirepass',
      '--tls-cert-file',
      '--http-addr',
      '--commit-interval',
    ]) {
      expect(stdout).toContain(flag);
    }
    expect(stdout).toContain('env: VALTHREE_S3_ADDR');
    expect(stdout).toContain('Examples:');
    expect((await valthree(['--help'])).stdout).toContain('cluster');
    expect((await valthree(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe('serve', () => {
  it('serves the file of the original program, changes it, and leaves it such a file', async () => {
    const store = join(directory, 'original');
    const first = new NodeProcess(['serve', '--addr', ':0', '--store', store, '--json']);
    await first.port();
    await first.kill('SIGTERM');
    writeFileSync(join(store, 'valthree'), '{"a":"b","ü":"ß"}');
    const node = new NodeProcess(['serve', '--addr', ':0', '--store', store, '--json']);
    const client = await RawClient.connect(await node.port());
    expect(await client.call('GET', Buffer.from('ü').toString('latin1'))).toBe(Buffer.from('ß').toString('latin1'));
    expect(await client.call('SET', 'c', 'd')).toMatchObject({ text: 'OK' });
    expect(await client.call('DEL', 'a')).toBe(1);
    expect(JSON.parse(readFileSync(join(store, 'valthree'), 'utf8'))).toEqual({ ü: 'ß', c: 'd' });
    writeFileSync(join(store, 'valthree'), '{"edited":"by hand"}');
    expect(await client.call('GET', 'edited')).toBe('by hand');
    client.close();
    await node.kill('SIGTERM');
  });

  it('keeps what it has acknowledged through kill -9', async () => {
    const store = join(directory, 'killed');
    const node = new NodeProcess(['serve', '--addr', ':0', '--store', store, '--json']);
    const client = await RawClient.connect(await node.port());
    let acknowledged = 0;
    const counting = (async () => {
      for (;;) {
        const reply = await client.call('INCR', 'n');
        if (typeof reply === 'number') acknowledged = reply;
        if (acknowledged === 20) node.child.kill('SIGKILL');
      }
    })();
    await expect(counting).rejects.toThrow('closed');
    await node.finished();
    const again = new NodeProcess(['serve', '--addr', ':0', '--store', store, '--json']);
    const reader = await RawClient.connect(await again.port());
    const value = Number(await reader.call('GET', 'n'));
    expect([acknowledged, acknowledged + 1]).toContain(value);
    reader.close();
    await again.kill('SIGTERM');
  });

  it('drains at SIGTERM, ends with 0, and leaves no secret in its log', async () => {
    const env = {
      VALTHREE_REQUIREPASS: 'topsecret',
      VALTHREE_STORE: 'memory:',
      VALTHREE_ADDR: ':0',
      VALTHREE_JSON: 'true',
    };
    const node = new NodeProcess(['serve', '-v', '--commit-interval', '200ms'], env);
    const client = await RawClient.connect(await node.port());
    await client.call('AUTH', 'topsecret');
    client.send(encodeRequest(['SET', 'confidential', 'topsecret']) + encodeRequest(['GET', 'confidential']));
    const finished = node.kill('SIGTERM');
    await client.closing();
    expect(client.received).toMatch(/^\+OK\r\n(\+OK\r\n\$9\r\ntopsecret\r\n)?$/);
    const { code, stdout, stderr } = await finished;
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('"msg":"stopped"');
    expect(stdout).not.toContain('topsecret');
    for (const line of stdout.trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('level');
  });

  it('ends at once at a second signal', async () => {
    const node = new NodeProcess(['serve', '--store', 'memory:', '--commit-interval', '30s', '--addr', ':0', '--json']);
    const client = await RawClient.connect(await node.port());
    client.send(encodeRequest(['PING']) + encodeRequest(['SET', 'a', '1']));
    expect(await client.reply()).toEqual({ kind: 'simple', text: 'PONG' });
    node.child.kill('SIGTERM');
    await node.until(/settling what waits/);
    const { code, stdout } = await node.kill('SIGTERM');
    expect(stdout).toContain('"msg":"stopping at once"');
    expect([code, client.received]).toEqual([0, '+PONG\r\n']);
  });

  it('takes no more clients than the system lets it have open', async () => {
    // Enough for the modules that are read at once at its start.
    const script = 'ulimit -n 1000 && exec "$0" --import tsx "$@"';
    const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
    const child = spawn('sh', [
      '-c',
      script,
      process.execPath,
      main,
      'serve',
      '--store',
      'memory:',
      '--addr',
      ':0',
      '--json',
    ]);
    let log = '';
    for await (const chunk of child.stdout) {
      log += String(chunk);
      if (log.includes('"msg":"ready"')) break;
    }
    child.kill('SIGTERM');
    if (existsSync('/proc/self/limits')) expect(log).toMatch(/"maxClients":10000,"loweredTo":936,/);
  });

  it('says which flag mends it where the database is too large for the heap', async () => {
    const store = join(directory, 'large');
    const small = await startTestNode({ store: { url: store }, layout: 'journal' });
    const client = await RawClient.connect(small.port);
    const value = 'x'.repeat(1 << 20);
    await client.pipeline(Array.from({ length: 200 }, (_, i) => ['SET', `k${i}`, value]));
    client.close();
    await small.drain();
    const options = { NODE_OPTIONS: '--max-old-space-size=160' };
    const { code, stdout } = await valthree(['serve', '--addr', '127.0.0.1:0', '--store', store, '--json'], options);
    expect(code, stdout.slice(-1000)).toBe(1);
    const last = JSON.parse(stdout.trim().split('\n').at(-1) as string) as { msg: string };
    expect(last.msg).toMatch(/does not fit into the heap .*start it with NODE_OPTIONS=--max-old-space-size=\d+/);
  });

  it('stops by SHUTDOWN', async () => {
    const node = new NodeProcess(['serve', '--addr', ':0', '--store', 'memory:', '--json']);
    const client = await RawClient.connect(await node.port());
    client.send(encodeRequest(['SHUTDOWN', 'NOSAVE']));
    expect((await node.finished()).code).toBe(0);
  });

  it('says in one line why it cannot start, and ends with 1', async () => {
    const broken = join(directory, 'broken');
    const start = new NodeProcess(['serve', '--addr', ':0', '--store', broken, '--json']);
    await start.port();
    await start.kill('SIGTERM');
    writeFileSync(join(broken, 'valthree'), '{"a":"b"');
    const cutOff = await valthree(['serve', '--addr', ':0', '--store', broken]);
    expect(cutOff.code).toBe(1);
    expect(cutOff.stdout).toContain('was left as it is: it is not valid JSON, or was cut off');
    expect(readFileSync(join(broken, 'valthree'), 'utf8')).toBe('{"a":"b"');

    const port = await freePort();
    const unreachable = await valthree([
      'serve',
      '--addr',
      ':0',
      '--store',
      's3://bucket/n',
      '--s3-addr',
      `http://127.0.0.1:${port}`,
      '--s3-user',
      'u',
      '--s3-pass',
      'hidden',
      '--s3-timeout',
      '1s',
    ]);
    expect(unreachable.code).toBe(1);
    expect(unreachable.stdout).toMatch(/FATAL: .*127\.0\.0\.1/);
    expect(unreachable.stdout).not.toContain('hidden');

    const taken = new NodeProcess(['serve', '--addr', ':0', '--store', 'memory:', '--json']);
    const takenPort = await taken.port();
    const second = await valthree(['serve', '--addr', `:${takenPort}`, '--store', join(directory, 'never')]);
    expect(second.code).toBe(1);
    expect(second.stdout).toContain(
      `the address is in use; stop what listens there or choose another --addr: addr=127.0.0.1:${takenPort}`,
    );
    expect(existsSync(join(directory, 'never'))).toBe(false);
    await taken.kill('SIGTERM');
  });
});

describe('cluster', () => {
  it('starts several nodes over one store and stops them all', async () => {
    const base = await freePort();
    const cluster = new NodeProcess([
      'cluster',
      '--nodes',
      '3',
      '--addr',
      `:${base}`,
      '--store',
      join(directory, 'cluster'),
      '--json',
    ]);
    const clients = [];
    for (const port of [base, base + 1, base + 2]) {
      await cluster.until(new RegExp(`"addr":"127.0.0.1:${port}".*"msg":"ready"`));
      clients.push(await RawClient.connect(port));
    }
    const counts = await Promise.all(
      clients.map((client) => client.pipeline(Array.from({ length: 10 }, () => ['INCR', 'n']))),
    );
    expect(
      counts
        .flat()
        .map(Number)
        .sort((a, b) => a - b),
    ).toEqual(Array.from({ length: 30 }, (_, i) => i + 1));
    for (const client of clients) client.close();
    const { code, stdout } = await cluster.kill('SIGINT');
    expect(code).toBe(0);
    expect(stdout.match(/"msg":"stopped"/g)).toHaveLength(3);
  });

  it.each(['--json', '--verbose'])(
    'a node whose log nobody reads any more goes on, and can be stopped: %s',
    async (flag) => {
      const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
      const args = ['--import', 'tsx', main, 'serve', '--store', 'memory:', '--addr', ':0', flag];
      const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'ignore'] });
      const ended = once(child, 'exit');
      let log = '';
      for await (const chunk of child.stdout) {
        log += String(chunk);
        if (log.includes('ready')) break;
      }
      child.stdout.destroy();
      const port = Number(/127\.0\.0\.1:(\d+)/.exec(log)?.[1]);
      const client = await RawClient.connect(port);
      client.send('POST / HTTP/1.1\r\n');
      await client.closing();
      const other = await RawClient.connect(port);
      expect(await other.call('SET', 'a', '1')).toEqual({ kind: 'simple', text: 'OK' });
      child.kill('SIGTERM');
      expect(await ended).toEqual([0, null]);
    },
  );

  it('takes its nodes with it, however it ends', async () => {
    const cluster = new NodeProcess(['cluster', '--nodes', '1', '--addr', ':0', '--store', join(directory, 'orphan')], {
      VALTHREE_JSON: 'yes',
    });
    const [, port] = await cluster.until(/"addr":"127\.0\.0\.1:(\d+)".*"msg":"ready"/);
    const client = await RawClient.connect(Number(port));
    expect(await client.call('SET', 'a', '1')).toEqual({ kind: 'simple', text: 'OK' });
    const ended = cluster.kill('SIGKILL');
    await client.closing();
    await ended;
  });

  it('stops when a node dies', async () => {
    const cluster = new NodeProcess([
      'cluster',
      '--nodes',
      '2',
      '--addr',
      ':0',
      '--store',
      join(directory, 'dying'),
      '--json',
    ]);
    const [, port] = await cluster.until(/^node 0 .*"addr":"127\.0\.0\.1:(\d+)".*"msg":"ready"/m);
    await cluster.until(/^node 1 .*"msg":"ready"/m);
    const client = await RawClient.connect(Number(port));
    client.send(encodeRequest(['SHUTDOWN', 'NOW']));
    const { code, stderr } = await cluster.finished();
    expect(code).toBe(1);
    expect(stderr).toContain('node 0 has ended');
  });
});
