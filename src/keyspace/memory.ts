/**
 * What keys and values take in memory, by how V8 lays them out: exact enough to set limits by, the same on every node,
 * and known without looking (`docs/operations.md` says how it relates to the memory of the process). `Database` keeps
 * the sum up to date; a recount must give the same.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Value } from './value.ts';

/** An empty database: its table, its queue of expiries. */
export const emptyDatabaseMemory = 1024;
/** An object of nine words and its slot in the table. */
export const entryMemory = 80;
/** An entry of the queue by which keys expire, its place in the heap, and the times in both. */
export const expiryMemory = 88;

/** V8's header of a string, and its characters rounded up to words. */
export function stringMemory(text: ByteString): number {
  return 16 + 8 * Math.ceil(text.length / 8);
}

export function valueMemory(value: Value): number {
  return typeof value === 'string' ? stringMemory(value) : value.memory;
}

interface Entry {
  readonly key: ByteString;
  readonly value: Value;
  readonly expireAt: number | undefined;
}

/** A key with all that belongs to it. */
export function memoryOf({ key, value, expireAt }: Entry): number {
  return entryMemory + stringMemory(key) + valueMemory(value) + (expireAt === undefined ? 0 : expiryMemory);
}
