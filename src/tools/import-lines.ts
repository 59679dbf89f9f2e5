/**
 * Reads what `export-lines.ts` writes, and what people write by hand in its manner: `{"key":"a","value":"1"}` is enough.
 * A file that says at its beginning that it is an export must say at its end that it is whole.
 */
import { Keyspace } from '../keyspace/keyspace.ts';
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
  readonly pieces: ByteString[];
  length: number;
  readonly expireAt: number | undefined;
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

  #take({ db = 0, key, type = 'string', value, expireAt, ...rest }: Fields): void {
    this.#close();
    refuseUnknown(rest, 'the line');
    if (!isCount(db) || db >= this.#keyspace.databaseCount)
      throw new FormatError(
        `there is no such database, see --databases: db=${show(db)} databases=${this.#keyspace.databaseCount}`,
      );
    if (type !== 'string') throw new FormatError(`its type is not known to this release: type=${show(type)}`);
    const name = decodeBytes(key, 'the key');
    if (this.#keyspace.database(db).find(name) !== undefined)
      throw new FormatError(`the same key twice: db=${db} key=${show(key)}`);
    const piece = decodeBytes(value, 'the value');
    this.#open = {
      db,
      key: name,
      pieces: [piece],
      length: piece.length,
      expireAt: expireAt === undefined ? undefined : asCount(expireAt, 'expireAt'),
    };
  }

  /** The next piece of the value of the line before. */
  #goOn({ db = 0, key, offset, value, ...rest }: Fields): void {
    refuseUnknown(rest, 'the line');
    const open = this.#open;
    if (open === undefined || open.db !== db || open.key !== decodeBytes(key, 'the key'))
      throw new FormatError('it goes on with a key that is not that of the line before');
    if (offset !== open.length)
      throw new FormatError(`a piece of the value is missing: offset=${show(offset)} so far=${open.length}`);
    const piece = decodeBytes(value, 'the value');
    open.pieces.push(piece);
    open.length += piece.length;
    if (open.length > byteStringLengthMax)
      throw new FormatError(`the value is longer than any value can be: ${byteStringLengthMax} bytes`);
  }

  #close(): void {
    if (this.#open === undefined) return;
    const { db, key, pieces, expireAt } = this.#open;
    this.#keyspace.apply({ kind: 'setString', db, key, value: pieces.join('') });
    if (expireAt !== undefined) this.#keyspace.apply({ kind: 'setExpiry', db, key, expireAt });
    this.#open = undefined;
  }
}
