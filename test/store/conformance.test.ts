/** The conformance suite over every store there is, plain and decorated. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemEnvironment } from '../../src/environment/system.ts';
import { CountingStore } from '../../src/store/counting-store.ts';
import { FaultyStore } from '../../src/store/faulty-store.ts';
import { FileStore } from '../../src/store/file/file-store.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { probe } from '../../src/store/probe.ts';
import { newBucket, openS3, s3IsAvailable, s3Server } from '../support/s3-server.ts';
import { describeStore } from './conformance.ts';

const environment = systemEnvironment();

describeStore('MemoryStore', () => {
  const store = new MemoryStore(environment.clock);
  return Promise.resolve({ open: () => Promise.resolve(store) });
});

describeStore('a decorated MemoryStore', () => {
  const store = new MemoryStore(environment.clock);
  const decorated = () =>
    new CountingStore(
      new LatencyStore(new FaultyStore(store, environment, {}), environment, { minMs: 0, maxMs: 2 }),
      environment.clock,
    );
  return Promise.resolve({ open: () => Promise.resolve(decorated()) });
});

describeStore('FileStore', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'valthree-store-'));
  return {
    open: async () => {
      const opened = await FileStore.open({ directory });
      if (opened.kind === 'failed') throw new Error(opened.message);
      return opened.store;
    },
    dispose: () => rm(directory, { recursive: true }),
  };
});

describeStore(
  'S3Store on Ceph',
  async () => {
    const server = await s3Server();
    const bucket = await newBucket(server);
    return {
      open: async () => {
        const store = openS3(server, { bucket, prefix: 'some/prefix/' });
        const verdict = await probe({ store, environment, dialects: store });
        if (verdict.kind !== 'usable') throw new Error(JSON.stringify(verdict));
        return store;
      },
    };
  },
  !s3IsAvailable,
);
