/**
 * Reads what `export-lines.ts` writes, and what people write by hand in its manner: `{"key":"a","value":"1"}` is enough.
 * A file that says at its beginning that it is an export must say at its end that it is whole.
 */
import { Keyspace } from '../keyspace/keyspace.ts';
import { keyDifference } from '../keyspace/difference.ts';
import type { CollectionValue } from '../keyspace/value.ts';
import { addItems, decodeCollection, isCollectionType } from '../log/collection-format.ts';
import { decodeBytes } from '../log/journal/bytes-format.ts';
import {
  asCount,
  asFields,
  decodeBody,
  FormatError,
  isCount,
  parseJson,
  refuseUnknown,
  show,
  type Fields,
} from '../log/format-error.ts';
import { byteStringLengthMax, type ByteString } from '../resp/bytes.ts';
import { exportVersion } from './export-lines.ts';

/** The message names the line. */
export class ImportError extends Error {}

interface OpenKey {
  readonly db: number;
  readonly key: ByteString;
  /** Of its value so far. */
  readonly value: StringPieces | CollectionValue;
  readonly expireAt: number | undefined;
}

interface StringPieces {
  readonly kind: 'string';
  readonly pieces: ByteString[];
  size: number;
}

/**
 * @param lines of UTF-8, without their ends
 * @param databaseCount of the nodes that will serve it
 * @throws ImportError
 */
export async function readImport(
  lines: AsyncIterable<Uint8Array>,
  databaseCount: number,
  onLine?: (number: number) => void,
): Promise<Keyspace> {
  const reader = new ImportReader(databaseCount);
  let number = 1;
  try {
    for await (const line of lines) {
      const text = decodeBody(line);
      if (text.trim() !== '') reader.take(asFields(parseJson(text), 'the line'));
      onLine?.(number);
      number++;
    }
    return reader.end();
  } catch (cause) {
    if (cause instanceof FormatError) throw new ImportError(`line ${number}: ${cause.message}`, { cause });
    throw cause;
  }
}

class ImportReader {
  readonly #keyspace: Keyspace;
  #open: OpenKey | undefined;
  #lines = 0;
  #isExport = false;
  #isEnded = false;

  constructor(databaseCount: number) {
    this.#keyspace = new Keyspace(databaseCount);
  }

  take(fields: Fields): void {
    const isFirst = this.#lines++ === 0;
    if (this.#isEnded) throw new FormatError('there is more after the end');
    if ('valthree' in fields) this.#begin(fields, isFirst);
    else if ('end' in fields) this.#endOf(fields);
    else if ('offset' in fields) this.#goOn(fields);
    else this.#take(fields);
  }

  end(): Keyspace {
    this.#close();
    if (this.#isExport && !this.#isEnded) throw new FormatError('the export ends before its end: it was cut off');
    return this.#keyspace;
  }

  #begin({ valthree, version }: Fields, isFirst: boolean): void {
    if (!isFirst) throw new FormatError('another export begins within this one');
    if (valthree !== 'export') throw new FormatError(`it is no export of a database: valthree=${show(valthree)}`);
    if (version !== exportVersion)
      throw new FormatError(
        `its version is not known to this release, which knows ${exportVersion}: version=${show(version)}`,
      );
    this.#isExport = true;
  }

  #endOf({ end, ...rest }: Fields): void {
    this.#close();
    refuseUnknown(rest, 'the line');
    const keys = asCount(asFields(end, 'end').keys, 'the number of keys');
    if (keys !== this.#keyspace.size)
      throw new FormatError(`something is missing, or was added: keys=${this.#keyspace.size} at the end=${keys}`);
    this.#isEnded = true;
  }

  #take({ db = 0, key, type = 'string', expireAt, ...content }: Fields): void {
    this.#close();
    if (!isCount(db) || db >= this.#keyspace.databaseCount)
      throw new FormatError(
        `there is no such database, see --databases: db=${show(db)} databases=${this.#keyspace.databaseCount}`,
      );
    const name = decodeBytes(key, 'the key');
    if (this.#keyspace.database(db).find(name) !== undefined)
      throw new FormatError(`the same key twice: db=${db} key=${show(key)}`);
    this.#open = {
      db,
      key: name,
      value: beginningOf(type, content),
      expireAt: expireAt === undefined ? undefined : asCount(expireAt, 'expireAt'),
    };
  }

  /** The next piece of the value of the line before. */
  #goOn({ db = 0, key, offset, ...content }: Fields): void {
    const open = this.#open;
    if (open === undefined || open.db !== db || open.key !== decodeBytes(key, 'the key'))
      throw new FormatError('it goes on with a key that is not that of the line before');
    const { value } = open;
    if (offset !== value.size)
      throw new FormatError(`a piece of the value is missing: offset=${show(offset)} so far=${value.size}`);
    if (value.kind !== 'string') {
      addItems(value, content, 'the line');
      return;
    }
    const piece = pieceOf(content);
    value.pieces.push(piece);
    value.size += piece.length;
    if (value.size > byteStringLengthMax)
      throw new FormatError(`the value is longer than any value can be: ${byteStringLengthMax} bytes`);
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { db, key, value, expireAt } = this.#open;
    const whole = value.kind === 'string' ? value.pieces.join('') : value;
    for (const effect of keyDifference({ db, key }, undefined, { value: whole, expireAt }))
      this.#keyspace.apply(effect);
    this.#open = undefined;
  }
}

function beginningOf(type: unknown, content: Fields): OpenKey['value'] {
  if (isCollectionType(type)) return decodeCollection(type, content, 'the line');
  if (type !== 'string') throw new FormatError(`its type is not known to this release: type=${show(type)}`);
  const piece = pieceOf(content);
  return { kind: 'string', pieces: [piece], size: piece.length };
}

function pieceOf({ value, ...rest }: Fields): ByteString {
  refuseUnknown(rest, 'the line');
  return decodeBytes(value, 'the value');
}
