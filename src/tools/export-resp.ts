/**
 * A database as commands in RESP, for `redis-cli --pipe` and whatever else speaks to a server of Valkey's kind: `SELECT`,
 * then for each key what makes its value, and the time at which it expires. Fields that expire need a server that knows
 * `HPEXPIREAT`.
 */
import type { Content } from '../keyspace/collection.ts';
import { contentsOf } from '../keyspace/contents.ts';
import type { Entry } from '../keyspace/database.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { formatDouble } from '../resp/double.ts';
import type { ByteString } from '../resp/bytes.ts';
import { encodeRequest } from '../resp/encode-request.ts';
import { entriesOf } from './export-lines.ts';

/** Elements of a collection in one command, in bytes. */
const commandLength = 1 << 20;

/** Byte strings. */
export function* exportResp(keyspace: Keyspace, now: number): Generator<ByteString, void, undefined> {
  let selected: number | undefined;
  for (const { db, entry } of entriesOf(keyspace, now)) {
    if (db !== selected) yield encodeRequest(['SELECT', String(db)]);
    selected = db;
    for (const words of commandsOf(entry)) yield encodeRequest(words);
  }
}

function* commandsOf({ key, value, expireAt }: Entry): Generator<readonly ByteString[], void, undefined> {
  if (typeof value === 'string') {
    yield ['SET', key, value, ...(expireAt === undefined ? [] : ['PXAT', String(expireAt)])];
    return;
  }
  for (const content of contentsOf(value, commandLength)) yield commandOf(key, content);
  if (expireAt !== undefined) yield ['PEXPIREAT', key, String(expireAt)];
}

function commandOf(key: ByteString, content: Content): readonly ByteString[] {
  switch (content.kind) {
    case 'setFields':
      return ['HSET', key, ...content.fields];
    case 'setFieldExpiry':
      return ['HPEXPIREAT', key, String(content.expireAt), 'FIELDS', String(content.fields.length), ...content.fields];
    case 'addMembers':
      return ['SADD', key, ...content.members];
    case 'setScores':
      return [
        'ZADD',
        key,
        ...content.members.flatMap((member, i) => [formatDouble(content.scores[i] as number), member]),
      ];
    case 'pushElements':
      return ['RPUSH', key, ...content.elements];
  }
}
