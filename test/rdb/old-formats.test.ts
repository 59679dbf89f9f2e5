/**
 * Forms that no server here writes, built by hand from their description: of servers that are gone, and of those that
 * came after. What a real server still takes of them must be the same to it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeDump } from '../../src/rdb/dump.ts';
import type { RdbValue } from '../../src/rdb/value.ts';
import { inOrder } from '../support/arbitrary-rdb-value.ts';
import { RawClient } from '../support/raw-client.ts';
import {
  bigEndian,
  byte,
  compressedString,
  dump,
  intset,
  length,
  listpack,
  littleEndian,
  packed,
  packedInteger,
  string,
  ziplist,
  zipmap,
  type Bytes,
} from '../support/rdb-builder.ts';
import { heldBy } from '../support/rdb-reference.ts';
import { hasReferenceServer, startReferenceServer, type ReferenceServer } from '../support/reference-server.ts';

interface Example {
  readonly name: string;
  readonly version: number;
  readonly type: number;
  readonly bytes: Bytes;
  readonly value: RdbValue;
}

const integers = [
  0, 12, 13, -1, 127, -128, 128, -32_768, 32_767, 32_768, -8_388_608, 8_388_607, 8_388_608, -2_147_483_648,
];
const wide = [2_147_483_648, 2n ** 53n, 2n ** 63n - 1n, -(2n ** 63n)];
const mixed = [
  ...integers,
  ...wide,
  '',
  'text',
  'x'.repeat(63),
  'x'.repeat(64),
  'x'.repeat(300),
  'y',
  'z'.repeat(16_384),
];
const mixedTexts = mixed.map(String);
const alternating = mixedTexts.map((text, index) => (index % 2 === 0 ? `${index}:${text}` : text));

const id = (ms: number, sequence: number): Bytes => bigEndian(ms, 8) + bigEndian(sequence, 8);
/** Two entries of three: one with the fields of the node, one deleted, one with fields of its own. */
const streamNode =
  string(id(1000, 5)) +
  string(
    listpack(
      ...[byte(2), byte(1), byte(1), packed('f'), byte(0)],
      ...[byte(2), byte(0), byte(0), packed('v'), byte(4)],
      ...[byte(3), byte(1), byte(0), packed('gone'), byte(4)],
      ...[byte(0), packedInteger(2), packedInteger(-4), byte(1), packed('g'), byte(7), byte(6)],
    ),
  );
const entries = [
  { id: { ms: 1000n, sequence: 5n }, fields: ['f', 'v'] },
  { id: { ms: 1002n, sequence: 1n }, fields: ['g', '7'] },
];
const pendingOf = (ms: number, sequence: number): Bytes =>
  id(ms, sequence) + littleEndian(1_600_000_000_000, 8) + length(3);
const pending = (ms: bigint, sequence: bigint): object => ({
  id: { ms, sequence },
  deliveredAt: 1_600_000_000_000,
  deliveryCount: 3,
});

/** A group of which one consumer has all. */
const groupOf = (name: Bytes, last: Bytes, read: Bytes, active: Bytes): Bytes =>
  string(name) +
  last +
  read +
  length(1) +
  pendingOf(1000, 5) +
  length(1) +
  string('c') +
  littleEndian(1_600_000_000_500, 8) +
  active +
  length(1) +
  id(1000, 5);
const consumers = (activeAt: number | undefined): object => [
  { name: 'c', seenAt: 1_600_000_000_500, activeAt, pending: [pending(1000n, 5n)] },
];

