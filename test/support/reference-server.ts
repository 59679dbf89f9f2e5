/**
 * A real server to compare with: `valkey-server` or `redis-server` of the PATH, or VALTHREE_REFERENCE_SERVER. Started
 * on loopback, without persistence, and stopped with the tests.
 */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { createServer, type AddressInfo } from 'node:net';
import { requirement } from './requirement.ts';
import { RawClient } from './raw-client.ts';

export interface ReferenceServer {
  readonly port: number;
  /** As it says: `redis 7.0.15`, `valkey 8.0.1`. */
  readonly name: 'redis' | 'valkey';
  readonly version: string;
  stop(): Promise<void>;
}

function findProgram(): string | undefined {
  const chosen = process.env['VALTHREE_REFERENCE_SERVER'];
  const candidates = chosen === undefined ? ['valkey-server', 'redis-server'] : [chosen];
  return candidates.find((name) => spawnSync(name, ['--version']).status === 0);
}

/** What to start, if there is one. */
export const program = findProgram();

/** Whether tests that compare can run. */
export const hasReferenceServer = requirement(
  program !== undefined,
  'comparisons with a real server: apt-get install redis-server',
);

export async function startReferenceServer(flags: readonly string[] = []): Promise<ReferenceServer> {
  if (program === undefined) throw new Error('neither valkey-server nor redis-server is on the PATH');
  const port = await freePort();
  const child = spawn(program, ['--port', String(port), '--save', '', '--appendonly', 'no', ...flags], {
    stdio: 'ignore',
    // SORT compares texts by it.
    env: { ...process.env, LC_ALL: 'C' },
  });
  const client = await connectWhenUp(port, child);
  const reply = await client.call('INFO', 'server');
  client.close();
  const info = typeof reply === 'string' ? reply : '';
  const valkey = /valkey_version:(\S+)/.exec(info)?.[1];
  return {
    port,
    name: valkey === undefined ? 'redis' : 'valkey',
    version: valkey ?? /redis_version:(\S+)/.exec(info)?.[1] ?? '',
    stop: () => stop(child),
  };
}

async function connectWhenUp(port: number, child: ChildProcess): Promise<RawClient> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`${program ?? ''} ended with exit code ${child.exitCode}`);
    try {
      return await RawClient.connect(port);
    } catch {
      // Refused until it listens; each refusal takes a turn of the event loop.
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}

function stop(child: ChildProcess): Promise<void> {
  return new Promise((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.kill('SIGKILL');
  });
}

export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
