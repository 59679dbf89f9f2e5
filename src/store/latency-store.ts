/**
 * A store whose requests take time, as those over a network do: half of the delay before the request takes effect and
 * half after it. For tests and the bench; deterministic where its environment is.
 *
 * A request whose time-out comes before its answer is given up by the caller only: it still takes effect.
 */
import type { Environment } from '../environment/environment.ts';
import { storeFailure } from './failure.ts';
import type {
  DeleteResult,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
  StoreFailure,
} from './object-store.ts';

export interface Latency {
  readonly minMs: number;
  /** The same as `minMs` where left out; delays are spread evenly in between. */
  readonly maxMs?: number;
}

export class LatencyStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #environment: Environment;
  latency: Latency;

  constructor(inner: ObjectStore, environment: Environment, latency: Latency) {
    this.#inner = inner;
    this.#environment = environment;
    this.latency = latency;
  }

  get location(): string {
    return this.#inner.location;
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    return this.#delayed(options.timeoutMs, () => this.#inner.get(name, options));
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    return this.#delayed(options.timeoutMs, () => this.#inner.put(name, body, options));
  }

  list(prefix: string): Promise<ListResult> {
    return this.#delayed(undefined, () => this.#inner.list(prefix));
  }

  delete(name: string): Promise<DeleteResult> {
    return this.#delayed(undefined, () => this.#inner.delete(name));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  #delayed<Result>(timeoutMs: number | undefined, request: () => Promise<Result>): Promise<Result | StoreFailure> {
    const { timers } = this.#environment;
    const halfMs = this.#drawMs() / 2;
    return new Promise((resolve, reject) => {
      const timeout =
        timeoutMs === undefined
          ? undefined
          : timers.set(() => {
              resolve(storeFailure('unknown', `the store did not answer in time: timeout_ms=${timeoutMs}`));
            }, timeoutMs);
      const answer = (result: Result): void => {
        timers.set(() => {
          if (timeout !== undefined) timers.clear(timeout);
          resolve(result);
        }, halfMs);
      };
      timers.set(() => {
        request().then(answer, reject);
      }, halfMs);
    });
  }

  #drawMs(): number {
    const { minMs, maxMs = minMs } = this.latency;
    return minMs + ((maxMs - minMs) * this.#environment.random.uint32()) / 2 ** 32;
  }
}