const old: Example[] = [
  {
    name: 'a compressed string',
    version: 6,
    type: 0,
    bytes: compressedString('abc', { byte: 'r', times: 600 }, 'd'.repeat(40)),
    value: { kind: 'string', value: `abc${'r'.repeat(600)}${'d'.repeat(40)}` },
  },
  {
    name: 'a plain list',
    version: 6,
    type: 1,
    bytes: length(3) + string('a') + byte(0xc0, 0xfe) + string('a'),
    value: { kind: 'list', elements: ['a', '-2', 'a'] },
  },
  {
    name: 'a ziplist',
    version: 6,
    type: 10,
    bytes: string(ziplist(...mixed)),
    value: { kind: 'list', elements: mixedTexts },
  },
  {
    name: 'a list of ziplists, of which one is compressed and one is empty',
    version: 8,
    type: 14,
    bytes: length(3) + compressedString(ziplist(...mixed)) + string(ziplist()) + string(ziplist('a', 5)),
    value: { kind: 'list', elements: [...mixedTexts, 'a', '5'] },
  },
  ...([2, 4, 8] as const).map((width): Example => {
    const members = [-(2n ** BigInt(8 * width - 1)), -1n, 0n, 2n ** BigInt(8 * width - 1) - 1n];
    return {
      name: `an intset of ${width} bytes`,
      version: 6,
      type: 11,
      bytes: string(intset(width, ...members)),
      value: { kind: 'set', members: members.map(String) },
    };
  }),
  {
    name: 'a sorted set with scores as texts',
    version: 7,
    type: 3,
    bytes:
      length(5) +
      string('a') +
      byte(3) +
      '1.5' +
      string('b') +
      byte(254) +
      string('c') +
      byte(255) +
      string('d') +
      byte(23) +
      '-1.0000000000000001e-17' +
      string('e') +
      byte(5) +
      '1e+30',
    value: {
      kind: 'zset',
      members: ['a', 'b', 'c', 'd', 'e'],
      scores: [1.5, Infinity, -Infinity, -1.0000000000000001e-17, 1e30],
    },
  },
  {
    name: 'a sorted set as a ziplist',
    version: 9,
    type: 12,
    bytes: string(ziplist('low', '-inf', 'a', -3, 'b', '0.10000000000000001', 'c', 2n ** 40n, 'high', 'inf')),
    value: {
      kind: 'zset',
      members: ['low', 'a', 'b', 'c', 'high'],
      scores: [-Infinity, -3, 0.1, 2 ** 40, Infinity],
    },
  },
  {
    name: 'a hash as a zipmap',
    version: 3,
    type: 9,
    bytes: string(zipmap(0, ['foo', 'bar'], ['hello', 'world'])),
    value: { kind: 'hash', fields: ['foo', 'bar', 'hello', 'world'], expiries: [] },
  },
  {
    name: 'a hash as a zipmap of long values, with unused bytes',
    version: 3,
    type: 9,
    bytes: string(zipmap(3, ['f', 'x'.repeat(300)], ['g'.repeat(254), ''], ['', 'y'.repeat(253)])),
    value: {
      kind: 'hash',
      fields: ['f', 'x'.repeat(300), 'g'.repeat(254), '', '', 'y'.repeat(253)],
      expiries: [],
    },
  },
  {
    name: 'a hash as a ziplist',
    version: 9,
    type: 13,
    bytes: string(ziplist(...alternating.slice(0, 24))),
    value: { kind: 'hash', fields: alternating.slice(0, 24), expiries: [] },
  },
  {
    name: 'a stream of Redis 5, with groups that have read nothing, one, all and what cannot be told',
    version: 9,
    type: 15,
    bytes:
      length(1) +
      streamNode +
      length(2) +
      length(1002) +
      length(1) +
      length(4) +
      groupOf('none', length(0) + length(0), '', '') +
      groupOf('one', length(1000) + length(5), '', '') +
      groupOf('all', length(1002) + length(1), '', '') +
      groupOf('some', length(1001) + length(0), '', ''),
    value: {
      kind: 'stream',
      entries,
      lastId: { ms: 1002n, sequence: 1n },
      maxDeletedId: { ms: 0n, sequence: 0n },
      entriesAdded: 2,
      groups: [
        { name: 'none', lastId: { ms: 0n, sequence: 0n }, entriesRead: 0 },
        { name: 'one', lastId: { ms: 1000n, sequence: 5n }, entriesRead: 1 },
        { name: 'all', lastId: { ms: 1002n, sequence: 1n }, entriesRead: 2 },
        { name: 'some', lastId: { ms: 1001n, sequence: 0n }, entriesRead: undefined },
      ].map((group) => ({ ...group, consumers: consumers(1_600_000_000_500) })),
    } as RdbValue,
  },
  {
    name: 'an empty stream of Redis 5 with a group',
    version: 9,
    type: 15,
    bytes:
      length(0) +
      length(0) +
      length(7) +
      length(0) +
      length(1) +
      string('g') +
      length(7) +
      length(0) +
      length(0) +
      length(0),
    value: {
      kind: 'stream',
      entries: [],
      lastId: { ms: 7n, sequence: 0n },
      maxDeletedId: { ms: 0n, sequence: 0n },
      entriesAdded: 0,
      groups: [{ name: 'g', lastId: { ms: 7n, sequence: 0n }, entriesRead: 0, consumers: [] }],
    },
  },
  {
    name: 'a stream of Redis 7.0',
    version: 10,
    type: 19,
    bytes:
      length(1) +
      streamNode +
      length(2) +
      length(1002) +
      length(1) +
      length(1000) +
      length(5) +
      length(1001) +
      length(5) +
      length(9) +
      length(2) +
      groupOf('known', length(1000) + length(5), length(4), '') +
      groupOf('unknown', length(1000) + length(5), length(2n ** 64n - 1n), ''),
    value: {
      kind: 'stream',
      entries,
      lastId: { ms: 1002n, sequence: 1n },
      maxDeletedId: { ms: 1001n, sequence: 5n },
      entriesAdded: 9,
      groups: [
        { name: 'known', lastId: { ms: 1000n, sequence: 5n }, entriesRead: 4 },
        { name: 'unknown', lastId: { ms: 1000n, sequence: 5n }, entriesRead: undefined },
      ].map((group) => ({ ...group, consumers: consumers(1_600_000_000_500) })),
    } as RdbValue,
  },
];

