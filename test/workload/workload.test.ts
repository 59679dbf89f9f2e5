/** `valthree workload` against servers that keep their promises, servers that do not, and nobody. */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { workloadCommand } from '../../src/cli/workload.ts';
import { checkHistory, readHistory } from '../../src/verify/index.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { isBroken } from '../../src/workload/runner.ts';
import { LyingProxy } from '../support/lying-proxy.ts';
import { NodeProcess, valthree, type Finished } from '../support/node-process.ts';
import { RawClient } from '../support/raw-client.ts';
import {
  freePort,
  hasReferenceServer,
  startReferenceServer,
  type ReferenceServer,
} from '../support/reference-server.ts';
import { requirement } from '../support/requirement.ts';
import { startTestNode } from '../support/test-node.ts';
import { TestWorkload } from '../support/test-workload.ts';

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

/** Which of the two is luck. */
const broken = /not (linearizable|strictly serializable)/;

function addresses(...ports: number[]): string {
  return ports.map((port) => `127.0.0.1:${port}`).join(',');
}

describe.skipIf(!hasReferenceServer)('with a real server', () => {
  it('finds nothing where there is only one', async () => {
    const { port } = await start();
    const args = ['workload', '--addrs', addresses(port), '--iterations', '3', '--seed', '7'];
    const { code, stdout } = await valthree(args);
    expect(stdout).toMatch(/^seed: 7, servers: 127/);
    expect(stdout).toMatch(/nothing found: 3 iterations, \d+ operations, [89]\d\.\d % definite successes/);
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
    const bound = ['--seed', '7', '--iterations', '500'];
    const { code, stdout } = await valthree(['workload', '--addrs', ports, ...bound, '--artifacts', artifacts]);
    expect([code, stdout]).toEqual([1, expect.stringMatching(broken)]);
    const report = readdirSync(artifacts).find((file) => file.endsWith('.html'))!;
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
    const workload = new TestWorkload([`127.0.0.1:${port}`, `127.0.0.1:${replica.port}`]);
    // The first iteration in which anything is written is enough: it is read everywhere in the end.
    expect((await workload.run(2, isBroken)).some(isBroken)).toBe(true);
  });
});

describe('where servers are down', () => {
  it('gives up, and says why', async () => {
    const node = await startTestNode();
    const args = ['--addrs', addresses(node.port, await freePort()), '--iterations', '1', '--seed', '7'];
    const { code, stderr } = await valthree(['workload', ...args, '--operations', '5', '--patience', '300ms']);
    expect([code, stderr]).toEqual([
      2,
      expect.stringMatching(/^valthree: 127\.0\.0\.1:\d+ cannot be reached any more: nobody listens there\n$/),
    ]);
    await node.drain();
  });

  it('reports a violation that the others have shown', async () => {
    const [one, other] = [await startTestNode(), await startTestNode()];
    const servers = [one.port, other.port, await freePort()].map((port) => `127.0.0.1:${port}`);
    expect(isBroken(await new TestWorkload(servers, { patienceMs: 300 }).iterate())).toBe(true);
    await one.drain();
    await other.drain();
  });

  it('comes to its end although they accept whatever comes', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as AddressInfo;
    const workload = new TestWorkload([`127.0.0.1:${port}`], { patienceMs: 300 });
    await expect(workload.iterate()).rejects.toThrow('it takes connections, but does not answer');
    silent.close();
  });
});

it('says at once that it could not write what it finds', async () => {
  const file = join(directory, 'file');
  writeFileSync(file, '');
  const args = ['--addrs', '127.0.0.1:1', '--artifacts', join(file, 'x')];
  const { code, stderr } = await valthree(['workload', ...args]);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--artifacts is no directory that can be written to')]);
});

it('finds nothing on three nodes of ours over one store', async () => {
  const url = `file:${join(directory, 'store')}`;
  const nodes = [await startTestNode({ store: { url } }), await startTestNode({ store: { url } })];
  nodes.push(await startTestNode({ store: { url } }));
  const ports = addresses(...nodes.map(({ port }) => port));
  const args = ['--addrs', ports, '--iterations', '4', '--seed', '7', '--operations', '40', '--clients', '4'];
  const { code, stdout } = await valthree(['workload', ...args]);
  expect(stdout).toContain('nothing found: 4 iterations');
  expect(code).toBe(0);
  for (const node of nodes) await node.drain();
});

