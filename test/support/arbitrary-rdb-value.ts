/** Random values of every kind, with texts and sizes around all that the RDB format decides by. */
import fc from 'fast-check';
import type { ByteString } from '../../src/resp/bytes.ts';
import type { EncodingLimits } from '../../src/rdb/limits.ts';
import { compareStreamIds, type RdbHash, type RdbStream, type RdbValue, type StreamId } from '../../src/rdb/value.ts';

/** Small, so that few elements are many; what they decide is the same. */
export const smallLimits: EncodingLimits = {
  listMaxListpackSize: 5,
  setMaxIntsetEntries: 6,
  zsetMaxListpackEntries: 4,
  zsetMaxListpackValue: 10,
  hashMaxListpackEntries: 4,
  hashMaxListpackValue: 10,
  streamNodeMaxEntries: 3,
  streamNodeMaxBytes: 200,
};

/** Both sides of every integer at which some form of an integer ends. */
const edges = [7, 8, 12, 13, 15, 16, 23, 24, 31, 32, 53, 63, 64].flatMap((bits) => [
  2n ** BigInt(bits) - 1n,
  2n ** BigInt(bits),
  -(2n ** BigInt(bits)),
  -(2n ** BigInt(bits)) - 1n,
]);

const integerText = fc.oneof(
  fc.integer().map(String),
  fc.integer({ min: -20, max: 300 }).map(String),
  fc.constantFrom(...edges).map(String),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
);

const binary = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 });

/** Around the lengths at which forms of strings end, and that of a list's element which stands alone. */
const longText = fc
  .tuple(fc.constantFrom(10, 11, 20, 63, 64, 65, 127, 128, 253, 254, 4095, 4096, 8191, 8192, 8193, 16384), binary)
  .map(([length, start]) => start.padEnd(length, 'x'));

const arbitraryText: fc.Arbitrary<ByteString> = fc.oneof(
  { weight: 4, arbitrary: binary },
  { weight: 4, arbitrary: integerText },
  { weight: 1, arbitrary: fc.constantFrom('', '-0', '007', '+1', '1.5', 'inf', '-', ' 1', '1 ') },
  { weight: 1, arbitrary: longText },
);

/** Texts of one sort, as collections have them: their form depends on the one that differs. */
const texts = (constraints: { minLength: number; maxLength: number }): fc.Arbitrary<ByteString[]> =>
  fc.oneof(...[arbitraryText, integerText, binary].map((text) => fc.array(text, constraints)));

const distinctTexts = (maxLength: number): fc.Arbitrary<ByteString[]> =>
  texts({ minLength: 1, maxLength }).map((members) => [...new Set(members)]);

const score = fc.oneof(
  fc.integer({ min: -1000, max: 1000 }),
  fc.constantFrom(Infinity, -Infinity, -0, 0.1, 1 / 3, 1e300, 5e-324, 2 ** 53, 2 ** 63, -(2 ** 62), 1e21),
  fc.double({ noNaN: true }),
);

const time = fc.oneof(fc.constantFrom(0, 1, Number.MAX_SAFE_INTEGER), fc.integer({ min: 1, max: 2_000_000_000 }));

export const arbitraryString = arbitraryText.map((value): RdbValue => ({ kind: 'string', value }));

export const arbitraryList = texts({ minLength: 1, maxLength: 24 }).map((elements): RdbValue => ({
  kind: 'list',
  elements,
}));

export const arbitrarySet = distinctTexts(16).map((members): RdbValue => ({ kind: 'set', members }));

export const arbitraryZset = distinctTexts(10).chain((members) =>
  fc
    .array(score, { minLength: members.length, maxLength: members.length })
    .map((scores): RdbValue => ({ kind: 'zset', members, scores })),
);

/** Of which no field expires. */
export const arbitraryPlainHash = distinctTexts(10).chain((fields) =>
  fc.array(arbitraryText, { minLength: fields.length, maxLength: fields.length }).map((values): RdbHash => ({
    kind: 'hash',
    fields: fields.flatMap((field, index) => [field, values[index]!]),
    expiries: [],
  })),
);

