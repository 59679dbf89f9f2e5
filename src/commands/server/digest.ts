/**
 * Digests of what keys hold, whatever way it came there: equal contents have equal digests, on every node. As in Valkey
 * they have 40 digits, all zeros for nothing, and count that a key expires but not when. The digits are our own: a
 * CRC-64, so 24 of them are always zeros, and who wants two contents with the same digest can find them.
 */
import { canonical } from '../../keyspace/contents.ts';
import type { Entry } from '../../keyspace/database.ts';
import type { View } from '../../keyspace/view.ts';
import { crc64 } from '../../rdb/crc64.ts';

const digestLength = 40;

/** @param entry `undefined`: there is no such key */
export function valueDigest(entry: Pick<Entry, 'value' | 'expireAt'> | undefined): string {
  return entry === undefined ? digestOf('') : digestOf(shown(entry));
}

/** Of all databases. */
export function keyspaceDigest(view: View): string {
  const lines: string[] = [];
  for (let db = 0; db < view.keyspace.databaseCount; db++) {
    for (const entry of view.in(db).entries()) lines.push(JSON.stringify([db, entry.key, shown(entry)]));
  }
  return digestOf(lines.sort().join());
}

function shown({ value, expireAt }: Pick<Entry, 'value' | 'expireAt'>): string {
  return JSON.stringify([canonical(value), expireAt !== undefined]);
}

function digestOf(text: string): string {
  const { low, high } = crc64(Buffer.from(text));
  const digits = [high, low].map((word) => (word >>> 0).toString(16).padStart(8, '0')).join('');
  return digits.padStart(digestLength, '0');
}
