/**
 * The server of `reference-server.ts` on a socket of its own, for bytes that are no requests: all are sent, and whatever
 * comes back until it closes is the answer.
 */
import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { program } from './reference-server.ts';

export const realServerIsValkey = program?.includes('valkey') ?? false;

export interface RealServer {
  /** All that the server answers to these bytes, followed by the end of the stream. */
  exchange(bytes: string): Promise<string>;
  stop(): Promise<void>;
}

export async function startRealServer(options: readonly string[] = []): Promise<RealServer> {
  if (program === undefined) throw new Error('neither valkey-server nor redis-server is on the PATH');
  const folder = await mkdtemp(join(tmpdir(), 'real-server-'));
  const socket = join(folder, 'socket');
  const child = spawn(program, ['--port', '0', '--unixsocket', socket, '--save', '', '--dir', folder, ...options]);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    child.stdout.on('data', (text: Buffer) => {
      log += text.toString();
      if (/ready to accept connections/i.test(log)) resolve();
    });
    child.once('error', reject);
    void exited.then(() => {
      reject(new Error(`the server did not start: ${log}`));
    });
  });
  return {
    exchange: (bytes) => exchange(socket, bytes),
    async stop() {
      child.kill();
      await exited;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The server reads all before it sees the end, and answers before it closes: nothing has to be waited for. */
function exchange(socket: string, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const connection = connect(socket);
    connection.on('data', (chunk) => (answer += chunk.toString('latin1')));
    // After a protocol error the server closes at once, whatever is still on its way to it.
    connection.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
    });
    connection.on('close', () => {
      resolve(answer);
    });
    connection.end(Buffer.from(bytes, 'latin1'));
  });
}
