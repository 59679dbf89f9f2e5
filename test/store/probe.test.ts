/** The probe: it must tell a store that would lose data from one that is fit, and both from one that cannot be asked. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import S3rver from '@20minutes/s3rver';
import { describe, expect, test } from 'vitest';
import { systemEnvironment } from '../../src/environment/system.ts';
import { CountingStore } from '../../src/store/counting-store.ts';
import { FaultyStore } from '../../src/store/faulty-store.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { ObjectStore, PutOptions } from '../../src/store/object-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { probe, type ProbeVerdict } from '../../src/store/probe.ts';
import { S3Store } from '../../src/store/s3/s3-store.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { FakeS3, sendError, type FakeS3Options } from '../support/fake-s3.ts';
import { newBucket, s3IsAvailable, s3Server } from '../support/s3-server.ts';

const credentials = { accessKeyId: 'probe-user', secretAccessKey: 'probe-secret' };

describe('a fit store', () => {
  test('is usable after few requests, and nothing is left behind', async () => {
    const environment = systemEnvironment();
    const store = new CountingStore(new MemoryStore(environment.clock), environment.clock);
    expect(await probe({ store, environment })).toMatchObject({ kind: 'usable', dialect: undefined });
    expect(store.requests).toBeLessThanOrEqual(25);
    expect(await store.list('')).toMatchObject({ objects: [] });
  });

  test.each([1, 2, 3, 4, 5, 6, 7, 8])('is usable over a bad network (seed %i)', async (seed) => {
    const environment = new VirtualEnvironment(seed);
    const faults = {
      lostResponse: 0.06,
      serverError: 0.06,
      conflict: 0.06,
      throttled: 0.06,
      late: 0.05,
      refused: 0.04,
    };
    const slow = new LatencyStore(new MemoryStore(environment.clock), environment, { minMs: 1, maxMs: 30 });
    const store = new FaultyStore(slow, environment, faults);
    let verdict: ProbeVerdict | undefined;
    void probe({ store, environment, limitMs: 3_600_000 }).then((result) => (verdict = result));
    await environment.run(() => verdict !== undefined);
    expect(verdict).toMatchObject({ kind: 'usable' });
  });

  test('that speaks no clear word is a failure, not a verdict', async () => {
    const environment = new VirtualEnvironment(1);
    const store = new FaultyStore(new MemoryStore(environment.clock), environment, { throttled: 1 });
    let verdict: ProbeVerdict | undefined;
    void probe({ store, environment }).then((result) => (verdict = result));
    await environment.run(() => verdict !== undefined);
    expect(verdict).toMatchObject({ kind: 'failed', failure: 'throttled' });
    expect(environment.clock.monotonic()).toBeLessThan(60_000);
  });
});

describe('a store that would lose data is refused', () => {
  const spoil = (change: (options: PutOptions) => PutOptions): ObjectStore => {
    const store = new MemoryStore({ now: () => 0 });
    const put = store.put.bind(store);
    store.put = (name, body, options) => put(name, body, change(options ?? {}));
    return store;
  };

  test.each<[string, (options: PutOptions) => PutOptions]>([
    ['ignores If-Match', ({ ifNoneMatch }) => (ifNoneMatch === undefined ? {} : { ifNoneMatch })],
    ['ignores If-None-Match', ({ ifMatch }) => (ifMatch === undefined ? {} : { ifMatch })],
    ['ignores both', () => ({})],
  ])('that %s', async (_, change) => {
    const verdict = await probe({ store: spoil(change), environment: systemEnvironment() });
    expect(verdict).toMatchObject({ kind: 'unfit', reason: expect.stringContaining('data would be lost') as string });
  });

  test.each<[string, FakeS3Options]>([
    ['ignores If-Match', { ignoreIfMatch: true }],
    ['ignores If-None-Match', { ignoreIfNoneMatch: true }],
    ['ignores both', { ignoreIfMatch: true, ignoreIfNoneMatch: true }],
    ['checks first and writes later', { racy: true }],
  ])('an S3 server that %s', async (_, options) => {
    const outcome = await startOn(options);
    expect(outcome).toMatchObject({ kind: 'failed', failure: 'denied' });
    expect(outcome).toMatchObject({ message: expect.stringContaining('data would be lost') as string });
  });

  test('an S3 server that does not know conditional writes (501)', async () => {
    const outcome = await startOn({
      intercept: (request, response) => {
        if (request.headers['if-none-match'] !== '*') return false;
        sendError(response, 501, 'NotImplemented');
        return true;
      },
    });
    expect(outcome).toMatchObject({ kind: 'failed', failure: 'denied' });
    expect(outcome).toMatchObject({ message: expect.stringContaining('conditional writes') as string });
  });

  test('and an S3 server that keeps them is used', async () => {
    expect(await startOn({})).toMatchObject({ kind: 'opened', dialect: 'quoted', name: 'name' });
  });

  test('s3rver, which is not ours and ignores conditions', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'valthree-s3rver-'));
    const bucket = { name: 'bucket', configs: [] };
    const server = new S3rver({ port: 0, address: '127.0.0.1', silent: true, directory, configureBuckets: [bucket] });
    const { port } = await server.run();
    try {
      const endpoint = `http://127.0.0.1:${port}`;
      const keys = { accessKeyId: 'S3RVER', secretAccessKey: 'S3RVER' };
      const opened = S3Store.open({ bucket: 'bucket', endpoint, credentials: keys });
      if (opened.kind === 'failed') throw new Error(opened.message);
      const { store } = opened;
      // Straight to the probe: this server refuses every signed list.
      const verdict = await probe({ store, environment: systemEnvironment(), dialects: store });
      expect(verdict).toMatchObject({ kind: 'unfit', reason: expect.stringContaining('data would be lost') as string });
      await store.close();
    } finally {
      await server.close();
      await rm(directory, { recursive: true });
    }
  });

  async function startOn(options: FakeS3Options) {
    const fake = await FakeS3.start(options);
    try {
      const url = 's3://bucket/name';
      const outcome = await openStore({
        url,
        environment: systemEnvironment(),
        s3: { endpoint: fake.endpoint, credentials },
      });
      if (outcome.kind === 'opened') await outcome.store.close();
      return outcome;
    } finally {
      await fake.close();
    }
  }
});

describe.skipIf(!s3IsAvailable)('Ceph', () => {
  test('is usable, in the dialect that its release speaks', async () => {
    const server = await s3Server();
    const bucket = await newBucket(server);
    const { endpoints, region, accessKeyId, secretAccessKey } = server;
    const opened = await openStore({
      url: `s3://${bucket}/a/b/name`,
      environment: systemEnvironment(),
      s3: { endpoint: endpoints[0] as string, region, credentials: { accessKeyId, secretAccessKey } },
    });
    if (opened.kind === 'failed') throw new Error(opened.message);
    expect(['quoted', 'bare']).toContain(opened.dialect);
    expect(opened.name).toBe('name');
    expect(opened.store.location).toBe(`s3://${bucket}/a/b`);
    expect(await opened.store.list('')).toMatchObject({ objects: [] });
    await opened.store.close();
  });

  test('creates a missing bucket once, whoever starts first', async () => {
    const { endpoints, ...server } = await s3Server();
    const bucket = `${await newBucket({ endpoints, ...server })}-new`;
    const outcomes = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const opened = S3Store.open({ bucket, endpoint: endpoints[0] as string, credentials: server });
        if (opened.kind === 'failed') throw new Error(opened.message);
        const outcome = await opened.store.ensureBucket();
        await opened.store.close();
        return outcome;
      }),
    );
    for (const outcome of outcomes) expect(outcome).toMatchObject({ kind: 'ready' });
  });
});
