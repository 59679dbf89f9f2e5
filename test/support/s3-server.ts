/**
 * The S3 server that all test files of one run share. It is started by the first test that asks for it, in the process
 * that runs the tests (`global-setup.ts`), and ends with it: a run that needs none starts none.
 */
import { randomBytes } from 'node:crypto';
import { inject } from 'vitest';
import { S3Store } from '../../src/store/s3/s3-store.ts';
import type { S3Options } from '../../src/store/s3/s3-options.ts';
import { cephIsInstalled, cephIsMissing, type S3Server } from './ceph.ts';
import { requirement } from './requirement.ts';

export const s3IsAvailable = requirement(cephIsInstalled, `tests against a real S3 server: ${cephIsMissing}`);

export async function s3Server(): Promise<S3Server> {
  const response = await fetch(inject('s3ServerControl'));
  if (!response.ok) throw new Error(`the S3 server did not start: ${await response.text()}`);
  return (await response.json()) as S3Server;
}

/** A bucket of its own, created. */
export async function newBucket(server: S3Server): Promise<string> {
  const bucket = `test-${randomBytes(6).toString('hex')}`;
  const store = openS3(server, { bucket });
  const outcome = await store.ensureBucket();
  await store.close();
  if (outcome.kind === 'failed') throw new Error(outcome.message);
  return bucket;
}

export function openS3(server: S3Server, options: S3Options): S3Store {
  const { accessKeyId, secretAccessKey, region, endpoints } = server;
  const opened = S3Store.open({
    endpoint: endpoints[0] as string,
    region,
    credentials: { accessKeyId, secretAccessKey },
    ...options,
  });
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.store;
}
