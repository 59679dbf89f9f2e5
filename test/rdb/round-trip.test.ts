/** What is encoded is decoded again, whatever it is and whatever the limits are. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crc64 } from '../../src/rdb/crc64.ts';
import { decodeDump, encodeDump } from '../../src/rdb/dump.ts';
import { defaultEncodingLimits } from '../../src/rdb/limits.ts';
import { toBuffer, type ByteString } from '../../src/resp/bytes.ts';
import { arbitraryRdbValue, inOrder, smallLimits } from '../support/arbitrary-rdb-value.ts';
import { littleEndian, naiveCrc64 } from '../support/rdb-builder.ts';
import type { RdbValue } from '../../src/rdb/value.ts';

function encode(value: RdbValue, limits = defaultEncodingLimits): ByteString {
  const payload = encodeDump(value, limits);
  expect(payload).toBeDefined();
  return payload!;
}

function roundTrip(value: RdbValue, limits = defaultEncodingLimits): unknown {
  const decoded = decodeDump(encode(value, limits));
  return decoded.kind === 'value' ? inOrder(decoded.value) : decoded;
}

describe('CRC-64', () => {
  it('is that of the definition, in one go and in parts', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(70), (bytes, cut) => {
        const expected = littleEndian(naiveCrc64(Buffer.from(bytes).toString('latin1')), 8);
        for (const { low, high } of [crc64(bytes), crc64(bytes.subarray(cut), crc64(bytes.subarray(0, cut)))])
          expect(littleEndian(low, 4) + littleEndian(high, 4)).toBe(expected);
      }),
    );
  });

  it('has the check value that Redis gives for it', () => {
    const { low, high } = crc64(toBuffer('123456789'));
    expect([high >>> 0, low >>> 0]).toEqual([0xe9c6d914, 0xc4b8d9ca]);
  });
});

describe('a DUMP payload', () => {
  it('says what it was made of, in compact forms', () => {
    fc.assert(
      fc.property(arbitraryRdbValue, (value) => {
        expect(roundTrip(value)).toEqual(inOrder(value));
      }),
      { numRuns: 1000 },
    );
  });

  it('says what it was made of, on both sides of the limits', () => {
    fc.assert(
      fc.property(arbitraryRdbValue, (value) => {
        expect(roundTrip(value, smallLimits)).toEqual(inOrder(value));
      }),
      { numRuns: 1000 },
    );
  });

  it.each([0, 1, 128, -1, -5, -9, 100_000])(
    'holds a list whatever list-max-listpack-size is: %i',
    (listMaxListpackSize) => {
      const elements = Array.from({ length: 3000 }, (_, index) => 'x'.repeat((index * 7919) % 97) + String(index));
      elements.splice(1000, 0, 'y'.repeat(9000), 'z'.repeat(70_000));
      const value: RdbValue = { kind: 'list', elements };
      expect(roundTrip(value, { ...defaultEncodingLimits, listMaxListpackSize })).toEqual(value);
    },
  );

  it('holds a stream of one node, if it may be of any size', () => {
    const entries = Array.from({ length: 500 }, (_, index) => ({
      id: { ms: BigInt(index), sequence: 1n },
      fields: ['field', String(index)],
    }));
    const value: RdbValue = {
      kind: 'stream',
      entries,
      lastId: { ms: 499n, sequence: 1n },
      maxDeletedId: { ms: 0n, sequence: 0n },
      entriesAdded: 500,
      groups: [],
    };
    const limits = { ...defaultEncodingLimits, streamNodeMaxEntries: 0, streamNodeMaxBytes: 0 };
    expect(roundTrip(value, limits)).toEqual(value);
    expect(encode(value, limits).slice(0, 2)).toBe('\x13\x01');
  });

  it('is of the lowest version that can say all of the value', () => {
    const consumer = { name: 'c', seenAt: 2, activeAt: 2 as number | undefined, pending: [] };
    const stream = (activeAt: number | undefined): RdbValue => ({
      kind: 'stream',
      entries: [],
      lastId: { ms: 1n, sequence: 0n },
      maxDeletedId: { ms: 0n, sequence: 0n },
      entriesAdded: 1,
      groups: [{ name: 'g', lastId: { ms: 0n, sequence: 0n }, entriesRead: 0, consumers: [{ ...consumer, activeAt }] }],
    });
    const version = (value: RdbValue): number => toBuffer(encode(value)).readUInt16LE(encode(value).length - 10);
    expect(version({ kind: 'set', members: ['a', 'b'] })).toBe(10);
    expect(version(stream(2))).toBe(10);
    expect(version(stream(1))).toBe(11);
    expect(version(stream(undefined))).toBe(11);
    expect(version({ kind: 'hash', fields: ['a', 'b'], expiries: [] })).toBe(10);
    expect(version({ kind: 'hash', fields: ['a', 'b'], expiries: [{ field: 'a', expireAt: 5 }] })).toBe(80);
  });

  it('does not lose an expiry that stands out of order', () => {
    const expiries = ['b', 'a'].map((field) => ({ field, expireAt: 5 }));
    expect(() => encodeDump({ kind: 'hash', fields: ['a', '1', 'b', '2'], expiries })).toThrow('not in the order');
  });
});
