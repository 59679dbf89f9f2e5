/** Starts the servers that the bench compares, each in a process of its own on loopback, and stops them. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface RunningServer {
  readonly port: number;
  readonly process: ChildProcess;
  stop(): Promise<void>;
}

/** What `npm start` and the first line of the program give it. */
export const nodeOptions = ['--max-semi-space-size=64'];

const startTimeoutMs = 30_000;
let nextPort = 27_100;

/** Whether a program is on the PATH. */
export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${name}`]).status === 0;
}

/** A node of this project; `npm run build` first. */
export function startValthree(flags: readonly string[]): Promise<RunningServer> {
  const port = nextPort++;
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  return start(port, process.execPath, [
    ...nodeOptions,
    main,
    'serve',
    '--addr',
    `127.0.0.1:${port}`,
    '--log-level',
    'warn',
    ...flags,
  ]);
}

export function startRedis(appendOnly: boolean): Promise<RunningServer> {
  const port = nextPort++;
  const directory = mkdtempSync(join(tmpdir(), 'valthree-bench-redis-'));
  const persistence = appendOnly ? ['--appendonly', 'yes', '--appendfsync', 'always'] : ['--appendonly', 'no'];
  const flags = ['--port', String(port), '--dir', directory, '--save', '', ...persistence];
  return start(port, 'redis-server', flags, () => {
    rmSync(directory, { recursive: true, force: true });
  });
}

async function start(
  port: number,
  program: string,
  args: readonly string[],
  cleanUp?: () => void,
): Promise<RunningServer> {
  const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'] });
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  const deadline = performance.now() + startTimeoutMs;
  while (!(await answersPing(port))) {
    if (child.exitCode !== null || performance.now() > deadline)
      throw new Error(`${program} did not start on port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    port,
    process: child,
    stop: async () => {
      child.kill('SIGTERM');
      await exited;
      cleanUp?.();
    },
  };
}

function answersPing(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write('PING\r\n'));
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('data', (data) => {
      end(data.toString().startsWith('+PONG'));
    });
    socket.once('error', () => {
      end(false);
    });
  });
}

/** One command, its reply as text. */
function ask(port: number, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\nQUIT\r\n`));
    socket.on('data', (data) => (text += data.toString('latin1')));
    socket.once('end', () => {
      resolve(text);
    });
    socket.once('error', reject);
  });
}

/** A field of `INFO everything`. */
export async function infoField(port: number, name: string): Promise<string> {
  const [value] = await infoFields(port, [name]);
  return value as string;
}

/** All of one moment. */
export async function infoFields(port: number, names: readonly string[]): Promise<readonly string[]> {
  const info = await ask(port, 'INFO everything');
  return names.map((name) => {
    const found = new RegExp(`^${name}:(.*)\r$`, 'm').exec(info);
    if (found === null) throw new Error(`INFO has no field ${name}`);
    return found[1] as string;
  });
}

/** Requests of all kinds that a node has sent to its store; 0 for other servers. */
export async function storeRequests(port: number): Promise<number> {
  const info = await ask(port, 'INFO store');
  return [...info.matchAll(/store_requests_(?:get|put|list|delete):(\d+)/g)].reduce(
    (sum, [, count]) => sum + Number(count),
    0,
  );
}
