/** Reads the head, creates the first one, tells it what holds for all nodes, and keeps the rule of the store's dates. */
import { nodeProperties } from '../../environment/properties.ts';
import type { StoreDate } from '../../store/object-store.ts';
import { goneWhenOpened, type Deadline, type Failure } from '../log.ts';
import { decodeHead, encodeHead, type Head } from './head.ts';
import { beginningId, newId } from './record.ts';
import type { Fetched, Requests } from './requests.ts';

export type FoundHead = Fetched<Head> & { readonly kind: 'found' };

export type Confirmation =
  | { readonly kind: 'confirmed' }
  /** The number is obsolete: what the store said of it means nothing. */
  | { readonly kind: 'behind'; readonly head: FoundHead }
  | Failure;

interface HeadsOptions {
  /** Of a database that does not say; `undefined`: it is for others to say. */
  readonly graceMs: number | undefined;
  /** For so long the past is to be kept from now on; `undefined`: as it was said before. */
  readonly retainMs: number | undefined;
  /** Whether it is known to be there, so that it is not created. */
  readonly mustExist: boolean;
}

export class Heads {
  readonly #requests: Requests;
  readonly #name: string;
  readonly #options: HeadsOptions;
  #newest: Head | undefined;
  /** The earliest date by which the log is known to have begun where the newest says. */
  #newestSince: StoreDate;
  /** When that was read or put. */
  #seenAt: StoreDate;
  /** The store's date at which the end of the log, as this node knows it, was certainly not obsolete. */
  #freshAt: StoreDate;
  /** By this node's own clock. */
  #refreshedMs: number;

  /** @param name of the database in the store */
  constructor(requests: Requests, name: string, options: HeadsOptions) {
    this.#options = options;
    this.#requests = requests;
    this.#name = name;
    this.#refreshedMs = requests.environment.clock.monotonic();
  }

  /** The id that all objects of the database bear. Only after `open`. */
  get database(): string {
    return this.newest.database;
  }