const arbitraryHash = arbitraryPlainHash.chain((hash) =>
  fc
    .array(fc.option(time, { nil: undefined }), { minLength: hash.fields.length, maxLength: hash.fields.length })
    .map((times): RdbValue => {
      const expiries = hash.fields.flatMap((field, index) => {
        const expireAt = index % 2 === 0 ? times[index] : undefined;
        return expireAt === undefined ? [] : [{ field, expireAt }];
      });
      return { ...hash, expiries };
    }),
);

const uint64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 40n }),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 63n, 64n, 2n ** 14n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 63n, 2n ** 64n - 1n),
);
const streamId: fc.Arbitrary<StreamId> = fc.record({ ms: uint64, sequence: uint64 });
const ids = (maxLength: number): fc.Arbitrary<StreamId[]> =>
  fc
    .uniqueArray(streamId, { maxLength, comparator: (a, b) => compareStreamIds(a, b) === 0 })
    .map((all) => all.toSorted(compareStreamIds));

const entryFields = fc.oneof(
  fc.tuple(arbitraryText, arbitraryText).map(([a, b]) => ['temperature', a, 'humidity', b]),
  fc.array(fc.tuple(arbitraryText, arbitraryText), { minLength: 1, maxLength: 3 }).map((pairs) => pairs.flat()),
);

const group = fc
  .record({
    name: binary,
    lastId: streamId,
    entriesRead: fc.option(time, { nil: undefined }),
    names: fc.uniqueArray(binary, { minLength: 0, maxLength: 3 }),
    pending: ids(6),
    seenAt: fc.array(time, { minLength: 3, maxLength: 3 }),
    activeAt: fc.oneof(
      fc.constant('seenAt' as const),
      fc.array(fc.option(time, { nil: undefined }), { minLength: 3, maxLength: 3 }),
    ),
    deliveredAt: time,
    deliveryCount: time,
  })
  .map(({ names, pending, seenAt, activeAt, deliveredAt, deliveryCount, ...rest }) => ({
    ...rest,
    consumers: names.map((name, index) => ({
      name,
      seenAt: seenAt[index]!,
      activeAt: activeAt === 'seenAt' ? seenAt[index]! : activeAt[index],
      pending: pending
        .filter((_, place) => place % names.length === index)
        .map((id) => ({ id, deliveredAt, deliveryCount })),
    })),
  }));

export const arbitraryStream = fc
  .record({
    entries: ids(10).chain((all) =>
      fc
        .array(entryFields, { minLength: all.length, maxLength: all.length })
        .map((fields) => all.map((id, index) => ({ id, fields: fields[index]! }))),
    ),
    lastId: streamId,
    maxDeletedId: streamId,
    entriesAdded: time,
    groups: fc.uniqueArray(group, { maxLength: 3, selector: ({ name }) => name }),
  })
  .map((stream): RdbStream => {
    const newest = stream.entries.at(-1)?.id ?? stream.lastId;
    return {
      kind: 'stream',
      ...stream,
      lastId: compareStreamIds(newest, stream.lastId) > 0 ? newest : stream.lastId,
    };
  });

export const arbitraryRdbValue: fc.Arbitrary<RdbValue> = fc.oneof(
  arbitraryString,
  arbitraryList,
  arbitrarySet,
  arbitraryZset,
  arbitraryHash,
  arbitraryStream,
);

/** The same value in the one order in which it can be compared. */
export function inOrder(value: RdbValue): unknown {
  switch (value.kind) {
    case 'set':
      return { ...value, members: value.members.toSorted() };
    case 'zset':
      return { kind: value.kind, scores: pairs(value.members, value.scores) };
    case 'hash': {
      const { fields, expiries } = value;
      const values = pairs(everySecond(fields, 0), everySecond(fields, 1));
      return {
        kind: value.kind,
        values,
        expiries: expiries.toSorted((a, b) => (a.field < b.field ? -1 : 1)),
      };
    }
    default:
      return value;
  }
}

function pairs<Second>(first: readonly ByteString[], second: readonly Second[]): [ByteString, Second][] {
  return first
    .map((text, index): [ByteString, Second] => [text, second[index]!])
    .toSorted(([a], [b]) => (a < b ? -1 : 1));
}

export function everySecond<Item>(items: readonly Item[], from: 0 | 1): Item[] {
  return items.filter((_, index) => index % 2 === from);
}
