/** Runs once per test run, in the process above all test files: holds the servers that they share. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestProject } from 'vitest/node';
import { Ceph } from './ceph.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** A URL; whoever gets it gets the S3 server's address, once it runs. */
    s3ServerControl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  let ceph: Promise<Ceph> | undefined;
  const control = createServer((_, response) => {
    ceph ??= Ceph.start();
    ceph.then(
      ({ endpoints, region, accessKeyId, secretAccessKey }) => {
        response.end(JSON.stringify({ endpoints, region, accessKeyId, secretAccessKey }));
      },
      (error: unknown) => {
        response.statusCode = 500;
        response.end(String(error));
      },
    );
  });
  await new Promise<void>((resolve) => control.listen(0, '127.0.0.1', resolve));
  project.provide('s3ServerControl', `http://127.0.0.1:${(control.address() as AddressInfo).port}/`);
  return async () => {
    control.close();
    control.closeAllConnections();
    (await ceph?.catch(() => undefined))?.stop();
  };
}