describe.concurrent('when it is stopped in the middle of an iteration', () => {
  /** One that would go on for long. */
  const endless = ['--operations', '100000', '--seed', '7'];

  async function stopped(nodes: readonly RunningNode[], ...flags: string[]): Promise<Finished> {
    const ports = addresses(...nodes.map(({ port }) => port));
    const workload = new NodeProcess(['workload', '--addrs', ports, ...endless, ...flags]);
    await workload.until(/servers:/);
    while (nodes[0]!.server.commandsProcessed < 100) await new Promise((resolve) => setImmediate(resolve));
    const finished = await workload.kill('SIGINT');
    for (const node of nodes) await node.drain();
    return finished;
  }

  it('checks what there is, and says what came of it', async () => {
    const { code, stdout, stderr } = await stopped([await startTestNode()]);
    const [, count] = /^nothing found: 1 iterations, (\d+) operations, /m.exec(stdout) ?? [];
    expect([code, stderr]).toEqual([0, '']);
    expect(Number(count)).toBeGreaterThan(10);
    expect(Number(count)).toBeLessThan(50_000);
  });

  it('reports a violation that has been seen by then', async () => {
    // Two databases that know nothing of each other.
    const nodes = [await startTestNode(), await startTestNode()];
    const { code, stdout } = await stopped(nodes, '--artifacts', join(directory, 'stopped'));
    expect([code, stdout]).toEqual([1, expect.stringMatching(broken)]);
  });

  it('does not wait for a server that hangs', async () => {
    const node = await startTestNode();
    let asked = 0;
    const proxy = await LyingProxy.start(node.port, (_, forward) =>
      ++asked > 50 ? new Promise(() => undefined) : forward(),
    );
    const args = ['workload', '--addrs', addresses(proxy.port), ...endless, '--patience', '1h'];
    const workload = new NodeProcess(args);
    while (asked <= 50) await new Promise((resolve) => setImmediate(resolve));
    const { code, stderr } = await workload.kill('SIGINT');
    expect([code, stderr]).toEqual([2, expect.stringContaining('it takes connections, but does not answer\n')]);
    await proxy.close();
    await node.drain();
  });
});

const hasScript = requirement(spawnSync('script', ['--version']).status === 0, 'terminals: apt-get install bsdutils');

it.skipIf(!hasScript)('shows on a terminal how far it has come, in one line', async () => {
  const node = await startTestNode();
  const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;
  const command = `${process.execPath} --import tsx ${main} workload --addrs ${addresses(node.port)} --seed 7 --duration 1s --clients 1`;
  const terminal = spawn('script', ['-qefc', command, '/dev/null'], { stdio: ['ignore', 'pipe', 'inherit'] });
  // Back to the start of the line, which is cleared.
  const renewed = '\r\u001b\\[K';
  let shown = '';
  terminal.stdout.on('data', (chunk: Buffer) => (shown += chunk.toString()));
  const code = await new Promise((resolve) => terminal.once('close', resolve));
  expect([code, shown]).toEqual([0, expect.stringMatching(`${renewed}iteration \\d+: \\d+ of about \\d+ operations`)]);
  expect(shown).toMatch(new RegExp(`${renewed}nothing found: .*\r\n$`));
  expect(shown.split('\n').length).toBe(3);
  await node.drain();
});

it('says that nobody is there, while it waits and in the end, and what is wrong with its flags', async () => {
  const address = addresses(await freePort());
  const { code, stdout, stderr } = await valthree([
    'workload',
    '--addrs',
    address,
    '--seed',
    '7',
    '--patience',
    '300ms',
  ]);
  expect([code, stdout]).toEqual([2, `seed: 7, servers: ${address}\n`]);
  expect(stderr.split('\n').slice(-2)).toEqual([
    `valthree: no server can be reached: ${address}: nobody listens there`,
    '',
  ]);
  const waiting = new NodeProcess(['workload', '--addrs', address, '--seed', '7']);
  await waiting.until(/^valthree: waiting for a server: .*: nobody listens there$/m);
  expect((await waiting.kill('SIGTERM')).code).toBe(2);
});

it.each([
  [[], '--addrs'],
  [['--addrs', 'nonsense'], 'It must be host:port'],
  [['--addrs', ':1', '--patience', '0'], 'It must be at least 1ms'],
])('refuses %j', (flags, message) => {
  let said = '';
  const command = workloadCommand()
    .exitOverride()
    .configureOutput({ writeErr: (text) => (said += text) });
  expect(() => command.parse(flags, { from: 'user' })).toThrow();
  expect(said).toContain(message);
});