  /** The newest that this node has seen. Only after `open`. */
  get newest(): Head {
    if (this.#newest === undefined) throw new Error('the log is not open');
    return this.#newest;
  }

  /** How long what is obsolete is left to readers who are slow; 0: nobody knows, so nothing is relied on or deleted. */
  get graceMs(): number {
    return this.newest.graceMs ?? this.#options.graceMs ?? 0;
  }

  /** The head as it is; where there is none, the first one is created. It says what is to hold for all nodes. */
  async open(deadline: Deadline): Promise<FoundHead | Failure> {
    const { environment, store } = this.#requests;
    const backoff = this.#requests.backoff(deadline);
    for (;;) {
      const fetched = await this.fetch(deadline);
      if (fetched.kind === 'unavailable') return fetched;
      if (fetched.kind === 'found') {
        const declared = this.#declared(fetched.content);
        if (declared === undefined) return fetched;
        if (!(await this.swap(declared, fetched.etag, deadline)) && !(await backoff.wait()))
          return this.#requests.failure('could not be told for how long the past is kept; start again', this.#name);
        continue;
      }
      if (this.#options.mustExist) return this.#requests.failure(goneWhenOpened, this.#name);
      environment.watcher?.observe(nodeProperties.databaseAbsent, true);
      const log = { number: 1, parent: beginningId };
      const head = firstHead(newId(environment.random), {
        log,
        retainMs: this.#options.retainMs ?? 0,
        graceMs: this.#options.graceMs,
      });
      const timeoutMs = this.#requests.timeoutMs(deadline);
      const result = await store.put(this.#name, encodeHead(head), { ifNoneMatch: '*', timeoutMs });
      // Whatever has become of it: the head is what is there now.
      if (result.kind !== 'failed') continue;
      if (result.failure === 'denied' || !(await backoff.wait()))
        return { kind: 'unavailable', reason: result.message };
      this.#requests.countRetry();
    }
  }

  /** The next head, if this one does not say what this node does; `undefined`: it does. */
  #declared(head: Head): Head | undefined {
    const retainMs = this.#options.retainMs ?? head.retainMs;
    const graceMs = head.graceMs ?? this.#options.graceMs;
    if (retainMs === head.retainMs && graceMs === head.graceMs) return undefined;
    return { ...head, generation: head.generation + 1, retainMs, graceMs };
  }

  async fetch(deadline: Deadline): Promise<Fetched<Head>> {
    const known = this.#newest;
    const fetched = await this.#requests.fetch(this.#name, deadline, decodeHead);
    if (fetched.kind === 'notFound' && this.#newest !== undefined) {
      this.#requests.environment.watcher?.observe(nodeProperties.databaseVanished, true);
      const what = 'has vanished; restore it, or restart the nodes to begin with an empty database';
      return this.#requests.failure(what, this.#name);
    }
    if (fetched.kind !== 'found') return fetched;
    const { database, generation } = fetched.content;
    if (this.#newest !== undefined && database !== this.#newest.database)
      return this.#requests.failure('is now the head of another database; restart the nodes', this.#name);
    // One that this node has put there since it asked is none of that.
    if (known !== undefined && generation < known.generation)
      return this.#requests.failure('is an older head than was there before; restore the newest', this.#name);
    this.#requests.environment.watcher?.observe(nodeProperties.databaseReadable, true);
    this.#take(fetched.content, fetched.date);
    return fetched;
  }

  /**
   * Whether what the store has just said of this number of the log can be relied on: whoever has slept may have asked
   * for a number that was collected meanwhile. What was current stays so for the grace period, of which half is left for
   * what is under way; by the store's dates alone. Else the head is asked: what it does not make obsolete now was not
   * obsolete then.
   * @param freshAt when the number was known not to be obsolete; left out: when the end of the log was
   */
  async confirm(number: number, date: StoreDate, deadline: Deadline, freshAt = this.#freshAt): Promise<Confirmation> {
    if (date !== undefined && freshAt !== undefined && date - freshAt < this.graceMs / 2) return { kind: 'confirmed' };
    const fetched = await this.fetch(deadline);
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') throw new Error('a missing head was not noticed');
    return fetched.content.log.number > number ? { kind: 'behind', head: fetched } : { kind: 'confirmed' };
  }

  /** By when the log began where the newest says, by the store's date, at the latest. */
  get newestSince(): StoreDate {
    return this.#newestSince;
  }

  /** The store's date when the newest that this node has seen was the newest. */
  get seenAt(): StoreDate {
    return this.#seenAt;
  }

  /** The store's date when this node last knew the end of the log. */
  get freshAt(): StoreDate {
    return this.#freshAt;
  }

  #take(head: Head, date: StoreDate): void {
    if (this.#newest !== undefined && head.generation < this.#newest.generation) return;
    if (head.log.number !== this.#newest?.log.number) this.#newestSince = date;
    this.#newest = head;
    this.#seenAt = date;
  }

  /** Puts the next head in the place of that with this ETag. @returns whether it is certain that it is there */
  async swap(head: Head, etag: string, deadline: Deadline): Promise<boolean> {
    const { store } = this.#requests;
    const body = encodeHead(head);
    // A snapshot is named by one head first: whoever names it now stands on that.
    const isNamedFirst = head.snapshot !== this.#newest?.snapshot;
    const backoff = this.#requests.backoff(deadline);
    for (;;) {
      const timeoutMs = this.#requests.timeoutMs(deadline, body.length);
      const result = await store.put(this.#name, body, { ifMatch: etag, timeoutMs });
      if (result.kind === 'failed' && result.failure === 'denied') return false;
      if (result.kind !== 'stored') {
        // Whatever the answer was: what is there now says what has become of it.
        const fetched = await this.fetch(deadline);
        if (fetched.kind !== 'found') return false;
        if (encodeHead(fetched.content).equals(body)) return true;
        if (isNamedFirst && fetched.content.snapshot === head.snapshot) return true;
        if (fetched.etag !== etag || !(await backoff.wait())) return false;
        this.#requests.countRetry();
        continue;
      }
      this.#take(head, result.date);
      return true;
    }
  }

  /**
   * Whether the end of the log, as this node knows it, may be obsolete for all it knows. By its own clock, which proves
   * nothing: it only says whether it is worth to ask before.
   */
  get mayBeBehind(): boolean {
    return this.#requests.environment.clock.monotonic() - this.#refreshedMs > this.graceMs / 4;
  }

  /**
   * The store has confirmed at this date that nothing comes after the end of the log that this node knows.
   * @param atMs when that was by this node's own clock
   */
  refresh(date: StoreDate, atMs = this.#requests.environment.clock.monotonic()): void {
    this.#refreshedMs = atMs;
    if (date !== undefined && (this.#freshAt === undefined || date > this.#freshAt)) this.#freshAt = date;
  }
}

/** Of a database that begins here. */
export function firstHead(
  database: string,
  parts: Pick<Head, 'log' | 'retainMs' | 'graceMs'> & Partial<Pick<Head, 'snapshot' | 'origins'>>,
): Head {
  const { snapshot, origins = [], ...rest } = parts;
  return { database, generation: 1, snapshot, history: [], origins, branches: [], ...rest };
}
