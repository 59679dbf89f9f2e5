/**
 * The object store as the rest of the code sees it: four requests, each with a definite or an honestly unknown
 * outcome. Expected failures are values, never exceptions, so that no caller can forget one.
 *
 * Contract of every implementation (held by `test/store/conformance.ts`):
 * - a get that starts after a put has been acknowledged sees that put or a later one;
 * - of any number of concurrent puts with the same `ifMatch` at most one succeeds; the same for `ifNoneMatch`;
 * - an ETag never stands for two different bodies. The same body may get the same ETag again (S3: it is the MD5), so
 *   who must not meet an old ETag again makes every body unique;
 * - a request is sent at most once: no implementation retries by itself.
 */
export interface ObjectStore {
  /** For logs and errors: `s3://bucket/prefix`, `file:/path`, `memory`. Holds no secret. */
  readonly location: string;
  get(name: string, options?: GetOptions): Promise<GetResult>;
  put(name: string, body: Uint8Array, options?: PutOptions): Promise<PutResult>;
  /** Names that start with `prefix`, in no particular order; possibly stale. */
  list(prefix: string): Promise<ListResult>;
  /** Succeeds also where the object is missing. Never conditional: some stores ignore conditions here. */
  delete(name: string): Promise<DeleteResult>;
  /** Frees sockets and file handles. No request may follow. */
  close(): Promise<void>;
}

export interface GetOptions {
  /** Answer `notModified` if the object still has this ETag. */
  readonly ifNoneMatch?: ETag;
  /** Milliseconds after which the request is given up. */
  readonly timeoutMs?: number;
}

export interface PutOptions {
  /** Succeed only if the object has this ETag now. */
  readonly ifMatch?: ETag;
  /** Succeed only if there is no such object. */
  readonly ifNoneMatch?: '*';
  /** Milliseconds after which the request is given up; its outcome is then unknown. */
  readonly timeoutMs?: number;
}

/** Opaque; compared only with itself. Held without quotes. */
export type ETag = string;

export type GetResult =
  | { readonly kind: 'found'; readonly body: Uint8Array; readonly etag: ETag; readonly date: StoreDate }
  | { readonly kind: 'notModified'; readonly date: StoreDate }
  | { readonly kind: 'notFound'; readonly date: StoreDate }
  | StoreFailure;

export type PutResult =
  | { readonly kind: 'stored'; readonly etag: ETag; readonly date: StoreDate }
  /** The condition did not hold: this request changed nothing. (An earlier identical one may have.) */
  | { readonly kind: 'preconditionFailed'; readonly date: StoreDate }
  /** `ifMatch` on an object that does not exist. Some stores (Ceph before 20) answer `preconditionFailed` here too. */
  | { readonly kind: 'notFound'; readonly date: StoreDate }
  | StoreFailure;

export type ListResult =
  { readonly kind: 'listed'; readonly objects: readonly ListedObject[]; readonly date: StoreDate } | StoreFailure;

export interface ListedObject {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970 by the store's clock. */
  readonly modifiedAt: number;
}

export type DeleteResult = { readonly kind: 'deleted'; readonly date: StoreDate } | StoreFailure;

/** The store's own date of the response, in milliseconds since 1970; `undefined` where it gave none. */
export type StoreDate = number | undefined;

export interface StoreFailure {
  readonly kind: 'failed';
  readonly failure: FailureKind;
  /** What happened and what to do, lower case, variables at the end as `key=value`. Holds no secret. */
  readonly message: string;
}

/**
 * - `throttled`: the store asks for fewer requests (503 SlowDown, 429). For a put the outcome is unknown all the same.
 * - `unavailable`: the request certainly had no effect (it never left: connection refused, name not found).
 * - `unknown`: a put, list or delete that may or may not have happened (timeout, reset, 500, 409); a get that failed so.
 * - `denied`: the store refuses these credentials or this request; trying again does not help. No effect.
 * - `corrupt`: the answer is not what was stored (checksum, length).
 */
export type FailureKind = 'throttled' | 'unavailable' | 'unknown' | 'denied' | 'corrupt';
