/**
 * An object store behind the S3 API: AWS, or any server that speaks it and honours conditional writes.
 *
 * Invariants: every request is sent at most once; bodies are whole buffers and never multipart, which many servers do
 * not make conditional; no message holds a secret. Needs s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket:
 * without the last one AWS answers 403, not 404, for an object that is missing.
 */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import type {
  DeleteResult,
  ETag,
  GetOptions,
  GetResult,
  ListedObject,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
  StoreDate,
  StoreFailure,
} from '../object-store.ts';
import type { ConditionDialect, DialectSwitch } from '../probe.ts';
import { ensureBucket, type BucketOutcome } from './bucket.ts';
import { readBody } from './read-body.ts';
import { S3Requests, type Answer, type Refusal } from './s3-requests.ts';
import { connect, type S3Options } from './s3-options.ts';

const timeoutMsDefault = 10_000;
/** AWS's limit, in UTF-8. */
const keyBytesMax = 1024;
/** A page of a thousand is XML that holds the event loop for 20 ms. */
const listedAtOnce = 250;
const loneSurrogate = /\p{Surrogate}/u;

export class S3Store implements ObjectStore, DialectSwitch {
  readonly location: string;
  readonly dialects = ['quoted', 'bare'] as const;
  readonly #requests: S3Requests;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #timeoutMs: number;
  #dialect: ConditionDialect = 'quoted';

  private constructor(options: S3Options, requests: S3Requests) {
    this.#requests = requests;
    this.#bucket = options.bucket;
    this.#prefix = options.prefix ?? '';
    this.#timeoutMs = options.timeoutMs ?? timeoutMsDefault;
    this.location = `s3://${this.#bucket}/${this.#prefix}`.replace(/\/$/, '');
  }

  /** Sends nothing yet. */
  static open(options: S3Options): { readonly kind: 'opened'; readonly store: S3Store } | StoreFailure {
    const connection = connect(options);
    if (connection.kind === 'failed') return connection;
    return { kind: 'opened', store: new S3Store(options, new S3Requests(connection, options.bucket)) };
  }

  selectDialect(dialect: ConditionDialect): void {
    this.#dialect = dialect;
  }

