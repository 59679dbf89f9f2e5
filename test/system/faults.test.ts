/** Three real nodes, twelve real clients, a real S3 server behind a bad network for each node. */
import { describe, expect, it } from 'vitest';
import { counterViolation } from '../support/engine-cluster.ts';
import { countOnNodes } from '../support/counting-clients.ts';
import { FaultProxy, type ProxyFault } from '../support/fault-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import { newBucket, s3IsAvailable, s3Server } from '../support/s3-server.ts';
import { startTestNode } from '../support/test-node.ts';

const keys = ['a', 'b', 'c', 'd'];

async function countUnder(faults: Partial<Record<ProxyFault, number>>, seed: number): Promise<void> {
  const server = await s3Server();
  const bucket = await newBucket(server);
  const endpoint = new URL(server.endpoints[0]!);
  const target = { host: endpoint.hostname, port: Number(endpoint.port) };
  const proxies = await Promise.all(
    [0, 1, 2].map((i) => FaultProxy.start({ target, seed: seed * 10 + i, latencyMs: 5 })),
  );
  const nodes = await Promise.all(
    proxies.map((proxy) =>
      startTestNode({
        store: {
          url: `s3://${bucket}/db`,
          s3: {
            endpoint: proxy.endpoint,
            region: server.region,
            credentials: { accessKeyId: server.accessKeyId, secretAccessKey: server.secretAccessKey },
          },
        },
        requestTimeoutMs: 300,
        storeTimeoutMs: 5000,
      }),
    ),
  );
  try {
    for (const proxy of proxies) proxy.faults = faults;
    const ports = nodes.map(({ port }) => port);
    const history = await countOnNodes({ ports, clients: 12, keys, operationsPerClient: 12, seed });
    for (const proxy of proxies) proxy.faults = {};
    for (const [fault, probability] of Object.entries(faults) as [ProxyFault, number][]) {
      const met = proxies.reduce((sum, { counts }) => sum + counts[fault], 0);
      if (probability >= 0.2) expect(met, `${fault} was never met`).toBeGreaterThan(0);
    }
    for (const key of keys) {
      const values = await Promise.all(
        ports.map(async (port) => {
          const client = await RawClient.connect(port);
          const value = Number(await client.call('GET', key));
          client.close();
          return value;
        }),
      );
      expect(new Set(values).size, `the nodes disagree: ${values.join()}`).toBe(1);
      expect(counterViolation(history.get(key)!, values[0]!), `seed ${seed}, key ${key}`).toBeUndefined();
    }
  } finally {
    await Promise.all(nodes.map((node) => node.drain()));
    await Promise.all(proxies.map((proxy) => proxy.close()));
  }
}

describe.skipIf(!s3IsAvailable)('three nodes over a real S3 server (Ceph RGW)', () => {
  it.each<[string, Partial<Record<ProxyFault, number>>]>([
    ['no fault', {}],
    ['resets before the request', { resetBefore: 0.2 }],
    ['lost requests', { lostRequest: 0.2 }],
    ['lost responses', { lostResponse: 0.2 }],
    ['stalls', { stall: 0.2 }],
    ['cut responses', { cutResponse: 0.2 }],
    ['500', { serverError: 0.2 }],
    ['503 SlowDown', { slowDown: 0.2 }],
    [
      '20 % of everything',
      {
        resetBefore: 0.03,
        lostRequest: 0.03,
        lostResponse: 0.04,
        stall: 0.02,
        cutResponse: 0.02,
        serverError: 0.03,
        slowDown: 0.03,
      },
    ],
  ])('count right under %s', async (_, faults) => {
    await countUnder(faults, 7);
  });
});
