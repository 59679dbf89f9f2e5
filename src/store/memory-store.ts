/**
 * An object store in the memory of this process, for tests, the simulator, the bench and `--store memory:`. Several
 * engines may share one instance: it is then their one truth, as a bucket would be.
 *
 * Invariants: each request takes effect at one instant, when it is called; unless others are asked for, ETags are numbers
 * that only grow, so none comes back, whatever the content. A body is copied when it is stored and must not be changed by those who read it.
 */
import type { Clock } from '../environment/environment.ts';
import { storeFailure } from './failure.ts';
import type {
  DeleteResult,
  ETag,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
} from './object-store.ts';

interface StoredObject {
  readonly body: Uint8Array;
  readonly etag: ETag;
  readonly modifiedAt: number;
}

export class MemoryStore implements ObjectStore {
  readonly location = 'memory:';
  readonly #clock: Pick<Clock, 'now'>;
  readonly #etagOf: (body: Uint8Array) => ETag;
  readonly #objects = new Map<string, StoredObject>();
  #versions = 0;

  /** @param etagOf replaces the numbers, for instance by hashes of the content, which come back with it as S3's do */
  constructor(clock: Pick<Clock, 'now'>, etagOf?: (body: Uint8Array) => ETag) {
    this.#clock = clock;
    this.#etagOf = etagOf ?? (() => `m${++this.#versions}`);
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const date = this.#clock.now();
    const object = this.#objects.get(name);
    if (object === undefined) return Promise.resolve({ kind: 'notFound', date });
    if (object.etag === options.ifNoneMatch) return Promise.resolve({ kind: 'notModified', date });
    return Promise.resolve({ kind: 'found', body: object.body, etag: object.etag, date });
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    if (name === '') return Promise.resolve(storeFailure('denied', 'the name of an object is empty: store=memory:'));
    const date = this.#clock.now();
    const object = this.#objects.get(name);
    if (options.ifNoneMatch !== undefined && object !== undefined) {
      return Promise.resolve({ kind: 'preconditionFailed', date });
    }
    if (options.ifMatch !== undefined && object?.etag !== options.ifMatch) {
      return Promise.resolve({ kind: object === undefined ? 'notFound' : 'preconditionFailed', date });
    }
    const etag = this.#etagOf(body);
    this.#objects.set(name, { body: new Uint8Array(body), etag, modifiedAt: date });
    return Promise.resolve({ kind: 'stored', etag, date });
  }

  list(prefix: string): Promise<ListResult> {
    const objects = [...this.#objects]
      .filter(([name]) => name.startsWith(prefix))
      .map(([name, { body, modifiedAt }]) => ({ name, size: body.length, modifiedAt }));
    return Promise.resolve({ kind: 'listed', objects, date: this.#clock.now() });
  }

  delete(name: string): Promise<DeleteResult> {
    this.#objects.delete(name);
    return Promise.resolve({ kind: 'deleted', date: this.#clock.now() });
  }

  /** Does nothing: others may share the instance. */
  close(): Promise<void> {
    return Promise.resolve();
  }
}