  /** Creates the bucket if it is missing and may be. Several nodes may do so at once. */
  ensureBucket(): Promise<BucketOutcome> {
    return ensureBucket(this.#requests, { bucket: this.#bucket, prefix: this.#prefix, timeoutMs: this.#timeoutMs });
  }

  async get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const key = this.#key(name);
    if (typeof key !== 'string') return key;
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const condition = options.ifNoneMatch === undefined ? {} : { IfNoneMatch: `"${options.ifNoneMatch}"` };
    const command = new GetObjectCommand({ Bucket: this.#bucket, Key: key, ...condition });
    const answer = await this.#requests.send(command, { key, timeoutMs, read: readBody });
    if (answer.kind === 'refused') return getRefusal(answer);
    const { output, date, read } = answer;
    const etag = withoutQuotes(output.ETag);
    if (etag === undefined) {
      return this.#requests.failure('corrupt', 'the answer has no ETag; check that the endpoint serves S3', key);
    }
    const { body, expectedBytes } = read;
    if (expectedBytes !== undefined && expectedBytes !== body.length) {
      const detail = `expected_bytes=${expectedBytes} received_bytes=${body.length}`;
      return this.#requests.failure('corrupt', `the body has another length than announced: ${detail}`, key);
    }
    return { kind: 'found', body, etag, date };
  }

  async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const key = this.#key(name);
    if (typeof key !== 'string') return key;
    const timeoutMs = options.timeoutMs ?? this.#timeoutMs;
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentLength: body.length,
      ...(options.ifMatch === undefined ? {} : { IfMatch: this.#condition(options.ifMatch) }),
      ...(options.ifNoneMatch === undefined ? {} : { IfNoneMatch: options.ifNoneMatch }),
    });
    const answer = await this.#requests.send(command, { key, timeoutMs });
    if (answer.kind === 'refused') return putRefusal(answer, options);
    const etag = withoutQuotes(answer.output.ETag);
    if (etag === undefined) {
      return this.#requests.failure('unknown', 'the answer has no ETag; check that the endpoint serves S3', key);
    }
    return { kind: 'stored', etag, date: answer.date };
  }

  async list(prefix: string): Promise<ListResult> {
    const key = this.#prefix + prefix;
    const objects: ListedObject[] = [];
    let date: StoreDate;
    let token: string | undefined;
    do {
      const page: Answer<ListObjectsV2CommandOutput> = await this.#requests.send(
        new ListObjectsV2Command({
          Bucket: this.#bucket,
          Prefix: key,
          MaxKeys: listedAtOnce,
          // XML cannot hold every character that a key can.
          EncodingType: 'url',
          ...(token === undefined ? {} : { ContinuationToken: token }),
        }),
        { key, timeoutMs: this.#timeoutMs },
      );
      if (page.kind === 'refused') return page.failure;
      if (page.output.IsTruncated === undefined) {
        return this.#requests.failure('corrupt', 'the answer is no list; check that the endpoint serves S3', key);
      }
      date = page.date;
      for (const { Key, Size, LastModified } of page.output.Contents ?? []) {
        if (Key === undefined) continue;
        const name = decodeKey(Key, page.output.EncodingType).slice(this.#prefix.length);
        objects.push({ name, size: Size ?? 0, modifiedAt: LastModified?.getTime() ?? 0 });
      }
      const next = page.output.IsTruncated ? page.output.NextContinuationToken : undefined;
      if (page.output.IsTruncated && (next === undefined || next === token)) {
        return this.#requests.failure('corrupt', 'the list says that it goes on, but not where', key);
      }
      token = next;
    } while (token !== undefined);
    return { kind: 'listed', objects, date };
  }

  async delete(name: string): Promise<DeleteResult> {
    const key = this.#key(name);
    if (typeof key !== 'string') return key;
    const command = new DeleteObjectCommand({ Bucket: this.#bucket, Key: key });
    const answer = await this.#requests.send(command, { key, timeoutMs: this.#timeoutMs });
    if (answer.kind === 'answered') return { kind: 'deleted', date: answer.date };
    return isMissingObject(answer) ? { kind: 'deleted', date: answer.date } : answer.failure;
  }

  close(): Promise<void> {
    this.#requests.close();
    return Promise.resolve();
  }

  /** Without a key a request would be one about the bucket. */
  #key(name: string): string | StoreFailure {
    const key = this.#prefix + name;
    if (name !== '' && !loneSurrogate.test(name) && Buffer.byteLength(key) <= keyBytesMax) return key;
    return this.#requests.failure('denied', 'the name of the object is empty, too long or not valid Unicode', key);
  }

  #condition(etag: ETag): string {
    return this.#dialect === 'quoted' ? `"${etag}"` : etag;
  }
}

function getRefusal(refusal: Refusal): GetResult {
  if (refusal.status === 304) return { kind: 'notModified', date: refusal.date };
  if (isMissingObject(refusal)) return { kind: 'notFound', date: refusal.date };
  return refusal.failure;
}

function putRefusal(refusal: Refusal, { ifMatch, ifNoneMatch }: PutOptions): PutResult {
  const conditional = ifMatch !== undefined || ifNoneMatch !== undefined;
  if (refusal.status === 412 && conditional) return { kind: 'preconditionFailed', date: refusal.date };
  if (ifMatch !== undefined && isMissingObject(refusal)) return { kind: 'notFound', date: refusal.date };
  return refusal.failure;
}

/** Not every 404 is one: the bucket may be missing, or the address may be that of something else. */
function isMissingObject({ status, code }: Refusal): boolean {
  return status === 404 && (code === 'NoSuchKey' || code === 'NoSuchVersion');
}

/** `W/` is added by proxies; the store compares what is in the quotes. */
function withoutQuotes(etag: string | undefined): ETag | undefined {
  const bare = etag?.replace(/^W\//, '').replace(/^"(.*)"$/, '$1');
  return bare === '' ? undefined : bare;
}

function decodeKey(key: string, encoding: string | undefined): string {
  if (encoding !== 'url') return key;
  try {
    return decodeURIComponent(key.replaceAll('+', ' '));
  } catch {
    return key;
  }
}
