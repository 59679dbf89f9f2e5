/** Several nodes that write to one database at once and know nothing of each other. */
import type { S3Server } from '../../test/support/ceph.ts';
import { Proxy } from '../support/proxy.ts';
import { runInProcess } from '../support/run-load.ts';
import { startValthree, type RunningServer } from '../support/servers.ts';
import { atLeast, type Figure } from '../support/figure.ts';
import { s3Place } from './place.ts';

const nodeCount = 3;
const latencyMs = 20;
const clients = 50;

export async function measureNodes(server: S3Server, quick: boolean): Promise<Figure[]> {
  const proxy = await Proxy.start(server.endpoints[0] as string, latencyMs);
  const nodes: RunningServer[] = [];
  try {
    const place = s3Place(server, proxy.endpoint);
    for (let i = 0; i < nodeCount; i++)
      nodes.push(await startValthree([...place.flags('shared'), '--layout', 'journal']));
    const load = { pipeline: 1, readShare: 0, keys: 1000, valueBytes: 100, durationMs: quick ? 3000 : 15_000 };
    const on = ({ port }: RunningServer): Promise<{ readonly perSecond: number; readonly p99Ms: number }> =>
      runInProcess({ ...load, clients, port });
    await on(nodes[0] as RunningServer);
    const alone = await on(nodes[0] as RunningServer);
    const together = await Promise.all(nodes.map(on));
    const shares = together.map(({ perSecond }) => perSecond / alone.perSecond);
    const p99 = together.map(({ p99Ms }) => p99Ms.toFixed(0)).join(', ');
    return [
      {
        what: `20 ms: SET on ${nodeCount} nodes of one database, in all, against one node`,
        ...atLeast(
          shares.reduce((sum, share) => sum + share),
          0.5,
        ),
      },
      { what: '20 ms: the slowest of them, against one node', ...atLeast(Math.min(...shares), 0.15) },
      { what: '20 ms: p99 on each of them', measured: `${p99} ms (${alone.p99Ms.toFixed(0)} on one node)` },
    ];
  } finally {
    for (const node of nodes) await node.stop();
    proxy.stop();
  }
}
