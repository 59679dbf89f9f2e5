/** A store with one object whose next answers a test can replace, to put a log into any situation. */
import type {
  DeleteResult,
  FailureKind,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
  StoreFailure,
} from '../../src/store/object-store.ts';

/** What becomes of a request: `apply` says whether the store carries it out, `answer` what the caller hears. */
export interface Fate {
  readonly apply: boolean;
  readonly failure?: FailureKind;
  /** What a get gives instead of what is stored. */
  readonly body?: string;
}

export class ScriptedStore implements ObjectStore {
  readonly location = 'scripted';
  body: string | undefined;
  etag = 0;
  /** Requests as they arrived: `put ifMatch=1`, `get`. */
  readonly requests: string[] = [];
  /** Fates of the next puts and gets; none: applied and answered truly. */
  readonly putFates: Fate[] = [];
  readonly getFates: Fate[] = [];
  /** Runs before each put is looked at. */
  beforePut: (() => void) | undefined;

  /** Writes as another program would, without a condition. */
  overwrite(body: string): void {
    this.body = body;
    this.etag++;
  }

  get(_name: string, options: GetOptions = {}): Promise<GetResult> {
    this.requests.push(options.ifNoneMatch === undefined ? 'get' : `get ifNoneMatch=${options.ifNoneMatch}`);
    const fate = this.getFates.shift();
    if (fate?.failure !== undefined) return Promise.resolve(failed(fate.failure));
    if (this.body === undefined) return Promise.resolve({ kind: 'notFound', date: undefined });
    const etag = String(this.etag);
    if (options.ifNoneMatch === etag) return Promise.resolve({ kind: 'notModified', date: undefined });
    return Promise.resolve({ kind: 'found', body: Buffer.from(fate?.body ?? this.body), etag, date: undefined });
  }

  put(_name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    this.requests.push(options.ifMatch === undefined ? 'put ifNoneMatch' : `put ifMatch=${options.ifMatch}`);
    this.beforePut?.();
    const fate = this.putFates.shift() ?? { apply: true };
    const result = fate.apply ? this.#put(body, options) : undefined;
    if (fate.failure !== undefined || result === undefined) return Promise.resolve(failed(fate.failure ?? 'unknown'));
    return Promise.resolve(result);
  }

  #put(body: Uint8Array, options: PutOptions): PutResult {
    if (options.ifMatch !== undefined && this.body === undefined) return { kind: 'notFound', date: undefined };
    if (options.ifMatch !== undefined && options.ifMatch !== String(this.etag)) {
      return { kind: 'preconditionFailed', date: undefined };
    }
    if (options.ifNoneMatch !== undefined && this.body !== undefined) {
      return { kind: 'preconditionFailed', date: undefined };
    }
    this.overwrite(Buffer.from(body).toString());
    return { kind: 'stored', etag: String(this.etag), date: undefined };
  }

  list(): Promise<ListResult> {
    return Promise.reject(new Error('the plain layout lists nothing'));
  }

  delete(): Promise<DeleteResult> {
    return Promise.reject(new Error('the plain layout deletes nothing'));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function failed(failure: FailureKind): StoreFailure {
  return { kind: 'failed', failure, message: `scripted failure: kind=${failure}` };
}
