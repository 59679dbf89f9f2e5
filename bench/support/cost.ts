/** What commands cost in requests to the store, and what keys cost in memory. */
import { spawnSync } from 'node:child_process';
import { connect } from 'node:net';
import { startValthree, storeRequests } from './servers.ts';

export interface Cost {
  /** Requests to the store for 10,000 SETs that are sent at once, with 20 ms per request. */
  readonly requestsFor10000Sets: number;
  /** Requests to the store in two seconds without commands. */
  readonly idleRequests: number;
  /** Memory of a key beyond the bytes of key and value, among a million. */
  readonly overheadBytesPerKey: number;
}

export async function measureCost(): Promise<Cost> {
  const server = await startValthree(['--store', 'memory:?latency=20ms']);
  try {
    const before = await storeRequests(server.port);
    await setAtOnce(server.port, 10_000);
    const afterSets = await storeRequests(server.port);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const afterRest = await storeRequests(server.port);
    return {
      requestsFor10000Sets: afterSets - before,
      idleRequests: afterRest - afterSets,
      overheadBytesPerKey: overheadBytesPerKey(),
    };
  } finally {
    await server.stop();
  }
}

/** So many SETs on connections of their own kind: 100 connections, the commands spread evenly, all sent at once. */
async function setAtOnce(port: number, count: number): Promise<void> {
  const connections = 100;
  const each = count / connections;
  await Promise.all(
    Array.from(
      { length: connections },
      (_, index) =>
        new Promise<void>((resolve, reject) => {
          let batch = '';
          for (let i = 0; i < each; i++) batch += `SET key:${index}:${i} value\r\n`;
          let replies = 0;
          const socket = connect({ port, host: '127.0.0.1' }, () => socket.write(batch));
          socket.once('error', reject);
          socket.on('data', (chunk) => {
            for (const byte of chunk) if (byte === 10) replies++;
            if (replies < each) return;
            socket.destroy();
            resolve();
          });
        }),
    ),
  );
}

/** Measured in a process of its own, which can collect its garbage. */
function overheadBytesPerKey(): number {
  const main = new URL('./memory-main.ts', import.meta.url).pathname;
  const { stdout } = spawnSync(process.execPath, ['--expose-gc', '--import', 'tsx', main], { encoding: 'utf8' });
  return Number(stdout);
}
