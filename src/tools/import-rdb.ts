/** Reads the file of a Redis or Valkey server into a keyspace. What this release has no place for is left out, and counted. */
import { fromRdbValue } from '../commands/generic/rdb-value.ts';
import { keyDifference } from '../keyspace/difference.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import type { RdbItem, RdbKey } from '../rdb/file-item.ts';
import { RdbFileReader } from '../rdb/file-reader.ts';
import { RdbFormatError } from '../rdb/format-error.ts';
import { ImportError } from './import-lines.ts';

export interface RdbImport {
  readonly keyspace: Keyspace;
  /** By what it is: how many were left out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

/**
 * @param databaseCount of the nodes that will serve it
 * @param onProgress is told how many bytes have been read
 * @throws ImportError
 */
export async function readRdb(
  chunks: AsyncIterable<Uint8Array>,
  databaseCount: number,
  onProgress?: (bytes: number) => void,
): Promise<RdbImport> {
  const taker = new ItemTaker(databaseCount);
  const reader = new RdbFileReader();
  const take = (): void => {
    for (let item = reader.next(); item !== undefined; item = reader.next()) taker.take(item);
    onProgress?.(reader.consumedBytes);
  };
  try {
    for await (const chunk of chunks) {
      reader.push(chunk);
      take();
    }
    reader.finish();
    take();
  } catch (cause) {
    if (cause instanceof RdbFormatError) throw new ImportError(cause.message, { cause });
    throw cause;
  }
  return { keyspace: taker.keyspace, leftOut: taker.leftOut };
}

class ItemTaker {
  readonly keyspace: Keyspace;
  readonly leftOut = new Map<string, number>();

  constructor(databaseCount: number) {
    this.keyspace = new Keyspace(databaseCount);
  }

  take(item: RdbItem): void {
    switch (item.kind) {
      case 'key':
        this.#takeKey(item);
        break;
      case 'moduleKey':
        this.#leaveOut(`keys of the module ${item.module}`);
        break;
      case 'function':
        this.#leaveOut('libraries of functions');
        break;
      case 'emptyKey':
        this.#leaveOut('keys that hold nothing');
        break;
      default:
    }
  }

  #takeKey({ db, key, value, expireAt }: RdbKey): void {
    const { databaseCount } = this.keyspace;
    if (db >= databaseCount)
      throw new ImportError(`there is no such database, see --databases: db=${db} databases=${databaseCount}`);
    if (value.kind === 'stream') {
      this.#leaveOut('streams');
      return;
    }
    if (this.keyspace.database(db).find(key) !== undefined)
      throw new ImportError(`the same key twice: db=${db} key=${JSON.stringify(key)}`);
    const wanted = { value: fromRdbValue(value), expireAt };
    for (const effect of keyDifference({ db, key }, undefined, wanted)) this.keyspace.apply(effect);
  }

  #leaveOut(what: string): void {
    this.leftOut.set(what, (this.leftOut.get(what) ?? 0) + 1);
  }
}
