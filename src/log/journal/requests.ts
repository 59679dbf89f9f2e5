/**
 * Requests for the objects of a database, with patience: what fails is sent again until a deadline. They all check what
 * they get, and say of what is wrong which object it is.
 */
import type { Environment } from '../../environment/environment.ts';
import { nodeProperties } from '../../environment/properties.ts';
import type { GetResult, ListedObject, ObjectStore, StoreDate } from '../../store/object-store.ts';
import type { Deadline, Failure } from '../log.ts';
import { Backoff } from '../plain/backoff.ts';
import { FormatError } from '../format-error.ts';

export interface RequestOptions {
  readonly store: ObjectStore;
  readonly environment: Environment;
  /** How long a single request may take; a large body gets a second more for each megabyte. */
  readonly requestTimeoutMs: number;
}

export type Fetched<Content> =
  | { readonly kind: 'found'; readonly content: Content; readonly etag: string; readonly date: StoreDate }
  | { readonly kind: 'notFound'; readonly date: StoreDate }
  | Failure;

export type PutNewOutcome = { readonly kind: 'stored'; readonly date: StoreDate } | Failure;

const bytesPerMs = 1000;
/** In the time that a get takes, which changes. */
const newestGetWeight = 1 / 4;
/** After so many reads it is what is stored that is damaged. */
const readsOfDamagedMax = 3;

export class Requests {
  /** How many were sent again. */
  retries = 0;
  /** About how long a get takes that is answered. */
  getMs = 0;
  /** For so long each request is repeated where what it is part of has no deadline. */
  patienceMs: number;
  readonly store: ObjectStore;
  readonly environment: Environment;
  readonly #timeoutMs: number;

  constructor({ store, environment, requestTimeoutMs }: RequestOptions) {
    this.store = store;
    this.environment = environment;
    this.#timeoutMs = requestTimeoutMs;
    this.patienceMs = requestTimeoutMs;
  }

  backoff(deadline: Deadline): Backoff {
    return new Backoff(this.environment, this.#until(deadline));
  }

  timeoutMs(deadline: Deadline, bodyBytes = 0, factor = 1): number {
    const own = (this.#timeoutMs + bodyBytes / bytesPerMs) * factor;
    return Math.max(1, Math.min(own, deadline - this.environment.clock.monotonic()));
  }

  #until(deadline: Deadline): Deadline {
    return deadline === Infinity ? this.environment.clock.monotonic() + this.patienceMs : deadline;
  }

  countRetry(): void {
    this.retries++;
    this.environment.watcher?.observe(nodeProperties.sentAgain, true);
  }

  /**
   * Gets an object and decodes it.
   * @param decode throws a FormatError for what is not such an object, or rejects with it
   */
  async fetch<Content>(
    name: string,
    deadline: Deadline,
    decode: (body: Uint8Array) => Content | Promise<Content>,
  ): Promise<Fetched<Content>> {
    const backoff = this.backoff(deadline);
    for (let reads = 1; ; reads++) {
      const result = await this.get(name, deadline);
      if (result.kind !== 'found') return result;
      const { body, etag, date } = result;
      try {
        return { kind: 'found', content: await decode(body), etag, date };
      } catch (cause) {
        if (!(cause instanceof FormatError)) throw cause;
        // It may have been damaged on its way.
        if (reads < readsOfDamagedMax && (await backoff.wait())) {
          this.countRetry();
          continue;
        }
        this.environment.watcher?.observe(nodeProperties.databaseReadable, false, { name });
        return this.failure(`cannot be read, and was left as it is: ${cause.message}`, name);
      }
    }
  }

  async get(
    name: string,
    deadline: Deadline,
  ): Promise<Exclude<GetResult, { readonly kind: 'failed' | 'notModified' }> | Failure> {
    const backoff = this.backoff(deadline);
    for (let tries = 0; ; tries++) {
      // Nobody knows how large it is: what did not come in time gets twice the time.
      const result = await this.#getOnce(name, this.timeoutMs(deadline, 0, 2 ** tries));
      if (result.kind === 'found' || result.kind === 'notFound') return result;
      if (result.kind === 'notModified') {
        return this.failure('was answered as not modified, although nobody asked: is there a cache between?', name);
      }
      if (result.failure === 'denied' || !(await backoff.wait()))
        return { kind: 'unavailable', reason: result.message };
      this.countRetry();
    }
  }

  async #getOnce(name: string, timeoutMs: number): Promise<GetResult> {
    const { clock } = this.environment;
    const startedAt = clock.monotonic();
    const result = await this.store.get(name, { timeoutMs });
    const tookMs = clock.monotonic() - startedAt;
    if (result.kind !== 'failed') this.getMs += this.getMs === 0 ? tookMs : (tookMs - this.getMs) * newestGetWeight;
    return result;
  }

  /** Puts an object under a name that nobody else uses, so that sending it again is harmless. */
  async putNew(name: string, body: Uint8Array, deadline: Deadline): Promise<PutNewOutcome> {
    const backoff = this.backoff(deadline);
    for (;;) {
      const result = await this.store.put(name, body, { timeoutMs: this.timeoutMs(deadline, body.length) });
      if (result.kind === 'stored') return { kind: 'stored', date: result.date };
      const reason = result.kind === 'failed' ? result.message : 'the store refuses a put without a condition';
      const isFinal = result.kind === 'failed' && result.failure === 'denied';
      if (isFinal || !(await backoff.wait())) return { kind: 'unavailable', reason };
      this.countRetry();
    }
  }

  /** The objects whose names begin so; `undefined`: the store does not say. */
  async list(prefix: string, deadline: Deadline): Promise<readonly ListedObject[] | undefined> {
    const backoff = this.backoff(deadline);
    for (;;) {
      const result = await this.store.list(prefix);
      if (result.kind === 'listed') return result.objects;
      if (result.failure === 'denied' || !(await backoff.wait())) return undefined;
      this.countRetry();
    }
  }

  failure(what: string, name: string): Failure {
    return { kind: 'unavailable', reason: `the object ${what}: store=${this.store.location} object=${name}` };
  }
}
