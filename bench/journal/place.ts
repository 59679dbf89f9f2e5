/** Where the figures are measured: a directory, or a bucket of an S3 server on this machine. */
import { join } from 'node:path';
import type { S3Server } from '../../test/support/ceph.ts';

export interface Place {
  readonly name: string;
  /** The flags for a database of this name. */
  flags(database: string): readonly string[];
  /** The flags that name it as the destination of `valthree copy`. */
  destination(database: string): readonly string[];
}

export function filePlace(directory: string): Place {
  return {
    name: 'file',
    flags: (database) => ['--store', join(directory, database)],
    destination: (database) => ['--to-store', join(directory, database)],
  };
}

/** @param endpoint of the server, or of a proxy before it */
export function s3Place({ accessKeyId, secretAccessKey }: S3Server, endpoint: string): Place {
  return {
    name: 's3',
    flags: (database) => [
      ...['--store', `s3://bench/${database}`, '--s3-addr', endpoint],
      ...['--s3-user', accessKeyId, '--s3-pass', secretAccessKey],
    ],
    destination: (database) => [
      ...['--to-store', `s3://bench/${database}`, '--to-s3-addr', endpoint],
      ...['--to-s3-user', accessKeyId, '--to-s3-pass', secretAccessKey],
    ],
  };
}
