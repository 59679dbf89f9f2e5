/**
 * Reads the log. Beginning with a known end of the chain, records are fetched by their numbers, several at a time, until
 * one is missing: that is the end. A record whose parent is not the last valid one before it is void and skipped.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { StoreDate } from '../../store/object-store.ts';
import type { Deadline, Failure } from '../log.ts';
import { decodeEffects } from './effect-format.ts';
import { crc32 } from './crc32.ts';
import { FormatError, parseJson } from './format-error.ts';
import { ownerOf, type Origin } from './head.ts';
import { recordName } from './names.ts';
import { decodeRecord, type Record } from './record.ts';
import type { Fetched, Requests } from './requests.ts';

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
  /** The name of the database in the store. */
  readonly name: string;
  /** The id that its objects bear. */
  readonly database: string;
  readonly databaseCount: number;
}

export interface ValidRecord extends Omit<Record, 'content'> {
  readonly effects: readonly Effect[];
  /** In bytes, of all that it is made of. */
  readonly length: number;
}

export type ChainOutcome =
  | {
      readonly kind: 'read';
      /** What is new and valid, in order. */
      readonly records: readonly ValidRecord[];
      readonly tip: Tip;
      /** When the store said that there is nothing more. */
      readonly date: StoreDate;
    }
  | Failure;

/** How far to read; left out: to the end. */
export interface Until {
  /** The last record. */
  readonly number?: number;
  /** The time of the last valid one, at the latest. */
  readonly time?: number;
}

/** Records that are asked for at once, at most. */
const windowMax = 64;

export class Chain {
  /** Whose records the first numbers are, where the database is a branch: as the newest head says. */
  origins: readonly Origin[] = [];
  readonly #options: ChainOptions;

  constructor(options: ChainOptions) {
    this.#options = options;
  }

  /** One record as it is stored, valid or void. */
  async fetch(number: number, deadline: Deadline): Promise<Fetched<Record>> {
    const { requests, databaseCount } = this.#options;
    const { name, database, until } = this.#ownerOf(number);
    const object = recordName(name, number);
    const fetched = await requests.fetch(object, deadline, (body) =>
      decodeRecord(body, { database, number, databaseCount }),
    );
    if (fetched.kind !== 'notFound' || until === Infinity) return fetched;
    return requests.failure(`is missing, although the branch ${this.#options.name} needs it; restore it`, object);
  }

  #ownerOf(number: number): ReturnType<typeof ownerOf> {
    return ownerOf(number, { database: this.#options.database, origins: this.origins }, this.#options.name);
  }

  /**
   * Reads on from this tip.
   * @param first what is stored under the tip's number, where that is known already
   */
  async read(
    from: Tip,
    deadline: Deadline,
    { first, until = {} }: { readonly first?: Fetched<Record> | undefined; readonly until?: Until } = {},
  ): Promise<ChainOutcome> {
    const records: ValidRecord[] = [];
    let tip = from;
    let batch: readonly Fetched<Record>[] = first === undefined ? await this.#window(tip.next, 1, deadline) : [first];
    for (let window = 1; ; window = Math.min(window * 4, windowMax)) {
      for (const fetched of batch) {
        if (fetched.kind === 'unavailable') return fetched;
        const { date } = fetched;
        if (fetched.kind === 'notFound' || isBeyond(fetched.content, tip, until))
          return { kind: 'read', records, tip, date };
        const taken = await this.#take(fetched.content, tip, records, deadline);
        if ('kind' in taken) return taken;
        tip = taken;
      }
      batch = await this.#window(tip.next, window, deadline);
    }
  }

  #window(from: number, count: number, deadline: Deadline): Promise<Fetched<Record>[]> {
    return Promise.all(Array.from({ length: count }, (_, i) => this.fetch(from + i, deadline)));
  }

  /** The tip after this record. */
  async #take(record: Record, tip: Tip, records: ValidRecord[], deadline: Deadline): Promise<Tip | Failure> {
    const next = record.number + 1;
    if (record.parent !== tip.id) return { ...tip, next };
    const effects = await this.#effectsOf(record, deadline);
    if ('kind' in effects) return effects;
    const length = record.length + (record.content.kind === 'side' ? record.content.bytes : 0);
    records.push({ ...record, effects, length });
    return { next, id: record.id, time: Math.max(tip.time, record.time) };
  }

  async #effectsOf({ content, number }: Record, deadline: Deadline): Promise<readonly Effect[] | Failure> {
    if (content.kind === 'effects') return content.effects;
    const { requests, databaseCount } = this.#options;
    const side = await requests.fetch(content.name, deadline, (body) => {
      if (body.length !== content.bytes || crc32(body) !== content.checksum) {
        throw new FormatError(`it is not what the record ${number} says that it is: it was damaged or replaced`);
      }
      return decodeEffects(parseJson(Buffer.from(body).toString('utf8')), databaseCount);
    });
    if (side.kind === 'found') return side.content;
    if (side.kind === 'unavailable') return side;
    return requests.failure(`is missing, although the record ${number} names it`, content.name);
  }
}

function isBeyond(record: Record, tip: Tip, { number = Infinity, time = Infinity }: Until): boolean {
  return record.number > number || (record.parent === tip.id && record.time > time);
}
