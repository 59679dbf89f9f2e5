/** A real server's keys as values of the RDB layer: how to write them there by commands, and what it says it holds. */
import { expect } from 'vitest';
import type { EncodingLimits } from '../../src/rdb/limits.ts';
import type { RdbStream, RdbValue, StreamConsumer, StreamGroup, StreamId } from '../../src/rdb/value.ts';
import type { ByteString } from '../../src/resp/bytes.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { everySecond } from './arbitrary-rdb-value.ts';
import type { RawClient } from './raw-client.ts';

/** The same limits as flags of a server. */
export function flagsOf(limits: EncodingLimits): string[] {
  return Object.entries(limits).flatMap(([name, value]) => [
    `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`,
    String(value),
  ]);
}

/** The commands of a client that writes this value; a stream's groups and counters cannot be written so. */
export function writing(key: ByteString, value: RdbValue): ByteString[][] {
  switch (value.kind) {
    case 'string':
      return [['SET', key, value.value]];
    case 'list':
      return value.elements.map((element) => ['RPUSH', key, element]);
    case 'set':
      return value.members.map((member) => ['SADD', key, member]);
    case 'zset':
      return value.members.map((member, index) => ['ZADD', key, scoreText(value.scores[index]!), member]);
    case 'hash':
      return everySecond(value.fields, 0).map((field, index) => ['HSET', key, field, value.fields[2 * index + 1]!]);
    case 'stream':
      return value.entries.map(({ id, fields }) => ['XADD', key, `${id.ms}-${id.sequence}`, ...fields]);
  }
}

function scoreText(score: number): string {
  return Number.isFinite(score) ? String(score) : score > 0 ? 'inf' : '-inf';
}

/** What the server holds there. */
export async function heldBy(client: RawClient, key: ByteString, kind: RdbValue['kind']): Promise<RdbValue> {
  switch (kind) {
    case 'string':
      return { kind, value: text(await client.call('GET', key)) };
    case 'list':
      return { kind, elements: texts(await client.call('LRANGE', key, '0', '-1')) };
    case 'set':
      return { kind, members: texts(await client.call('SMEMBERS', key)) };
    case 'zset': {
      const all = texts(await client.call('ZRANGE', key, '0', '-1', 'WITHSCORES'));
      return { kind, members: everySecond(all, 0), scores: everySecond(all, 1).map(scoreOf) };
    }
    case 'hash':
      return { kind, fields: texts(await client.call('HGETALL', key)), expiries: [] };
    case 'stream':
      return streamOf(await client.call('XINFO', 'STREAM', key, 'FULL', 'COUNT', '0'));
  }
}

function scoreOf(score: ByteString): number {
  return /inf/.test(score) ? (score.startsWith('-') ? -Infinity : Infinity) : Number(score);
}

/** Of the answer to `XINFO STREAM … FULL COUNT 0`. */
function streamOf(reply: Reply): RdbStream {
  const info = mapOf(reply);
  return {
    kind: 'stream',
    entries: items(info('entries')).map((entry) => {
      const [id, fields] = items(entry);
      return { id: idOf(id), fields: texts(fields) };
    }),
    lastId: idOf(info('last-generated-id')),
    maxDeletedId: idOf(info('max-deleted-entry-id')),
    entriesAdded: Number(info('entries-added')),
    groups: items(info('groups')).map(groupOf),
  };
}

function groupOf(reply: Reply): StreamGroup {
  const info = mapOf(reply);
  const entriesRead = info('entries-read');
  return {
    name: text(info('name')),
    lastId: idOf(info('last-delivered-id')),
    entriesRead: entriesRead === null ? undefined : Number(entriesRead),
    consumers: items(info('consumers')).map(consumerOf),
  };
}

function consumerOf(reply: Reply): StreamConsumer {
  const info = mapOf(reply);
  const seenAt = Number(info('seen-time'));
  // Redis 7.0 does not tell; when it loads or saves a stream they are the same.
  const activeAt = Number(info('active-time') ?? seenAt);
  return {
    name: text(info('name')),
    seenAt,
    activeAt: activeAt < 0 ? undefined : activeAt,
    pending: items(info('pending') ?? info('pel')).map((pending) => {
      const [id, deliveredAt, deliveryCount] = items(pending);
      return { id: idOf(id), deliveredAt: Number(deliveredAt), deliveryCount: Number(deliveryCount) };
    }),
  };
}

function mapOf(reply: Reply): (name: string) => Reply | undefined {
  const all = items(reply);
  return (name) => {
    const at = all.indexOf(name);
    return at === -1 ? undefined : all[at + 1];
  };
}

function idOf(reply: Reply | undefined): StreamId {
  const [ms, sequence] = text(reply).split('-').map(BigInt) as [bigint, bigint];
  return { ms, sequence };
}

function items(reply: Reply | undefined): readonly Reply[] {
  expect(Array.isArray(reply), `is a list: ${JSON.stringify(reply)}`).toBe(true);
  return reply as readonly Reply[];
}

function texts(reply: Reply | undefined): ByteString[] {
  return items(reply).map(text);
}

function text(reply: Reply | undefined): ByteString {
  expect(reply).toBeTypeOf('string');
  return reply as ByteString;
}
