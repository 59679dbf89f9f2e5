/**
 * A database as lines of JSON, one a key, that people read and other programs write (`docs/tools.md`):
 *
 *     {"valthree":"export","version":1,"database":"main","commit":42,"time":"2027-01-15T08:30:00.000Z"}
 *     {"db":0,"key":"a","type":"string","value":"1","expireAt":1799999999999}
 *     {"db":0,"key":"l","type":"list","elements":["a","b"]}
 *     {"end":{"keys":2}}
 *
 * Collections are as in the `plain` layout (`collection-format.ts`). What is not UTF-8 stands as `{"base64":"..."}`. A
 * value that is too long for a line goes on in the lines after it, of the same key, each with the `offset` at which it
 * goes on, in bytes or elements. Keys are in the order of their bytes, so that two
 * exports can be compared line by line.
 */
import { isGone } from '../keyspace/difference.ts';
import type { Entry } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { typeName, type Value } from '../keyspace/value.ts';
import { collectionPieces } from '../log/collection-format.ts';
import { encodeBytes } from '../log/journal/bytes-format.ts';
import { cut } from '../log/journal/pieces.ts';

export const exportVersion = 1;

export interface ExportOrigin {
  readonly database: string;
  /** `undefined`: of the newest state, in a layout that does not count. */
  readonly commit: { readonly number: number; readonly time: number } | undefined;
}

export interface ExportOptions {
  /** Keys that have expired by then are left out. */
  readonly now: number;
  /** Bytes of a value in one line. */
  readonly pieceLength?: number;
}

const pieceLengthDefault = 16 * 2 ** 20;

/** Lines with their ends. */
export function* exportLines(
  keyspace: Keyspace,
  { database, commit }: ExportOrigin,
  { now, pieceLength = pieceLengthDefault }: ExportOptions,
): Generator<string, void, undefined> {
  const origin = commit === undefined ? {} : { commit: commit.number, time: new Date(commit.time).toISOString() };
  yield `${JSON.stringify({ valthree: 'export', version: exportVersion, database, ...origin })}\n`;
  let keys = 0;
  for (const { db, entry } of entriesOf(keyspace, now)) {
    yield* linesOf(db, entry, pieceLength);
    keys++;
  }
  yield `${JSON.stringify({ end: { keys } })}\n`;
}

/** In order, without what has expired. */
export function* entriesOf(
  keyspace: Keyspace,
  now: number,
): Generator<{ readonly db: number; readonly entry: Entry }, void, undefined> {
  for (let db = 0; db < keyspace.databaseCount; db++) {
    const database = keyspace.database(db);
    if (database.size === 0) continue;
    const entries = [...database.entries()].filter((entry) => !isGone(entry, now));
    for (const entry of entries.sort((left, right) => (left.key < right.key ? -1 : 1))) yield { db, entry };
  }
}

function* linesOf(
  db: number,
  { key, value, expireAt }: Entry,
  pieceLength: number,
): Generator<string, void, undefined> {
  const name = `{"db":${db},"key":${encodeBytes(key)}`;
  const expiry = expireAt === undefined ? '' : `,"expireAt":${expireAt}`;
  const type = `"type":"${typeName(value)}"`;
  for (const { offset, text } of piecesOf(value, pieceLength)) {
    yield offset === 0 ? `${name},${type},${text}${expiry}}\n` : `${name},"offset":${offset},${text}}\n`;
  }
}

function* piecesOf(
  value: Value,
  pieceLength: number,
): Generator<{ readonly offset: number; readonly text: string }, void, undefined> {
  if (typeof value !== 'string') yield* collectionPieces(value, pieceLength);
  else if (value === '') yield { offset: 0, text: '"value":""' };
  else for (const { offset, bytes } of cut(value, pieceLength)) yield { offset, text: `"value":${encodeBytes(bytes)}` };
}
