/** Where a copy goes: the flags of a store once more, as `--to-…`. */
import { Option } from 'commander';
import { parseStoreUrl } from '../store/store-url.ts';
import { parseDuration } from './durations.ts';
import type { StoreFlags } from './store-options.ts';

export interface DestinationFlags {
  readonly toStore: string;
  readonly toName?: string;
  readonly toS3Addr?: string;
  readonly toS3Region?: string;
  readonly toS3User?: string;
  readonly toS3Pass?: string;
  readonly toS3PathStyle?: boolean;
  readonly toS3CaFile?: string;
  readonly toS3Timeout?: number;
  readonly toS3RequestTimeout?: number;
}

export function destinationOptions(): Option[] {
  return [
    new Option('--to-store <url>', 'where it goes: s3://bucket/name, or a directory').makeOptionMandatory(),
    new Option('--to-name <name>', 'its name there, where --to-store has none (as of the source)'),
    new Option('--to-s3-addr <url>', 'address of its S3 server'),
    new Option('--to-s3-region <region>', 'its region'),
    new Option('--to-s3-user <key>', 'its access key'),
    new Option('--to-s3-pass <secret>', 'its secret key; better as VALTHREE_TO_S3_PASS'),
    new Option('--to-s3-path-style', 'http://host/bucket/key there'),
    new Option('--no-to-s3-path-style', 'http://bucket.host/key there'),
    new Option('--to-s3-ca-file <file>', 'certificates to trust there'),
    new Option('--to-s3-timeout <duration>', 'how long to wait for its store').argParser(parseDuration),
    new Option('--to-s3-request-timeout <duration>', 'how long one request there may take').argParser(parseDuration),
  ];
}

/** As if they were those of the only store. What is not said is as of the source, if both are in S3. */
export function destinationFlags(flags: StoreFlags & DestinationFlags, sourceName: string): StoreFlags {
  const isS3 = parseStoreUrl(flags.toStore).kind === 's3';
  const { s3Timeout, s3RequestTimeout } = flags;
  const own = {
    s3Addr: flags.toS3Addr ?? (isS3 ? (flags.s3Addr ?? flags.s3Endpoint) : undefined),
    s3Region: flags.toS3Region ?? flags.s3Region,
    s3User: flags.toS3User ?? (flags.toS3Pass === undefined ? flags.s3User : undefined),
    s3Pass: flags.toS3Pass ?? (flags.toS3User === undefined ? flags.s3Pass : undefined),
    s3PathStyle: flags.toS3PathStyle ?? flags.s3PathStyle,
    s3CaFile: flags.toS3CaFile ?? flags.s3CaFile,
  };
  const given = Object.fromEntries(Object.entries(own).filter(([, value]) => value !== undefined));
  return {
    ...given,
    store: flags.toStore,
    name: flags.toName ?? sourceName,
    s3Timeout: flags.toS3Timeout ?? s3Timeout,
    s3RequestTimeout: flags.toS3RequestTimeout ?? s3RequestTimeout,
  };
}
