/**
 * A database as commands in RESP, for `redis-cli --pipe` and whatever else speaks to a server of Valkey's kind: `SELECT`,
 * and a `SET` for each key, with the time at which it expires.
 */
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { ByteString } from '../resp/bytes.ts';
import { encodeRequest } from '../resp/encode-request.ts';
import { entriesOf } from './export-lines.ts';

/** Byte strings. */
export function* exportResp(keyspace: Keyspace, now: number): Generator<ByteString, void, undefined> {
  let selected: number | undefined;
  for (const { db, entry } of entriesOf(keyspace, now)) {
    if (db !== selected) yield encodeRequest(['SELECT', String(db)]);
    selected = db;
    const { key, value, expireAt } = entry;
    yield encodeRequest(['SET', key, value, ...(expireAt === undefined ? [] : ['PXAT', String(expireAt)])]);
  }
}
