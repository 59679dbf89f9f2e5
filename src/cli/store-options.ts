/** Where a database is: the flags that all commands share which open one, and what is refused. */
import { Option } from 'commander';
import type { OpenStoreOptions } from '../store/open-store.ts';
import { parseStoreUrl } from '../store/store-url.ts';
import { parseDuration } from './durations.ts';
import { UsageError } from './exit.ts';

/** As commander hands them over. */
export interface StoreFlags {
  readonly store?: string;
  readonly name: string;
  readonly s3Addr?: string;
  readonly s3Endpoint?: string;
  readonly s3Region?: string;
  readonly s3Bucket?: string;
  readonly s3User?: string;
  readonly s3Pass?: string;
  readonly s3PathStyle?: boolean;
  readonly s3CaFile?: string;
  readonly s3Timeout: number;
  readonly s3RequestTimeout: number;
}

const defaultStore = './valthree-data';

export function storeOptions(): Option[] {
  return [
    new Option('--store <url>', `s3://bucket/name, a directory, or memory: (${defaultStore})`),
    new Option('--name <name>', 'name of the database, where --store has none').default('valthree'),
    new Option('--s3-addr <url>', 'address of the S3 server, http://host:port (AWS)'),
    new Option('--s3-endpoint <url>', 'the same'),
    new Option('--s3-region <region>', 'region (AWS_REGION, or us-east-1 with --s3-addr)'),
    new Option('--s3-bucket <bucket>', 'bucket, where --store is not given'),
    new Option('--s3-user <key>', "access key (AWS's own variables and credential chain)"),
    new Option('--s3-pass <secret>', 'secret key; better as VALTHREE_S3_PASS'),
    new Option('--s3-path-style', 'http://host/bucket/key, as most servers want (with --s3-addr)'),
    new Option('--no-s3-path-style', 'http://bucket.host/key (on AWS)'),
    new Option('--s3-ca-file <file>', 'certificates to trust beside the usual ones, PEM'),
    new Option('--s3-timeout <duration>', 'how long a command waits for the store before it is answered with an error')
      .argParser(parseDuration)
      .default(60_000, '60s'),
    new Option('--s3-request-timeout <duration>', 'how long one request may take before it is sent again')
      .argParser(parseDuration)
      .default(10_000, '10s'),
  ];
}

/** @throws UsageError where they contradict each other */
export function resolveStore(flags: StoreFlags): Pick<OpenStoreOptions, 'url' | 's3'> {
  const endpoint = flags.s3Addr ?? flags.s3Endpoint;
  if (flags.store !== undefined && flags.s3Bucket !== undefined) {
    throw new UsageError('--store and --s3-bucket say the same thing; use one of them');
  }
  if (flags.s3Addr !== undefined && flags.s3Endpoint !== undefined && flags.s3Addr !== flags.s3Endpoint) {
    throw new UsageError('--s3-addr and --s3-endpoint are two names of one flag; use one of them');
  }
  const url = flags.store ?? (flags.s3Bucket === undefined ? defaultStore : `s3://${flags.s3Bucket}`);
  const place = parseStoreUrl(url);
  if (place.kind === 'bad') throw new UsageError(place.reason);
  if (endpoint !== undefined && place.kind !== 's3') {
    throw new UsageError('--s3-addr needs a bucket: --store s3://bucket/name, or --s3-bucket');
  }
  if ((flags.s3User === undefined) !== (flags.s3Pass === undefined)) {
    throw new UsageError('--s3-user and --s3-pass go together');
  }
  return {
    url,
    s3: {
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(flags.s3Region === undefined ? {} : { region: flags.s3Region }),
      ...(flags.s3PathStyle === undefined ? {} : { pathStyle: flags.s3PathStyle }),
      ...(flags.s3CaFile === undefined ? {} : { tlsCaFile: flags.s3CaFile }),
      ...(flags.s3User === undefined || flags.s3Pass === undefined
        ? {}
        : { credentials: { accessKeyId: flags.s3User, secretAccessKey: flags.s3Pass } }),
    },
  };
}
