/**
 * Reads the log. Beginning with a known end of the chain, records are fetched by their numbers, several at a time, until
 * one is missing: that is the end. A record whose parent is not the last valid one before it is void and skipped.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { StoreDate } from '../../store/object-store.ts';
import type { Deadline, Failure } from '../log.ts';
import { decodeEffects } from './effect-format.ts';
import { crc32 } from './crc32.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { FormatError, parseJson } from '../format-error.ts';
import { ownerOf, type Origin } from './head.ts';
import { recordName } from './names.ts';
import { decodeRecord, hasChecksum, type Record, type SideObject } from './record.ts';
import type { Fetched, Requests } from './requests.ts';
import type { Slices } from './slices.ts';

/** How far somebody has read. */
export interface Tip {
  /** The number after the last that is known to exist. */
  readonly next: number;
  /** The last valid record. */
  readonly id: string;
  /** The time of that record. */
  readonly time: number;
}

export interface ChainOptions {
  readonly requests: Requests;
  readonly slices: Slices;
  /** The name of the database in the store. */
  readonly name: string;
  /** The id that its objects bear. */
  readonly database: string;
  readonly databaseCount: number;
  /** Is told of everything that is read. */
  readonly observer?: ChainObserver;
}

export interface ChainObserver {
  onValid(record: Record): void;
  onVoid(record: Record): void;
}

export interface ValidRecord extends Omit<Record, 'content'> {
  readonly effects: readonly Effect[];
  /** In bytes, of all that it is made of. */
  readonly length: number;
}

/** A record as it was fetched, not decoded yet. */
interface RawRecord {
  readonly number: number;
  readonly length: number;
  /** Throws a FormatError. */
  readonly decode: () => Record;
}

/** How far a reader of the chain has come. */
export interface ChainEnd {
  readonly kind: 'read';
  readonly tip: Tip;
  /** Of the last answer of the store; if it was the end, that there is nothing more. */
  readonly date: StoreDate;
  /** Whether there is nothing more, or the reader wanted no more. */
  readonly isEnd: boolean;
}

export type ChainOutcome =
  (ChainEnd & { /** What is new and valid, in order. */ readonly records: readonly ValidRecord[] }) | Failure;

/** Takes one valid record after another. @returns whether it wants more */
export type RecordTaker = (record: ValidRecord) => boolean | Promise<boolean>;

/** How far to read; left out: to the end. */
export interface Until {
  /** The last record. */
  readonly number?: number;
  /** The time of the last valid one, at the latest. */
  readonly time?: number;
}

export interface ReadOptions {
  /** What is stored under the tip's number, where that is known already. */
  readonly first?: Fetched<Record> | undefined;
  readonly until?: Until;
  /** Ends after the record with which they become longer than this together. */
  readonly lengthMax?: number;
  /** How many there may well be: so many are asked for at once from the beginning. */
  readonly expected?: number;
}

/** Whoever reads on as a chain does, and says the same. */
export interface ChainReader {
  read(from: Tip, deadline: Deadline, options: ReadOptions): Promise<ChainOutcome>;
}

/** Records that are asked for at once, at most. */
const windowMax = 64;

export class Chain implements ChainReader {
  /** Whose records the first numbers are, where the database is a branch: as the newest head says. */
  origins: readonly Origin[] = [];
  readonly #options: ChainOptions;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  /** One record as it is stored, valid or void. */
  fetch(number: number, deadline: Deadline): Promise<Fetched<Record>> {
    return this.#fetch(number, deadline, (_, decode) => decode());
  }

