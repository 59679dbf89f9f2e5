/**
 * Whether a store can be trusted with a database: it must refuse a put whose condition does not hold, and of several
 * concurrent puts with one condition let at most one through. A store that ignores conditions answers 200 to all of
 * them and loses data without a sign, so every start asks (about 25 small requests), and there is no way round it.
 *
 * A request of unknown fate is no evidence: where it leaves a question open, that question is asked again until the
 * deadline. What is evidence against the store is final at once.
 */
import type { Environment } from '../environment/environment.ts';
import { storeFailure } from './failure.ts';
import type { ETag, GetResult, ObjectStore, PutOptions, PutResult, StoreDate, StoreFailure } from './object-store.ts';

/** How a store wants the ETag of `If-Match` written: in quotes, as HTTP has it, or, as some have it, without. */
export type ConditionDialect = 'quoted' | 'bare';

/** A store that can speak several dialects; it speaks the one that was selected last. */
export interface DialectSwitch {
  readonly dialects: readonly ConditionDialect[];
  selectDialect(dialect: ConditionDialect): void;
}

export interface ProbeOptions {
  readonly store: ObjectStore;
  readonly environment: Environment;
  /** Left out: the store has one dialect only. */
  readonly dialects?: DialectSwitch;
  /** How long to go on when the store does not answer clearly. Default: 30 s. */
  readonly limitMs?: number;
}

export type ProbeVerdict =
  /** `date`: that of the store's last answer. */
  | { readonly kind: 'usable'; readonly dialect: ConditionDialect | undefined; readonly date: StoreDate }
  /** Data would be lost. */
  | { readonly kind: 'unfit'; readonly reason: string }
  /** The store could not be asked. */
  | StoreFailure;

/** Contestants of a race. Enough for a store that only checks and then writes to let two through. */
const contestants = 8;
const requestTimeoutMs = 10_000;
const limitMsDefault = 30_000;
const pauseMsMin = 20;
const pauseMsMax = 2000;

export async function probe(options: ProbeOptions): Promise<ProbeVerdict> {
  const run = new Probe(options);
  try {
    return await run.verdict();
  } catch (ending) {
    if (ending instanceof Ending) return ending.verdict;
    throw ending;
  } finally {
    await run.cleanUp();
  }
}

/** Leaves the probe from any depth with its verdict. */
class Ending extends Error {
  readonly verdict: ProbeVerdict;

  constructor(verdict: ProbeVerdict) {
    super(verdict.kind);
    this.verdict = verdict;
  }
}

interface Version {
  readonly body: Uint8Array;
  readonly etag: ETag;
}

class Probe {
  readonly #store: ObjectStore;
  readonly #environment: Environment;
  readonly #switch: DialectSwitch | undefined;
  readonly #name: string;
  readonly #endMs: number;
  #date: StoreDate;
  #pauseMs = pauseMsMin;
  #bodies = 0;

  constructor({ store, environment, dialects, limitMs = limitMsDefault }: ProbeOptions) {
    this.#store = store;
    this.#environment = environment;
    this.#switch = dialects;
    this.#name = `.valthree-probe-${randomHex(environment, 4)}`;
    this.#endMs = environment.clock.monotonic() + limitMs;
  }

  async verdict(): Promise<ProbeVerdict> {
    // The first request of all computes for long: alone, and not at once with all contestants of a race.
    await this.#read();
    const created = await this.#race({ ifNoneMatch: '*' }, undefined);
    if (created === undefined) throw this.#unfit('refuses to create an object that does not exist');
    await this.#mustRefuse({ ifNoneMatch: '*' }, 'overwrites an object that it was told to create (If-None-Match: *)');
    const dialects = this.#switch?.dialects ?? [undefined];
    for (const dialect of dialects) {
      if (dialect !== undefined) this.#switch?.selectDialect(dialect);
      await this.#mustRefuse(
        { ifMatch: otherEtag(created.etag) },
        'overwrites an object though its ETag is another (If-Match)',
      );
      const replaced = await this.#race({ ifMatch: created.etag }, created);
      if (replaced === undefined) continue;
      if (replaced.etag === created.etag) throw this.#unfit('gives another content the same ETag');
      await this.#mustRefuse({ ifMatch: created.etag }, 'overwrites an object that has changed since (If-Match)');
      return { kind: 'usable', dialect, date: this.#date };
    }
    throw this.#unfit('refuses every conditional overwrite (If-Match), even where the ETag is right');
  }

