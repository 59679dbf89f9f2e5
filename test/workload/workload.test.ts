/** `valthree workload` against servers that keep their promises, servers that do not, and nobody. */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { checkHistory, readHistory } from '../../src/verify/index.ts';
import { NodeProcess, valthree } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import {
  freePort,
  hasReferenceServer,
  startReferenceServer,
  type ReferenceServer,
} from '../support/reference-server.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-workload-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const servers: ReferenceServer[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

async function start(flags: readonly string[] = []): Promise<ReferenceServer> {
  const server = await startReferenceServer(flags);
  servers.push(server);
  return server;
}

function addresses(...ports: number[]): string {
  return ports.map((port) => `127.0.0.1:${port}`).join(',');
}

describe.skipIf(!hasReferenceServer)('with a real server', () => {
  it('finds nothing where there is only one', async () => {
    const { port } = await start();
    const args = ['workload', '--addrs', addresses(port), '--iterations', '5', '--seed', '7'];
    const { code, stdout } = await valthree(args);
    expect(stdout).toMatch(/^seed: 7, servers: 127/);
    expect(stdout).toMatch(/nothing found: 5 iterations, \d+ operations, 9\d\.\d % definite successes/);
    expect(code).toBe(0);
  });

  /** As anybody would have it: all settings are the server's own. */
  async function startReplica(port: number): Promise<ReferenceServer> {
    const replica = await start(['--replicaof', `127.0.0.1 ${port}`]);
    const client = await RawClient.connect(replica.port);
    while (!/master_link_status:up/.test((await client.call('INFO', 'replication')) as string));
    client.close();
    return replica;
  }

  it('finds that an asynchronous replica is not the same database, and writes what shows it', async () => {
    const { port } = await start();
    const replica = await startReplica(port);
    const artifacts = join(directory, 'found');
    const ports = addresses(port, replica.port);
    const { code, stdout } = await valthree(['workload', '--addrs', ports, '--seed', '7', '--artifacts', artifacts]);
    expect(code).toBe(1);
    expect(stdout).toContain('not linearizable');
    const files = readdirSync(artifacts);
    const report = files.find((file) => file.endsWith('.valkey.html'))!;
    expect(readFileSync(join(artifacts, report), 'utf8')).toContain('A promise was broken');
    const history = readHistory(readFileSync(join(artifacts, report.replace('.html', '.jsonl')), 'utf8'));
    expect(checkHistory(history).verdict).toBe('illegal');
  });

  it('finds that a replica which nobody sends anything any more is not the same database', async () => {
    const { port } = await start();
    const replica = await startReplica(port);
    const client = await RawClient.connect(replica.port);
    // It goes on answering reads, with what it had.
    await client.call('REPLICAOF', '127.0.0.1', String(await freePort()));
    client.close();
    const args = ['--addrs', addresses(port, replica.port), '--seed', '7', '--artifacts', join(directory, 'cut')];
    const { code, stdout } = await valthree(['workload', ...args]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(/not (linearizable|strictly serializable)/)]);
  });
});

it('gives up, and says why, if one of the servers is down', async () => {
  const node = await startTestNode();
  const args = ['--addrs', addresses(node.port, await freePort()), '--iterations', '1', '--seed', '7'];
  const { code, stderr } = await valthree(['workload', ...args, '--operations', '5']);
  expect([code, stderr]).toEqual([
    2,
    expect.stringMatching(/127\.0\.0\.1:\d+ cannot be reached any more: nobody listens there/),
  ]);
  await node.drain();
});

it('comes to its end although no server answers any more', async () => {
  const silent = createServer(() => undefined);
  await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
  const { port } = silent.address() as AddressInfo;
  const { code, stderr } = await valthree(['workload', '--addrs', addresses(port), '--duration', '1s']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('it takes connections, but does not answer')]);
  silent.close();
});

it('says at once that it could not write what it finds', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const args = ['--addrs', '127.0.0.1:1', '--artifacts', join(file, 'x')];
  const { code, stderr } = await valthree(['workload', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--artifacts is no directory that can be written to')]);
});

describe.skipIf(!hasReferenceServer)('with two databases that know nothing of each other', () => {
  it('a violation that was seen is reported although a third server is down', async () => {
    const ports = addresses((await start()).port, (await start()).port, await freePort());
    const args = ['--addrs', ports, '--seed', '1', '--iterations', '3', '--artifacts', join(directory, 'third')];
    const { code, stdout } = await valthree(['workload', ...args]);
    expect([code, stdout]).toEqual([1, expect.stringContaining('not linearizable')]);
  });
});

it('finds nothing on three nodes of ours over one store', async () => {
  const url = `file:${join(directory, 'store')}`;
  const nodes = [await startTestNode({ store: { url } }), await startTestNode({ store: { url } })];
  nodes.push(await startTestNode({ store: { url } }));
  const ports = addresses(...nodes.map(({ port }) => port));
  const args = ['--addrs', ports, '--iterations', '4', '--seed', '7', '--operations', '40'];
  const { code, stdout } = await valthree(['workload', ...args]);
  expect(stdout).toContain('nothing found: 4 iterations');
  expect(code).toBe(0);
  for (const node of nodes) await node.drain();
});

it('ends cleanly when it is stopped, with what it has found out', async () => {
  const node = await startTestNode();
  const workload = new NodeProcess(['workload', '--addrs', addresses(node.port), '--seed', '7']);
  await workload.until(/servers:/);
  while (node.server.commandsProcessed < 50) await new Promise((resolve) => setImmediate(resolve));
  const { code, stdout } = await workload.kill('SIGINT');
  expect([code, stdout.split('\n')[1]]).toEqual([0, expect.stringMatching(/^nothing found: \d+ iterations/)]);
  await node.drain();
});

it('says in one line that nobody is there, and what is wrong with its flags', async () => {
  const { code, stderr } = await valthree(['workload', '--addrs', addresses(await freePort()), '--seed', '7']);
  expect(stderr).toMatch(/^valthree: no server can be reached: 127\.0\.0\.1:\d+: nobody listens there\n$/);
  expect(code).toBe(2);
  expect((await valthree(['workload'])).code).toBe(2);
  expect((await valthree(['workload', '--addrs', 'nonsense'])).stderr).toContain('It must be host:port');
});