  /** One record that is decoded later, if it can be: many may arrive at the same time. */
  #fetchRaw(number: number, deadline: Deadline): Promise<Fetched<RawRecord>> {
    const { slices } = this.#options;
    return this.#fetch(number, deadline, async (body, decode) => {
      if (slices.isOver) await slices.next();
      // What was damaged on its way is to be noticed while it can be asked for again.
      return { number, length: body.length, decode: hasChecksum(body) ? decode : constant(decode()) };
    });
  }

  async #fetch<Content>(
    number: number,
    deadline: Deadline,
    contentOf: (body: Uint8Array, decode: () => Record) => Content | Promise<Content>,
  ): Promise<Fetched<Content>> {
    const { requests, databaseCount } = this.#options;
    const { name, database, until } = this.#ownerOf(number);
    const object = recordName(name, number);
    const fetched = await requests.fetch(object, deadline, (body) =>
      contentOf(body, () => decodeRecord(body, { database, number, databaseCount })),
    );
    if (fetched.kind !== 'notFound' || until === Infinity) return fetched;
    return requests.failure(`is missing, although the branch ${this.#options.name} needs it; restore it`, object);
  }

  #ownerOf(number: number): ReturnType<typeof ownerOf> {
    return ownerOf(number, { database: this.#options.database, origins: this.origins }, this.#options.name);
  }

  /** What this makes of an object, if it is what it should be. */
  #decoded<Content>(object: string, decode: () => Content): Content | Failure {
    try {
      return decode();
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      return this.#options.requests.failure(`cannot be read, and was left as it is: ${cause.message}`, object);
    }
  }

  /** Reads on from this tip. */
  async read(from: Tip, deadline: Deadline, options: ReadOptions = {}): Promise<ChainOutcome> {
    const { lengthMax = Infinity } = options;
    const records: ValidRecord[] = [];
    let length = 0;
    const take = (record: ValidRecord): boolean => {
      records.push(record);
      length += record.length;
      return length < lengthMax;
    };
    const end = await this.readEach(from, deadline, take, options);
    return end.kind === 'read' ? { ...end, records } : end;
  }

  /** The same, without keeping them. */
  async readEach(
    from: Tip,
    deadline: Deadline,
    take: RecordTaker,
    options: ReadOptions = {},
  ): Promise<ChainEnd | Failure> {
    const { slices } = this.#options;
    const { until = {} } = options;
    let tip = from;
    for await (const fetched of this.#ahead(from.next, deadline, options)) {
      if (fetched.kind === 'unavailable') return fetched;
      const { date } = fetched;
      if (fetched.kind === 'notFound') return { kind: 'read', tip, date, isEnd: true };
      const { number, decode } = fetched.content;
      if (slices.isOver) await slices.next();
      const record = this.#decoded(recordName(this.#ownerOf(number).name, number), decode);
      if ('kind' in record) return record;
      if (isBeyond(record, tip, until)) return { kind: 'read', tip, date, isEnd: true };
      const next = record.number + 1;
      if (record.parent !== tip.id) {
        tip = { ...tip, next };
        this.#options.observer?.onVoid(record);
        continue;
      }
      const effects = await this.#effectsOf(record, deadline);
      if ('kind' in effects) return effects;
      const length = record.length + lengthBeside(record);
      this.#options.observer?.onValid(record);
      tip = { next, id: record.id, time: Math.max(tip.time, record.time) };
      if (!(await take({ ...record, effects, length }))) return { kind: 'read', tip, date, isEnd: false };
    }
    throw new Error('the numbers have come to an end');
  }

  /** What is stored from this number on. The more records there have been, the more are asked for at once. */
  #ahead(
    from: number,
    deadline: Deadline,
    { first, lengthMax, expected = 1 }: ReadOptions,
  ): AsyncIterable<Fetched<RawRecord>> {
    let [count, length, isEndKnown] = [0, 0, false];
    return fetchAhead(numbersFrom(from), {
      weigh: () => length / Math.max(1, count),
      countMax: () => (isEndKnown ? 0 : Math.min(Math.max(expected, count), windowMax)),
      bytesMax: lengthMax,
      fetch: async (number) => {
        const isKnown = number === from && first !== undefined;
        const fetched = isKnown ? raw(first) : await this.#fetchRaw(number, deadline);
        count++;
        if (fetched.kind === 'found') length += fetched.content.length;
        // What comes behind it is asked for in vain.
        if (fetched.kind === 'notFound') isEndKnown = true;
        return fetched;
      },
    });
  }

  async #effectsOf({ content, number }: Record, deadline: Deadline): Promise<readonly Effect[] | Failure> {
    if (content.kind === 'effects') return content.effects;
    const { requests, slices, databaseCount } = this.#options;
    const effects: Effect[] = [];
    const bodies = fetchAhead(content.objects, {
      weigh: ({ bytes }) => bytes,
      countMax: () => windowMax,
      fetch: async (object) => ({ object, fetched: await this.#fetchSide(object, number, deadline) }),
    });
    for await (const { object, fetched } of bodies) {
      if (fetched.kind === 'unavailable') return fetched;
      if (fetched.kind === 'notFound')
        return requests.failure(`is missing, although the record ${number} names it`, object.name);
      if (slices.isOver) await slices.next();
      const decoded = this.#decoded(object.name, () =>
        decodeEffects(parseJson(Buffer.from(fetched.content).toString('utf8')), databaseCount),
      );
      if ('kind' in decoded) return decoded;
      for (const effect of decoded) effects.push(effect);
      slices.noteLasting(object.bytes);
    }
    return effects;
  }

  #fetchSide({ name, bytes, checksum }: SideObject, number: number, deadline: Deadline): Promise<Fetched<Uint8Array>> {
    const { requests, slices } = this.#options;
    return requests.fetch(name, deadline, async (body) => {
      if (slices.isOver) await slices.next();
      if (body.length === bytes && crc32(body) === checksum) return body;
      throw new FormatError(`it is not what the record ${number} says that it is: it was damaged or replaced`);
    });
  }
}

function lengthBeside({ content }: Record): number {
  return content.kind === 'effects' ? 0 : content.objects.reduce((sum, { bytes }) => sum + bytes, 0);
}

function isBeyond(record: Record, tip: Tip, { number = Infinity, time = Infinity }: Until): boolean {
  return record.number > number || (record.parent === tip.id && record.time > time);
}

function raw(fetched: Fetched<Record>): Fetched<RawRecord> {
  if (fetched.kind !== 'found') return fetched;
  const { number, length } = fetched.content;
  return { ...fetched, content: { number, length, decode: constant(fetched.content) } };
}

function constant<Value>(value: Value): () => Value {
  return () => value;
}

function* numbersFrom(first: number): Generator<number, void, undefined> {
  for (let number = first; ; number++) yield number;
}
