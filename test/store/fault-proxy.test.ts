/** The proxy itself, and counting over a bad network to a real S3 server: exact, whatever is lost on the way. */
import { randomUUID } from 'node:crypto';
import { afterEach, describe, expect, test } from 'vitest';
import type { S3Store } from '../../src/store/s3/s3-store.ts';
import { systemEnvironment } from '../../src/environment/system.ts';
import { probe } from '../../src/store/probe.ts';
import { S3Store as Store } from '../../src/store/s3/s3-store.ts';
import { FakeS3 } from '../support/fake-s3.ts';
import { FaultProxy, type ProxyFault } from '../support/fault-proxy.ts';
import { newBucket, openS3, s3IsAvailable, s3Server } from '../support/s3-server.ts';
import { bytes, found, stored } from './conformance.ts';

const cleanups: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function proxied(faults: Partial<Record<ProxyFault, number>>) {
  const fake = await FakeS3.start();
  const { hostname, port } = new URL(fake.endpoint);
  const proxy = await FaultProxy.start({ target: { host: hostname, port: Number(port) }, seed: 1, faults });
  const credentials = { accessKeyId: 'a', secretAccessKey: 'b' };
  const opened = Store.open({ bucket: 'bucket', endpoint: proxy.endpoint, credentials, timeoutMs: 200 });
  if (opened.kind === 'failed') throw new Error(opened.message);
  cleanups.push(
    () => fake.close(),
    () => proxy.close(),
    () => opened.store.close(),
  );
  return { fake, proxy, store: opened.store };
}

describe('each fault is what it says', () => {
  test.each<[ProxyFault, string, number]>([
    ['resetBefore', 'unknown', 0],
    ['lostRequest', 'unknown', 0],
    ['lostResponse', 'unknown', 1],
    ['stall', 'unknown', 1],
    ['serverError', 'unknown', 0],
    ['slowDown', 'throttled', 0],
  ])('%s: the caller sees %s, the server %i requests', async (fault, failure, arrived) => {
    const { fake, proxy, store } = await proxied({ [fault]: 1 });
    expect(await store.put('a', bytes('some body'))).toMatchObject({ kind: 'failed', failure });
    expect(fake.requests).toHaveLength(arrived);
    expect(proxy.counts[fault]).toBe(1);
    proxy.faults = {};
    stored(await store.put('a', bytes('another')));
    expect(found(await store.get('a')).body).toBe('another');
  });

  test('a link that is cut, and mended', async () => {
    const { proxy, store } = await proxied({});
    stored(await store.put('a', bytes('x')));
    proxy.cut = true;
    proxy.resetAll();
    expect((await store.get('a')).kind).toBe('failed');
    proxy.cut = false;
    expect(found(await store.get('a')).body).toBe('x');
  });

  test('a response cut in the middle', async () => {
    const { proxy, store } = await proxied({});
    stored(await store.put('a', Buffer.alloc(50_000)));
    proxy.faults = { cutResponse: 1 };
    expect((await store.get('a')).kind).toBe('failed');
  });
});

describe.skipIf(!s3IsAvailable)('Ceph behind a bad network', () => {
  test.each([1, 2, 3])('counting is exact (seed %i)', async (seed) => {
    const server = await s3Server();
    const bucket = await newBucket(server);
    const { hostname, port } = new URL(server.endpoints[0] as string);
    const proxy = await FaultProxy.start({ target: { host: hostname, port: Number(port) }, seed, latencyMs: 3 });
    const store = openS3({ ...server, endpoints: [proxy.endpoint] }, { bucket, timeoutMs: 150 });
    cleanups.push(
      () => proxy.close(),
      () => store.close(),
    );
    expect(await probe({ store, environment: systemEnvironment(), dialects: store })).toMatchObject({ kind: 'usable' });
    stored(await store.put('counter', bytes('{"n":0,"trail":[]}')));
    proxy.faults = {
      resetBefore: 0.04,
      lostRequest: 0.03,
      lostResponse: 0.05,
      stall: 0.02,
      cutResponse: 0.03,
      serverError: 0.04,
      slowDown: 0.04,
    };
    await Promise.all([1, 2, 3].map(() => count(store, 15)));
    proxy.faults = {};
    const { n, trail } = JSON.parse(found(await store.get('counter')).body) as Counter;
    expect(n).toBe(45);
    expect(new Set(trail).size).toBe(45);
    expect(Object.values(proxy.counts).reduce((sum, met) => sum + met)).toBeGreaterThan(0);
  });
});

interface Counter {
  readonly n: number;
  /** Of every increment, so that its fate can be read. */
  readonly trail: readonly string[];
}

async function count(store: S3Store, times: number): Promise<void> {
  for (let done = 0; done < times; done++) {
    const id = randomUUID();
    for (let counted = false; !counted;) {
      const got = await store.get('counter');
      if (got.kind !== 'found') continue;
      const { n, trail } = JSON.parse(Buffer.from(got.body).toString()) as Counter;
      counted = trail.includes(id);
      if (counted) break;
      const next = bytes(JSON.stringify({ n: n + 1, trail: [...trail, id] }));
      counted = (await store.put('counter', next, { ifMatch: got.etag })).kind === 'stored';
    }
  }
}
