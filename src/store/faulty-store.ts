/**
 * A store over a bad network, from a seed: each request meets at most one fault, each kind with its own probability.
 * For tests and the simulator. Everything that it does a real network and a real store may do; what would be a lie (a
 * `412` for a condition that held and was not used up) it never does.
 *
 * `faults` may be replaced at any time; `{}` ends them, so that a test can then demand progress. What was delayed before
 * still lands.
 */
import type { Environment } from '../environment/environment.ts';
import { storeFailure } from './failure.ts';
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
} from './object-store.ts';

type Operation = 'get' | 'put' | 'list' | 'delete';

const reads: readonly Operation[] = ['get', 'list'];
const writes: readonly Operation[] = ['put', 'delete'];
const all: readonly Operation[] = [...reads, ...writes];

/** Which requests each fault can meet. The order is that in which probabilities are laid side by side. */
const appliesTo = {
  /** The connection is refused: certainly no effect. */
  refused: all,
  /** The request is lost on its way; the caller waits until its time is over. */
  lostRequest: all,
  /** The request takes effect; the connection breaks before the answer arrives. */
  lostResponse: all,
  /** The request takes effect only after its caller has given up. */
  late: writes,
  /** 409: a conflicting request was under way. No effect. */
  conflict: ['put'],
  /** 412, although the condition holds. No effect. */
  conditionRefused: ['put'],
  /** 500: it may have taken effect or not. */
  serverError: all,
  /** 503 of a gateway: no effect, but the caller cannot know. */
  gatewayError: all,
  /** 503 SlowDown, which no store sends after the effect; but a proxy before it might. */
  throttled: all,
  /** No answer until the caller gives up; it may have taken effect or not. */
  stall: all,
  /** A proxy delivers it twice: at once, and passes on the second answer, or the second time some time later. */
  duplicate: writes,
  /** The body arrives cut short. */
  truncated: ['get'],
} as const satisfies Record<string, readonly Operation[]>;

export type Fault = keyof typeof appliesTo;

/** The probability of each fault, from 0 to 1; together at most 1. */
export type Faults = Partial<Record<Fault, number>>;

/** How long a request without a time-out of its own waits for an answer that does not come. */
const waitMsDefault = 1000;
/** Within this time what was delayed takes effect. */
const delayMsMax = 2000;

export class FaultyStore implements ObjectStore {
  faults: Faults;
  /** How often each fault was met. */
  readonly counts: Record<Fault, number>;
  readonly #inner: ObjectStore;
  readonly #environment: Environment;

  constructor(inner: ObjectStore, environment: Environment, faults: Faults) {
    this.#inner = inner;
    this.#environment = environment;
    this.faults = faults;
    this.counts = Object.fromEntries(Object.keys(appliesTo).map((fault) => [fault, 0])) as Record<Fault, number>;
  }

  get location(): string {
    return this.#inner.location;
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    return this.#request<GetResult>('get', options.timeoutMs, () => this.#inner.get(name, options));
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    // Copied: what takes effect late must be what was sent.
    const sent = Uint8Array.from(body);
    return this.#request<PutResult>('put', options.timeoutMs, () => this.#inner.put(name, sent, options));
  }

  list(prefix: string): Promise<ListResult> {
    return this.#request<ListResult>('list', undefined, () => this.#inner.list(prefix));
  }

  delete(name: string): Promise<DeleteResult> {
    return this.#request<DeleteResult>('delete', undefined, () => this.#inner.delete(name));
  }

  close(): Promise<void> {
    return this.#inner.close();
  }

  async #request<Result extends { kind: string }>(
    operation: Operation,
    timeoutMs: number | undefined,
    send: () => Promise<Result>,
  ): Promise<Result | StoreFailure> {
    const fault = this.#draw(operation);
    if (fault === undefined) return send();
    this.counts[fault]++;
    const waitMs = timeoutMs ?? waitMsDefault;
    switch (fault) {
      case 'refused':
        return injected('unavailable', fault);
      case 'conflict':
      case 'gatewayError':
        return injected('unknown', fault);
      case 'conditionRefused':
        return { kind: 'preconditionFailed', date: this.#environment.clock.now() } as unknown as Result;
      case 'throttled':
        if (this.#coin()) await send();
        return injected('throttled', fault);
      case 'lostResponse':
        await send();
        return injected('unknown', fault);
      case 'serverError':
        if (this.#coin()) await send();
        return injected('unknown', fault);
      case 'lostRequest':
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'stall':
        if (this.#coin()) await send();
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'late':
        this.#sendLater(send, waitMs + this.#upTo(delayMsMax));
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'duplicate': {
        const result = await send();
        // Nobody repeats what was refused for want of rights, or has it refused the second time: both would be lies.
        if (isDenied(result)) return result;
        if (this.#coin()) {
          const second = await send();
          return isDenied(second) ? result : second;
        }
        this.#sendLater(send, this.#upTo(delayMsMax));
        return result;
      }
      case 'truncated': {
        const result = await send();
        return result.kind === 'found' ? injected('corrupt', fault) : result;
      }
    }
  }

  #draw(operation: Operation): Fault | undefined {
    let left = this.#upTo(1);
    for (const fault of Object.keys(appliesTo) as Fault[]) {
      left -= this.faults[fault] ?? 0;
      if (left < 0) return (appliesTo[fault] as readonly Operation[]).includes(operation) ? fault : undefined;
    }
    return undefined;
  }

  #coin(): boolean {
    return this.#upTo(2) < 1;
  }

  #upTo(limit: number): number {
    return (this.#environment.random.uint32() / 2 ** 32) * limit;
  }

  #wait(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#environment.timers.set(resolve, durationMs));
  }

  /** Nobody waits for the outcome any more. */
  #sendLater(send: () => Promise<unknown>, delayMs: number): void {
    this.#environment.timers.set(() => {
      void send();
    }, delayMs);
  }
}

function isDenied(result: { kind: string }): boolean {
  return result.kind === 'failed' && (result as unknown as StoreFailure).failure === 'denied';
}

function injected(failure: FailureKind, fault: Fault): StoreFailure {
  return storeFailure(failure, `injected fault: fault=${fault}`);
}
