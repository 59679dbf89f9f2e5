/** How to reach a bucket, and the SDK's client for it. */
import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import { storeFailure } from '../failure.ts';
import type { StoreFailure } from '../object-store.ts';
import { HttpTransport } from './http-transport.ts';
import { sendLeanRequests } from './lean-requests.ts';

export interface S3Options {
  readonly bucket: string;
  /** Put before every name; empty, or ends with a slash. */
  readonly prefix?: string;
  /** `https://host[:port]`; left out: AWS. Without a scheme, `http://` is meant, as in the original. */
  readonly endpoint?: string;
  /** Left out: `AWS_REGION`, the AWS profile, or with an endpoint `us-east-1`. */
  readonly region?: string;
  /** Left out: the SDK's whole chain (environment, profile, SSO, web identity, container, instance). */
  readonly credentials?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** `http://host/bucket/key` and not `http://bucket.host/key`. Default: whether an endpoint is given. */
  readonly pathStyle?: boolean;
  /** A PEM file with certificates to trust beside the usual ones. */
  readonly tlsCaFile?: string;
  /** `false` takes any certificate: for tests only. */
  readonly tlsVerify?: boolean;
  /** Connections at most; further requests wait. Default: 64. */
  readonly maxSockets?: number;
  /** For requests that name no time-out of their own. Default: 10 s. */
  readonly timeoutMs?: number;
}

export interface S3Connection {
  readonly kind: 'connected';
  readonly client: S3Client;
  readonly transport: HttpTransport;
  /** Without credentials; `undefined`: AWS. */
  readonly endpoint: string | undefined;
  /** `undefined`: what the SDK finds. */
  readonly region: string | undefined;
}

const maxSocketsDefault = 64;

/** Opens nothing yet. Options that cannot work are refused here. */
export function connect(options: S3Options): S3Connection | StoreFailure {
  const endpoint = parseEndpoint(options.endpoint);
  if (endpoint.kind === 'failed') return endpoint;
  const ca = readCa(options.tlsCaFile);
  if (ca.kind === 'failed') return ca;
  const transport = new HttpTransport({
    maxSockets: options.maxSockets ?? maxSocketsDefault,
    tlsCa: ca.certificates,
    tlsVerify: options.tlsVerify ?? true,
  });
  const region = options.region ?? regionOf(endpoint.url);
  // We know which Node we run on (`engines` in package.json); users need not be told at every start.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  const client = new S3Client(clientConfig(options, { endpoint: endpoint.url, region, transport }));
  sendLeanRequests(client);
  return { kind: 'connected', client, transport, endpoint: endpoint.url, region };
}

interface Resolved {
  readonly endpoint: string | undefined;
  readonly region: string | undefined;
  readonly transport: HttpTransport;
}

function clientConfig(options: S3Options, { endpoint, region, transport }: Resolved): S3ClientConfig {
  return {
    requestHandler: transport as NonNullable<S3ClientConfig['requestHandler']>,
    // A retry of its own would answer 412 for a write that had succeeded.
    maxAttempts: 1,
    // Newer checksums are unknown to many stores, and make the SDK send the body as chunks with a trailer.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    // "Expect: 100-continue" costs a round trip, and gateways get it wrong.
    expectContinueHeader: false,
    forcePathStyle: options.pathStyle ?? endpoint !== undefined,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(region === undefined ? {} : { region }),
    ...(options.credentials === undefined ? {} : { credentials: { ...options.credentials } }),
  };
}

function regionOf(endpoint: string | undefined): string | undefined {
  const fromEnvironment = process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'];
  if (fromEnvironment !== undefined && fromEnvironment !== '') return fromEnvironment;
  return endpoint === undefined ? undefined : 'us-east-1';
}

type ParsedEndpoint = { readonly kind: 'endpoint'; readonly url: string | undefined } | StoreFailure;

function parseEndpoint(text: string | undefined): ParsedEndpoint {
  if (text === undefined || text === '') return { kind: 'endpoint', url: undefined };
  const full = text.includes('://') ? text : `http://${text}`;
  if (!/^https?:\/\//i.test(full) || !URL.canParse(full)) {
    return refused('it must be http://host:port or https://host:port');
  }
  const url = new URL(full);
  if (url.username !== '' || url.password !== '') {
    return refused('credentials do not belong into it; use --s3-user and --s3-pass');
  }
  if (url.search !== '' || url.hash !== '') return refused('it must have no "?" and no "#"');
  return { kind: 'endpoint', url: url.href.replace(/\/+$/, '') };
}

/** The text itself is not repeated: it may hold a password. */
function refused(reason: string): StoreFailure {
  return storeFailure('denied', `the endpoint of the store is not valid: ${reason}`);
}

type LoadedCa = { readonly kind: 'loaded'; readonly certificates: readonly string[] | undefined } | StoreFailure;

/** Read once, at start, before anything runs: synchronously. */
function readCa(file: string | undefined): LoadedCa {
  if (file === undefined) return { kind: 'loaded', certificates: undefined };
  try {
    const pem = readFileSync(file, 'utf8');
    if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
      return storeFailure('denied', `the file has no certificate in PEM form: tls_ca_file=${file}`);
    }
    return { kind: 'loaded', certificates: [...rootCertificates, pem] };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
    return storeFailure('denied', `the file with the certificates cannot be read: tls_ca_file=${file} code=${code}`);
  }
}