const later: Example[] = [
  {
    name: 'a set as a listpack',
    version: 11,
    type: 20,
    bytes: string(listpack(packed('a'), byte(5), packedInteger(-(2n ** 63n)))),
    value: { kind: 'set', members: ['a', '5', String(-(2n ** 63n))] },
  },
  ...[littleEndian(1_600_000_000_400, 8), littleEndian(-1, 8)].map((active, index): Example => ({
    name: `a stream of Redis 7.2 and Valkey 8, of which a consumer was ${index === 0 ? '' : 'never '}active`,
    version: 11,
    type: 21,
    bytes:
      length(1) +
      streamNode +
      length(2) +
      length(1002) +
      length(1) +
      length(1000) +
      length(5) +
      length(0) +
      length(0) +
      length(3) +
      length(1) +
      groupOf('g', length(1000) + length(5), length(1), active),
    value: {
      kind: 'stream',
      entries,
      lastId: { ms: 1002n, sequence: 1n },
      maxDeletedId: { ms: 0n, sequence: 0n },
      entriesAdded: 3,
      groups: [
        {
          name: 'g',
          lastId: { ms: 1000n, sequence: 5n },
          entriesRead: 1,
          consumers: consumers(index === 0 ? 1_600_000_000_400 : undefined),
        },
      ],
    } as RdbValue,
  })),
  {
    name: 'a hash of Valkey 9 of which a field expires',
    version: 80,
    type: 22,
    bytes:
      length(2) +
      string('a') +
      string('1') +
      littleEndian(-1, 8) +
      string('b') +
      string('2') +
      littleEndian(1_800_000_000_123, 8),
    value: { kind: 'hash', fields: ['a', '1', 'b', '2'], expiries: [{ field: 'b', expireAt: 1_800_000_000_123 }] },
  },
  {
    name: 'a hash of Redis 7.4 of which fields expire',
    version: 12,
    type: 24,
    bytes:
      littleEndian(1_800_000_000_123, 8) +
      length(3) +
      length(0) +
      string('a') +
      string('1') +
      length(1) +
      string('b') +
      string('2') +
      length(1001) +
      string('c') +
      string('3'),
    value: {
      kind: 'hash',
      fields: ['a', '1', 'b', '2', 'c', '3'],
      expiries: [
        { field: 'b', expireAt: 1_800_000_000_123 },
        { field: 'c', expireAt: 1_800_000_001_123 },
      ],
    },
  },
  {
    name: 'a small hash of Redis 7.4 of which a field expires',
    version: 12,
    type: 25,
    bytes:
      littleEndian(1_800_000_000_123, 8) +
      string(listpack(packed('b'), byte(2), packedInteger(1_800_000_000_123), packed('a'), byte(1), byte(0))),
    value: { kind: 'hash', fields: ['b', '2', 'a', '1'], expiries: [{ field: 'b', expireAt: 1_800_000_000_123 }] },
  },
  {
    name: 'a hash of a release candidate of Redis 7.4',
    version: 12,
    type: 22,
    bytes: length(2) + length(0) + string('a') + string('1') + length(1_800_000_000_123) + string('b') + string('2'),
    value: { kind: 'hash', fields: ['a', '1', 'b', '2'], expiries: [{ field: 'b', expireAt: 1_800_000_000_123 }] },
  },
  {
    name: 'a small hash of a release candidate of Redis 7.4',
    version: 12,
    type: 23,
    bytes: string(listpack(packed('b'), byte(2), packedInteger(1_800_000_000_123))),
    value: { kind: 'hash', fields: ['b', '2'], expiries: [{ field: 'b', expireAt: 1_800_000_000_123 }] },
  },
];