  async cleanUp(): Promise<void> {
    // A left-over is a few bytes; not worth failing a start.
    await this.#store.delete(this.#name);
  }

  /**
   * Several puts at once whose condition holds: exactly one may win.
   * @returns what is there now; `undefined` where the store refused all of them
   */
  async #race(condition: PutOptions, before: Version | undefined): Promise<Version | undefined> {
    const sent: Uint8Array[] = [];
    for (;;) {
      const bodies = Array.from({ length: contestants }, () => this.#newBody());
      sent.push(...bodies);
      const results = await Promise.all(bodies.map((body) => this.#put(body, condition)));
      const winners = bodies.filter((_, index) => results[index]?.kind === 'stored');
      if (winners.length > 1) {
        throw this.#unfit(`let ${winners.length} of ${contestants} concurrent conditional puts succeed`);
      }
      const open = results.filter((result): result is StoreFailure => result.kind === 'failed');
      const now = await this.#read();
      const winner = winners[0];
      if (winner !== undefined) {
        if (now === undefined) throw this.#unfit('does not show an object right after it was written');
        // A put of unknown fate cannot excuse another body: its condition did not hold any more.
        if (!equal(now.body, winner)) throw this.#unfit('shows another content than was written last');
        return now;
      }
      // One whose answer was lost, in this round or one before, may have won.
      if (now !== undefined && now.etag !== before?.etag && sent.some((body) => equal(body, now.body))) return now;
      if (open.length === 0) return undefined;
      await this.#pause(open[0] as StoreFailure);
    }
  }

  /** A put whose condition does not hold. */
  async #mustRefuse(condition: PutOptions, sin: string): Promise<void> {
    for (;;) {
      const result = await this.#put(this.#newBody(), condition);
      if (result.kind === 'stored') throw this.#unfit(sin);
      if (result.kind !== 'failed') return;
      await this.#pause(result);
    }
  }

  async #put(body: Uint8Array, condition: PutOptions): Promise<PutResult> {
    const result = await this.#store.put(this.#name, body, { ...condition, timeoutMs: requestTimeoutMs });
    return this.#note(result);
  }

  async #read(): Promise<Version | undefined> {
    for (;;) {
      const result: GetResult = this.#note(await this.#store.get(this.#name, { timeoutMs: requestTimeoutMs }));
      if (result.kind === 'found') return result;
      if (result.kind === 'notFound') return undefined;
      if (result.kind === 'notModified') throw this.#unfit('answers a get without a condition as not modified');
      await this.#pause(result);
    }
  }

  #note<Result extends GetResult | PutResult>(result: Result): Result {
    if (result.kind !== 'failed') this.#date = result.date;
    else if (result.failure === 'denied') throw new Ending(result);
    return result;
  }

  /** Before asking again. */
  async #pause(reason: StoreFailure): Promise<void> {
    const { clock, random, timers } = this.#environment;
    if (clock.monotonic() + this.#pauseMs >= this.#endMs) {
      throw new Ending(storeFailure(reason.failure, `the store could not be tested in time: ${reason.message}`));
    }
    const delayMs = this.#pauseMs * (0.5 + random.uint32() / 2 ** 33);
    this.#pauseMs = Math.min(this.#pauseMs * 2, pauseMsMax);
    await new Promise<void>((resolve) => timers.set(resolve, delayMs));
  }

  /** Every body is another, and so is its ETag. */
  #newBody(): Uint8Array {
    return new TextEncoder().encode(
      `A test of conditional writes by Valthree; may be deleted. ${++this.#bodies} ${randomHex(this.#environment, 2)}\n`,
    );
  }

  #unfit(sin: string): Ending {
    const reason = `this store is not usable, data would be lost: it ${sin}: store=${this.#store.location}`;
    return new Ending({ kind: 'unfit', reason });
  }
}

/** An ETag of the same form that no object has: its last character is another. */
function otherEtag(etag: ETag): ETag {
  return etag.slice(0, -1) + (etag.endsWith('0') ? '1' : '0');
}

function randomHex(environment: Environment, words: number): string {
  return Array.from({ length: words }, () => environment.random.uint32().toString(16).padStart(8, '0')).join('');
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, index) => byte === b[index]);
}
