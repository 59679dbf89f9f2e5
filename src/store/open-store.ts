/**
 * From what the user says (`--store` and its flags) to a store that may be used: the address is parsed, the bucket or
 * directory created if it is missing, and the probe passed. There is no other way to a store for a node, so that none
 * runs on one that would lose its data.
 */
import type { Environment } from '../environment/environment.ts';
import { storeFailure } from './failure.ts';
import { FileStore } from './file/file-store.ts';
import { LatencyStore } from './latency-store.ts';
import { MemoryStore } from './memory-store.ts';
import type { ObjectStore, StoreDate, StoreFailure } from './object-store.ts';
import { probe, type ConditionDialect, type DialectSwitch } from './probe.ts';
import type { S3Options } from './s3/s3-options.ts';
import { S3Store } from './s3/s3-store.ts';
import { parseStoreUrl } from './store-url.ts';

export interface OpenStoreOptions {
  /** `--store` */
  readonly url: string;
  readonly environment: Environment;
  /** For `s3://` only; bucket and prefix come from the address. */
  readonly s3?: Omit<S3Options, 'bucket' | 'prefix'>;
  /** For requests that name no time-out of their own. */
  readonly timeoutMs?: number;
  /** For those who only look: nothing is created, and there is no probe, which would write. */
  readonly isReadOnly?: boolean;
}

export interface OpenedStore {
  readonly kind: 'opened';
  readonly store: ObjectStore;
  /** The database's name, where the address has one (`s3://bucket/prefix/name`). */
  readonly name: string | undefined;
  /** For the log: how the store wants its conditions written, if it was asked. */
  readonly dialect: ConditionDialect | undefined;
  readonly createdBucket: boolean;
  /** The store's date at the probe's last answer, to compare the clock of this machine with. */
  readonly date: StoreDate;
}

export async function openStore(options: OpenStoreOptions): Promise<OpenedStore | StoreFailure> {
  const connected = await connect(options);
  if (connected.kind === 'failed') return connected;
  const { store, dialects } = connected;
  const { name, createdBucket } = connected;
  if (options.isReadOnly === true)
    return { kind: 'opened', store, name, dialect: undefined, createdBucket, date: undefined };
  const verdict = await probe({
    store,
    environment: options.environment,
    ...(dialects === undefined ? {} : { dialects }),
  });
  if (verdict.kind !== 'usable') {
    await store.close();
    return verdict.kind === 'unfit' ? storeFailure('denied', verdict.reason) : verdict;
  }
  return { kind: 'opened', store, name, dialect: verdict.dialect, createdBucket, date: verdict.date };
}

function memoryStore(environment: Environment, latencyMs: number): ObjectStore {
  const store = new MemoryStore(environment.clock);
  return latencyMs === 0 ? store : new LatencyStore(store, environment, { minMs: latencyMs });
}

interface Connected {
  readonly kind: 'connected';
  readonly store: ObjectStore;
  readonly dialects?: DialectSwitch;
  readonly name: string | undefined;
  readonly createdBucket: boolean;
}

async function connect({
  url,
  environment,
  s3,
  timeoutMs,
  isReadOnly,
}: OpenStoreOptions): Promise<Connected | StoreFailure> {
  const place = parseStoreUrl(url);
  const limit = timeoutMs === undefined ? {} : { timeoutMs };
  switch (place.kind) {
    case 'bad':
      return storeFailure('denied', place.reason);
    case 'memory':
      return {
        kind: 'connected',
        store: memoryStore(environment, place.latencyMs),
        name: undefined,
        createdBucket: false,
      };
    case 'file': {
      const opened = await FileStore.open({ directory: place.directory, ...limit });
      if (opened.kind === 'failed') return opened;
      return { kind: 'connected', store: opened.store, name: undefined, createdBucket: false };
    }
    case 's3': {
      const opened = S3Store.open({ ...limit, ...s3, bucket: place.bucket, prefix: place.prefix });
      if (opened.kind === 'failed') return opened;
      const { store } = opened;
      if (isReadOnly === true) return { kind: 'connected', store, name: place.name, createdBucket: false };
      const bucket = await store.ensureBucket();
      if (bucket.kind === 'ready') {
        return { kind: 'connected', store, dialects: store, name: place.name, createdBucket: bucket.created };
      }
      await store.close();
      return bucket;
    }
  }
}