describe('forms of other servers', () => {
  it.each([...old, ...later])('$name', ({ version, type, bytes, value }) => {
    expect(decodeDump(dump(version, type, bytes))).toEqual({ kind: 'value', value });
  });

  it('examples in the descriptions of the formats', () => {
    const two = '\x0f\0\0\0\x0c\0\0\0\x02\0\0\xf3\x02\xf6\xff';
    expect(decodeDump(dump(9, 10, string(two)))).toEqual({
      kind: 'value',
      value: { kind: 'list', elements: ['2', '5'] },
    });
    const map = '\x02\x03foo\x03\x00bar\x05hello\x05\x00world\xff';
    expect(decodeDump(dump(3, 9, string(map)))).toMatchObject({ value: { fields: ['foo', 'bar', 'hello', 'world'] } });
    // In the documentation of DUMP: the string 10 by Redis 7.
    expect(decodeDump('\x00\xc0\n\n\x00n\x9fWE\x0e\xaec\xbb')).toEqual({
      kind: 'value',
      value: { kind: 'string', value: '10' },
    });
  });
});

describe.skipIf(!hasReferenceServer)('a real server', () => {
  let reference: ReferenceServer;
  let client: RawClient;

  beforeAll(async () => {
    reference = await startReferenceServer();
    client = await RawClient.connect(reference.port);
  });
  afterAll(async () => {
    client.close();
    await reference.stop();
  });

  it.each(old)('takes for the same: $name', async ({ version, type, bytes, value }) => {
    expect(await client.call('RESTORE', 'key', '0', dump(version, type, bytes), 'REPLACE')).toEqual({
      kind: 'simple',
      text: 'OK',
    });
    expect(sorted(await heldBy(client, 'key', value.kind))).toEqual(sorted(value));
  });
});

/** A server tells of groups in the order of their names. */
function sorted(value: RdbValue): unknown {
  if (value.kind !== 'stream') return inOrder(value);
  return { ...value, groups: value.groups.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
}
