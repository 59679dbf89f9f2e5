/** Reads the objects of a database for tools: nothing is written, and what is wrong with one is said, not thrown. */
import type { Effect } from '../keyspace/effect.ts';
import { crc32 } from '../log/journal/crc32.ts';
import { decodeEffects } from '../log/journal/effect-format.ts';
import { FormatError, parseJson } from '../log/format-error.ts';
import { decodeHead, looksLikeHead, type Head } from '../log/journal/head.ts';
import { decodeManifest, decodePart, type Manifest, type Part, type PartObject } from '../log/journal/manifest.ts';
import { recordName } from '../log/journal/names.ts';
import { decodeRecord, type Record, type SideObject } from '../log/journal/record.ts';
import type { Requests } from '../log/journal/requests.ts';
import type { ListedObject, StoreDate } from '../store/object-store.ts';

/** Of `SELECT`; tools refuse nothing that some node has written. */
export const databaseCountMax = 10_000;

/** The store could not be asked: nothing can be said of the database. */
export class StoreError extends Error {}

/** What is wrong with an object. */
export interface Damage {
  readonly kind: 'damage';
  readonly object: string;
  readonly what: string;
  readonly isMissing: boolean;
}

export interface Read<Content> {
  readonly kind: 'read';
  readonly content: Content;
  readonly bytes: number;
  readonly date: StoreDate;
}

/** Whose objects they are: a name in the store, and the id that they bear. */
export interface Owner {
  readonly name: string;
  readonly database: string;
}

export class DatabaseReader {
  readonly requests: Requests;
  readonly #seen = new Set<string>();
  /** Of the objects that were read so far. */
  bytes = 0;

  constructor(requests: Requests) {
    this.requests = requests;
  }

  /** How many were read so far. */
  get objects(): number {
    return this.#seen.size;
  }

  /** The database's own object, which says which layout it has. */
  async top(name: string): Promise<Read<{ readonly body: Uint8Array; readonly isHead: boolean }> | Damage> {
    return this.#read(name, (body) => ({ body, isHead: looksLikeHead(body) }));
  }

  head(name: string): Promise<Read<Head> | Damage> {
    return this.#read(name, decodeHead);
  }

  record(number: number, { name, database }: Owner): Promise<Read<Record> | Damage> {
    return this.#read(recordName(name, number), (body) =>
      decodeRecord(body, { database, number, databaseCount: databaseCountMax }),
    );
  }

  /** The effects of a record: its own, or those of its side objects. */
  async effects({ content }: Record): Promise<readonly Effect[] | Damage> {
    if (content.kind === 'effects') return content.effects;
    const effects: Effect[] = [];
    for (const object of content.objects) {
      const side = await this.#read(object.name, (body) => decodeSide(body, object));
      if (side.kind === 'damage') return side;
      for (const effect of side.content) effects.push(effect);
    }
    return effects;
  }

  manifest(object: string, { database }: Owner): Promise<Read<Manifest> | Damage> {
    return this.#read(object, (body) => decodeManifest(body, { database, databaseCount: databaseCountMax }));
  }

  /** One of the objects of a part. */
  async part(reference: PartObject, part: Part): Promise<readonly Effect[] | Damage> {
    const { name } = reference;
    const stored = await this.#read(name, (body) => {
      if (body.length !== reference.bytes || crc32(body) !== reference.checksum)
        throw new FormatError('it is not what the snapshot says that it is: it was damaged or replaced');
      return body;
    });
    if (stored.kind === 'damage') return stored;
    try {
      const { compression } = this.requests.environment;
      const json = await compression.decompress(stored.content, reference.length);
      if (json.length !== reference.length)
        throw new FormatError(`it has another length than it should: ${json.length}`);
      return decodePart(json, part, databaseCountMax);
    } catch (cause) {
      const what = cause instanceof FormatError ? cause.message : 'it cannot be decompressed';
      return { kind: 'damage', object: name, what, isMissing: false };
    }
  }

  async list(prefix: string): Promise<readonly ListedObject[]> {
    const listed = await this.requests.list(prefix, Infinity);
    if (listed === undefined) throw new StoreError(`the store does not list its objects: prefix=${prefix}`);
    return listed;
  }

  async #read<Content>(object: string, decode: (body: Uint8Array) => Content): Promise<Read<Content> | Damage> {
    const found = await this.requests.get(object, Infinity);
    if (found.kind === 'unavailable') throw new StoreError(found.reason);
    if (found.kind === 'notFound') return { kind: 'damage', object, what: 'it is missing', isMissing: true };
    if (!this.#seen.has(object)) this.bytes += found.body.length;
    this.#seen.add(object);
    try {
      return { kind: 'read', content: decode(found.body), bytes: found.body.length, date: found.date };
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      return { kind: 'damage', object, what: cause.message, isMissing: false };
    }
  }
}

function decodeSide(body: Uint8Array, side: SideObject): readonly Effect[] {
  if (body.length !== side.bytes || crc32(body) !== side.checksum)
    throw new FormatError('it is not what its record says that it is: it was damaged or replaced');
  return decodeEffects(parseJson(Buffer.from(body).toString('utf8')), databaseCountMax);
}
