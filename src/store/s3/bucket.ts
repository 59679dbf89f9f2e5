/**
 * The bucket at start: it is created if it is missing and may be. Several nodes that start at once may all try: whoever
 * finds that it exists by now is content with it, if it is open to them.
 *
 * Asked for with a list: the answer to HEAD has no body, so no reason; and without the permission to list AWS would hide
 * later which objects are missing.
 */
import {
  CreateBucketCommand,
  ListObjectsV2Command,
  type BucketLocationConstraint,
  type CreateBucketCommandInput,
} from '@aws-sdk/client-s3';
import type { StoreFailure } from '../object-store.ts';
import type { Refusal, S3Requests } from './s3-requests.ts';

export type BucketOutcome = { readonly kind: 'ready'; readonly created: boolean } | StoreFailure;

/** A bucket that was just created may be unknown at the next door for a moment. */
const lookAttempts = 10;
const lookPauseMs = 200;

export interface BucketPlace {
  readonly bucket: string;
  /** The list is kept to it, as the permission to list may be. */
  readonly prefix: string;
  readonly timeoutMs: number;
}

export async function ensureBucket(requests: S3Requests, place: BucketPlace): Promise<BucketOutcome> {
  const found = await look(requests, place);
  if (found === 'found') return { kind: 'ready', created: false };
  if (!isMissing(found)) return found.failure;
  if (place.bucket.endsWith('--x-s3')) {
    return requests.failure('denied', 'the directory bucket does not exist; create it first', undefined);
  }
  const created = await create(requests, place);
  if (created !== 'created' && created !== 'exists') return created;
  for (let attempt = 1; ; attempt++) {
    const now = await look(requests, place);
    if (now === 'found') return { kind: 'ready', created: created === 'created' };
    if (!isMissing(now) || attempt === lookAttempts) return now.failure;
    await new Promise((resolve) => setTimeout(resolve, lookPauseMs));
  }
}

async function look(requests: S3Requests, { bucket, prefix, timeoutMs }: BucketPlace): Promise<'found' | Refusal> {
  const command = new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 });
  const answer = await requests.send(command, { timeoutMs });
  return answer.kind === 'answered' ? 'found' : answer;
}

function isMissing({ status, code }: Refusal): boolean {
  return status === 404 && code === 'NoSuchBucket';
}

async function create(
  requests: S3Requests,
  { bucket, timeoutMs }: BucketPlace,
): Promise<'created' | 'exists' | StoreFailure> {
  const region = await requests.resolveRegion();
  const input: CreateBucketCommandInput = { Bucket: bucket };
  // In us-east-1 AWS refuses to be told so.
  if (region !== undefined && region !== 'us-east-1') {
    input.CreateBucketConfiguration = { LocationConstraint: region as BucketLocationConstraint };
  }
  const answer = await requests.send(new CreateBucketCommand(input), { timeoutMs });
  if (answer.kind === 'answered') return 'created';
  // 409: it exists (BucketAlreadyOwnedByYou), or another node creates it at this moment (OperationAborted).
  if (answer.status === 409) return 'exists';
  if (answer.status === 403) {
    const advice =
      'the bucket does not exist, and these credentials may not create it (s3:CreateBucket); create it first';
    return requests.failure('denied', advice, undefined);
  }
  return answer.failure;
}
