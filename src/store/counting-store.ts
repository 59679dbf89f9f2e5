/**
 * A store that counts what is asked of it: requests by kind and outcome, bytes, latency, and what it would cost. For
 * `INFO`, metrics and the bench. It changes nothing else.
 */
import type { Clock } from '../environment/environment.ts';
import { LatencyHistogram } from './latency-histogram.ts';
import type {
  DeleteResult,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
} from './object-store.ts';

export type RequestKind = 'get' | 'put' | 'list' | 'delete';

/** US dollars per million requests. */
export type Prices = Readonly<Record<RequestKind, number>>;

/** S3 Standard, us-east-1, 2026. A `304`, a `404` and a `412` cost as much as any other request. */
export const s3StandardPrices: Prices = { get: 0.4, put: 5, list: 5, delete: 0 };

export interface RequestStatistics {
  /** Requests that were answered or given up. */
  readonly count: number;
  /** By result (`found`, `stored`, `preconditionFailed`, …), or for a failure its kind (`throttled`, `unknown`, …). */
  readonly outcomes: ReadonlyMap<string, number>;
  readonly latency: LatencyHistogram;
}

class Counters implements RequestStatistics {
  readonly outcomes = new Map<string, number>();
  readonly latency = new LatencyHistogram();

  get count(): number {
    return this.latency.count;
  }

  add(result: Outcome, durationMs: number): void {
    const outcome = result.kind === 'failed' ? result.failure : result.kind;
    this.outcomes.set(outcome, (this.outcomes.get(outcome) ?? 0) + 1);
    this.latency.record(durationMs);
  }
}

type Outcome = GetResult | PutResult | ListResult | DeleteResult;

export class CountingStore implements ObjectStore {
  readonly #inner: ObjectStore;
  readonly #clock: Clock;
  readonly #prices: Prices;
  #counters = newCounters();
  #bytesIn = 0;
  #bytesOut = 0;
  #underWay = 0;
  #clockSkewMs: number | undefined;

  constructor(inner: ObjectStore, clock: Clock, prices: Prices = s3StandardPrices) {
    this.#inner = inner;
    this.#clock = clock;
    this.#prices = prices;
  }

  get location(): string {
    return this.#inner.location;
  }

  statistics(kind: RequestKind): RequestStatistics {
    return this.#counters[kind];
  }

  /** Requests of all kinds that were answered or given up. */
  get requests(): number {
    return Object.values(this.#counters).reduce((sum, { count }) => sum + count, 0);
  }

  /** Requests that are under way. */
  get underWay(): number {
    return this.#underWay;
  }

  /** Bytes of the bodies that came from the store. */
  get bytesIn(): number {
    return this.#bytesIn;
  }

  /** Bytes of the bodies that were sent to the store, whatever became of them. */
  get bytesOut(): number {
    return this.#bytesOut;
  }

  /** What the requests so far cost by the price table, in US dollars; a list counts as one request. */
  get costUsd(): number {
    return Object.entries(this.#counters).reduce(
      (sum, [kind, { count }]) => sum + (count * this.#prices[kind as RequestKind]) / 1e6,
      0,
    );
  }

  /** By how much this machine's clock was ahead of the store's at its last answer; stores tell whole seconds. */
  get clockSkewMs(): number | undefined {
    return this.#clockSkewMs;
  }

  /** `CONFIG RESETSTAT`. Requests that are under way are counted when they end. */
  reset(): void {
    this.#counters = newCounters();
    this.#bytesIn = 0;
    this.#bytesOut = 0;
  }

  async get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const result = await this.#count('get', this.#inner.get(name, options));
    if (result.kind === 'found') this.#bytesIn += result.body.length;
    return result;
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    this.#bytesOut += body.length;
    return this.#count('put', this.#inner.put(name, body, options));
  }

  list(prefix: string): Promise<ListResult> {
    return this.#count('list', this.#inner.list(prefix));
  }

  delete(name: string): Promise<DeleteResult> {
    return this.#count('delete', this.#inner.delete(name));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #count<Result extends Outcome>(kind: RequestKind, request: Promise<Result>): Promise<Result> {
    const startMs = this.#clock.monotonic();
    this.#underWay++;
    try {
      const result = await request;
      this.#counters[kind].add(result, this.#clock.monotonic() - startMs);
      if (result.kind !== 'failed' && result.date !== undefined) this.#clockSkewMs = this.#clock.now() - result.date;
      return result;
    } finally {
      this.#underWay--;
    }
  }
}

function newCounters(): Record<RequestKind, Counters> {
  return { get: new Counters(), put: new Counters(), list: new Counters(), delete: new Counters() };
}
