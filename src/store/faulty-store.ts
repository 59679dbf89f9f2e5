/**
 * A store over a bad network, from a seed: each request meets at most one fault, each kind with its own probability.
 * For tests and the simulator. Everything that it does a real network, proxy or store may do.
 *
 * What a request meets is drawn from a generator of its own: a fault that is left out changes nothing for the others,
 * so that a run with fewer faults is about the same run.
 *
 * `faults` may be replaced at any time; `{}` ends them, so that a test can then demand progress. What was delayed before
 * still lands.
 */
import type { Environment, Random } from '../environment/environment.ts';
import { seededRandom } from '../environment/seeded-random.ts';
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

/** Which requests each fault can meet. The order is that in which they are drawn. */
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
  /** The answer comes late, but in time. */
  slow: all,
  /** The body arrives cut short: the client of the store notices, or nobody has. */
  truncated: ['get'],
  /** One byte of the body has changed on the way. */
  corrupted: ['get'],
  /** The list is an earlier one, or lacks some. */
  staleList: ['list'],
} as const satisfies Record<string, readonly Operation[]>;

export type Fault = keyof typeof appliesTo;

/** The probability of each fault, from 0 to 1. */
export type Faults = Partial<Record<Fault, number>>;

/** How long a request without a time-out of its own waits for an answer that does not come. */
const waitMsDefault = 1000;
/** Within this time what was delayed takes effect. */
const delayMsMax = 2000;
/** The share of the time that a caller waits after which a slow answer comes at the latest. */
const slowShareMax = 0.8;

export class FaultyStore implements ObjectStore {
  faults: Faults;
  /** How often each fault was met. */
  readonly counts: Record<Fault, number>;
  readonly #inner: ObjectStore;
  readonly #environment: Environment;
  /** By prefix: what was listed before. */
  readonly #listed = new Map<string, ListResult>();

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
    return this.#request<GetResult>('get', options.timeoutMs, () => this.#inner.get(name, options), {
      truncated: (result, chance) => truncate(result, chance),
      corrupted: (result, chance) => corrupt(result, chance),
    });
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    // Copied: what takes effect late must be what was sent.
    const sent = Uint8Array.from(body);
    return this.#request<PutResult>('put', options.timeoutMs, () => this.#inner.put(name, sent, options));
  }

  list(prefix: string): Promise<ListResult> {
    const before = this.#listed.get(prefix);
    const send = async (): Promise<ListResult> => {
      const result = await this.#inner.list(prefix);
      this.#listed.set(prefix, result);
      return result;
    };
    return this.#request<ListResult>('list', undefined, send, {
      staleList: (result, chance) => (before !== undefined && chance.coin() ? before : leaveSomeOut(result, chance)),
    });
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
    damages: Partial<Record<Fault, (result: Result, chance: Chance) => Result | StoreFailure>> = {},
  ): Promise<Result | StoreFailure> {
    const chance = new Chance(seededRandom(this.#environment.random.uint32()));
    const fault = this.#draw(operation, chance);
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
        if (chance.coin()) await send();
        return injected('throttled', fault);
      case 'lostResponse':
        await send();
        return injected('unknown', fault);
      case 'serverError':
        if (chance.coin()) await send();
        return injected('unknown', fault);
      case 'lostRequest':
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'stall':
        if (chance.coin()) await send();
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'late':
        this.#sendLater(send, waitMs + chance.upTo(delayMsMax));
        await this.#wait(waitMs);
        return injected('unknown', fault);
      case 'slow': {
        const [beforeMs, afterMs] = [chance.upTo(waitMs * slowShareMax) / 2, chance.upTo(waitMs * slowShareMax) / 2];
        await this.#wait(beforeMs);
        const result = await send();
        await this.#wait(afterMs);
        return result;
      }
      case 'duplicate':
        return this.#twice(send, chance);
      case 'truncated':
      case 'corrupted':
      case 'staleList': {
        const result = await send();
        return damages[fault]?.(result, chance) ?? result;
      }
    }
  }

  async #twice<Result extends { kind: string }>(send: () => Promise<Result>, chance: Chance): Promise<Result> {
    const result = await send();
    // Nobody repeats what was refused for want of rights, or has it refused the second time: both would be lies.
    if (isDenied(result)) return result;
    if (chance.coin()) {
      const second = await send();
      return isDenied(second) ? result : second;
    }
    this.#sendLater(send, chance.upTo(delayMsMax));
    return result;
  }

  /** Every fault is drawn, also one that cannot be met, so that the draws behind it stay the same. */
  #draw(operation: Operation, chance: Chance): Fault | undefined {
    let drawn: Fault | undefined;
    for (const fault of Object.keys(appliesTo) as Fault[]) {
      const isMet = chance.upTo(1) < (this.faults[fault] ?? 0);
      if (isMet && (appliesTo[fault] as readonly Operation[]).includes(operation)) drawn ??= fault;
    }
    return drawn;
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

/** The chance of one request. */
class Chance {
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  coin(): boolean {
    return this.upTo(2) < 1;
  }

  upTo(limit: number): number {
    return (this.#random.uint32() / 2 ** 32) * limit;
  }
}

/**
 * Nobody can tell that a JSON text with white space behind it has lost some of that. No store sends less than it has
 * announced without its client noticing, so such a cut, which would only lie about what is stored, is always noticed.
 */
function truncate(result: GetResult, chance: Chance): GetResult {
  if (result.kind !== 'found') return result;
  const { body } = result;
  const end = body.lastIndexOf(0x7d);
  const isNoticed = chance.coin() || end <= 0;
  if (isNoticed) return injected('corrupt', 'truncated');
  return { ...result, body: body.subarray(0, Math.floor(chance.upTo(end))) };
}

/** Every bit of one byte: in a text of UTF-8 that is never another text. */
function corrupt(result: GetResult, chance: Chance): GetResult {
  if (result.kind !== 'found' || result.body.length === 0) return result;
  const body = Uint8Array.from(result.body);
  const at = Math.floor(chance.upTo(body.length));
  body[at] = (body[at] as number) ^ 0xff;
  return { ...result, body };
}

function leaveSomeOut(result: ListResult, chance: Chance): ListResult {
  if (result.kind !== 'listed') return result;
  return { ...result, objects: result.objects.filter(() => chance.coin()) };
}

function isDenied(result: { kind: string }): boolean {
  return result.kind === 'failed' && (result as unknown as StoreFailure).failure === 'denied';
}

function injected(failure: FailureKind, fault: Fault): StoreFailure {
  return storeFailure(failure, `injected fault: fault=${fault}`);
}
