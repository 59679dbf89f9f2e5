/**
 * Input that nobody should send: cut off, changed, made up, or true to the letter and meant to hurt. It is refused or
 * read, and what a length announces allocates nothing. Bytes may still stand for a thousand times as much memory, where
 * they are compressed: whoever reads sets a bound. What is read can be written again.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkDump, decodeDump, decodeSealed, encodeDump, type DecodedDump } from '../../src/rdb/dump.ts';
import { RdbFormatError } from '../../src/rdb/format-error.ts';
import { MemoryBudget } from '../../src/rdb/memory-budget.ts';
import { isEmpty } from '../../src/rdb/value.ts';
import { fromBuffer, toBuffer } from '../../src/resp/bytes.ts';
import { arbitraryRdbValue, inOrder, smallLimits } from '../support/arbitrary-rdb-value.ts';
import {
  bigEndian,
  byte,
  compressedString,
  dump,
  file,
  intset,
  key,
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
import { readChunks } from '../support/read-rdb.ts';

const numRuns = Number(process.env['VALTHREE_FUZZ_RUNS'] ?? 1000);

/** What no claim can make it allocate or do: three bytes that are compressed stand for 264, two of those for one element. */
const elementsPerByteMax = 44;

function elementsOf(outcome: DecodedDump): number {
  if (outcome.kind !== 'value') return 0;
  const { value } = outcome;
  switch (value.kind) {
    case 'string':
      return value.value.length / 2;
    case 'list':
      return value.elements.length;
    case 'set':
    case 'zset':
      return value.members.length;
    case 'hash':
      return value.fields.length;
    case 'stream':
      return value.entries.length;
  }
}

/** That it ends, that what is read is a value as promised, and that its like can be read again. */
function expectSound(payload: Bytes): DecodedDump['kind'] {
  const outcome = decodeDump(payload);
  expect(elementsOf(outcome)).toBeLessThanOrEqual(elementsPerByteMax * payload.length);
  if (outcome.kind === 'value') {
    expect(isEmpty(outcome.value)).toBe(false);
    const again = decodeDump(encodeDump(outcome.value)!);
    expect(again.kind === 'value' && inOrder(again.value)).toEqual(inOrder(outcome.value));
  }
  return outcome.kind;
}

/** Parts of the formats that say how long something is, or what, and so lead astray where they do not belong. */
const telling = fc.oneof(
  fc.nat(255).map((value) => byte(value)),
  fc
    .constantFrom(0x00, 0x3f, 0x40, 0x7f, 0x80, 0x81, 0xc0, 0xc3, 0xe0, 0xf0, 0xf4, 0xfe, 0xff)
    .map((value) => byte(value)),
  fc.constantFrom(2 ** 31, 2 ** 32 - 1, 2 ** 40, 2n ** 63n, 2n ** 64n - 1n).map((value) => length(value)),
  fc.constantFrom(0, 1, 2 ** 16 - 1, 2 ** 31, 2 ** 32 - 1).map((value) => littleEndian(value, 4)),
);

interface Change {
  readonly at: number;
  readonly removed: number;
  readonly inserted: Bytes;
}

const arbitraryChanges = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    removed: fc.nat(3),
    inserted: fc.oneof(fc.constant(''), telling),
  }),
  { minLength: 1, maxLength: 3 },
);

function change(bytes: Bytes, changes: readonly Change[]): Bytes {
  let changed = bytes;
  for (const { at, removed, inserted } of changes) {
    const place = Math.floor(at * changed.length);
    changed = changed.slice(0, place) + inserted + changed.slice(place + removed);
  }
  return changed;
}

/** Type and value of a payload. */
function bodyOf(payload: Bytes): { readonly type: number; readonly version: number; readonly body: Bytes } {
  const bytes = toBuffer(payload);
  return {
    type: bytes[0]!,
    version: bytes.readUInt16LE(bytes.length - 10),
    body: payload.slice(1, -10),
  };
}

const handMade = [
  dump(9, 10, string(ziplist('a', 5, -300, 2 ** 40))),
  dump(9, 14, length(2) + string(ziplist('a')) + compressedString(ziplist('b', 'c'.repeat(300)))),
  dump(9, 13, string(ziplist('field', 'value', 'other', 7))),
  dump(9, 12, string(ziplist('member', '1.5', 'other', 7))),
  dump(3, 9, string(zipmap(2, ['foo', 'bar'], ['hello', 'x'.repeat(260)]))),
  dump(9, 11, string(intset(8, -5, 0, 2 ** 40))),
  dump(11, 20, string(listpack(packed('a'), byte(5), packedInteger(2 ** 40)))),
  dump(12, 24, littleEndian(1_800_000_000_000, 8) + length(1) + length(5) + string('f') + string('v')),
  dump(12, 25, littleEndian(1_800_000_000_000, 8) + string(listpack(packed('f'), packed('v'), packedInteger(5)))),
  dump(9, 0, compressedString('abc', { byte: 'r', times: 600 }, 'd')),
];

describe('a payload', () => {
  it('that was changed and has a right checksum is refused or read', () => {
    const kinds = new Set<string>();
    fc.assert(
      fc.property(
        fc.oneof(
          arbitraryRdbValue.map((value) => encodeDump(value, smallLimits)!),
          fc.constantFrom(...handMade),
        ),
        arbitraryChanges,
        (payload, changes) => {
          const { type, version, body } = bodyOf(payload);
          const changed = change(byte(type) + body, changes);
          kinds.add(expectSound(dump(version, changed.charCodeAt(0), changed.slice(1))));
        },
      ),
      { numRuns: 2 * numRuns },
    );
    expect(kinds).toEqual(new Set(['value', 'badValue']));
  });

  it('that was changed otherwise is known by its checksum', () => {
    fc.assert(
      fc.property(arbitraryRdbValue, arbitraryChanges, (value, changes) => {
        const payload = encodeDump(value, smallLimits)!;
        const changed = change(payload, changes);
        fc.pre(withoutZeros(changed) !== withoutZeros(payload));
        expect(decodeDump(changed)).toEqual({ kind: 'badFooter' });
      }),
      { numRuns: 1000 },
    );
  });

  /** A checksum that begins at zero does not see zeros at the beginning. */
  function withoutZeros(payload: Bytes): Bytes {
    return payload.slice(Array.from(payload).findIndex((character) => character !== '\0'));
  }

  it('that was cut off anywhere, with a right checksum, is refused', () => {
    for (const payload of handMade) {
      const { type, version, body } = bodyOf(payload);
      for (let end = 0; end < body.length; end++)
        expect(decodeDump(dump(version, type, body.slice(0, end))).kind).toBe('badValue');
    }
  });

  it('of random bytes is refused or read, whatever type it claims to be', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(9, 11, 12, 80),
        fc.nat(30),
        fc.array(telling, { maxLength: 30 }).map((parts) => parts.join('')),
        (version, type, bytes) => {
          expectSound(dump(version, type, bytes));
          expectSound(dump(version, type, string(bytes)));
        },
      ),
      { numRuns: 2 * numRuns },
    );
  });

  it.each([
    ['nothing', '', 'badFooter'],
    ['less than a footer', '123456789', 'badFooter'],
    ['a footer alone', dump(9, 0, '').slice(1), 'badValue'],
    ['a version to come', dump(13, 0, string('v')), 'badFooter'],
    ['a version between two families', dump(79, 0, string('v')), 'badFooter'],
    ['a later version of Valkey', dump(81, 0, string('v')), 'badFooter'],
    ['no value', dump(9, 0, ''), 'badValue'],
    ['bytes behind the value', dump(9, 0, `${string('v')}!`), 'badValue'],
    ['a module', dump(9, 7, length(1) + length(0)), 'badValue'],
    ['a set of nothing', dump(9, 2, length(0)), 'badValue'],
    ['a stream of nothing', dump(9, 15, length(0).repeat(5)), 'value'],
  ])('%s', (_, payload, kind) => {
    expect(decodeDump(payload).kind).toBe(kind);
  });
});

describe('what is true to the form and yet wrong', () => {
  const node = (...elements: Bytes[]): Bytes =>
    length(1) + string(bigEndian(1, 8) + bigEndian(1, 8)) + string(listpack(...elements)) + length(1);
  const lastId = length(9) + length(0);
  const entry = [byte(2), byte(0), byte(0), packed('v'), byte(4)];
  const head = [byte(1), byte(0), byte(1), packed('f'), byte(0)];
  const group = (rest: Bytes): Bytes => length(0) + length(0) + lastId + length(1) + string('g') + lastId + rest;
  const pending = bigEndian(1, 8) + bigEndian(1, 8) + littleEndian(0, 8) + length(1);
  const consumer = (name: Bytes, ...ids: Bytes[]): Bytes =>
    string(name) + littleEndian(0, 8) + length(ids.length) + ids.join('');

  it.each([
    ['a member twice', 2, length(2) + string('a') + string('a'), 'a member of a set is there twice'],
    ['a member twice, in two forms', 2, length(2) + string('5') + byte(0xc0, 5), 'is there twice'],
    ['a field twice', 4, length(2) + string('aa') + string('b') + string('aa') + string('c'), 'is there twice'],
    ['a member with two scores', 5, length(2) + (string('a') + littleEndian(0, 8)).repeat(2), 'is there twice'],
    [
      'a score that is no number',
      5,
      length(1) + string('a') + littleEndian(0x7ff8n << 48n, 8),
      'a score is not a number',
    ],
    ['a score that is no number, as a text', 3, length(1) + string('a') + byte(253), 'a score is not a number'],
    ['a score of letters', 3, length(1) + string('a') + byte(3) + '0x1', 'a score is not a number: text="0x1"'],
    ['a score of letters in a listpack', 17, string(listpack(packed('a'), packed('b'))), 'text="b"'],
    ['a member without a score', 17, string(listpack(packed('a'))), 'has nothing that belongs to it'],
    ['a field without a value', 13, string(ziplist('a')), 'has nothing that belongs to it'],
    ['an intset out of order', 11, string(intset(2, 5, 4)), 'an intset is not in order'],
    ['an intset of a width', 11, string(littleEndian(3, 4) + littleEndian(0, 4)), 'width=3'],
    ['an intset with more', 11, string(`${intset(2, 5)}!`), 'followed by bytes'],
    ['an intset with less', 11, string(intset(2, 5).slice(0, -1)), 'ends too early'],
    ['a node of a kind', 18, length(1) + length(3) + string(listpack(packed('a'))), 'a kind that is not known: kind=3'],
    ['a listpack of another length', 16, string(`${listpack(packed('a'), packed('b'))}!`), 'not as long as it says'],
    ['a listpack that goes on', 16, string(littleEndian(9, 4) + '\x02\0\xff\0\xff'), 'followed by bytes'],
    [
      'a listpack of another count',
      20,
      string(listpack(packed('a')).replace('\x01\0', '\x02\0')),
      'not as many elements',
    ],
    ['a wrong length behind', 20, string(listpack(packed('a')).replace('\x02\xff', '\x03\xff')), 'wrong length behind'],
    ['a form of an element', 20, string(listpack(byte(0xf5))), 'a form that is not known: byte=245'],
    ['a ziplist of another length', 10, string(`${ziplist('a')}!`), 'not as long as it says'],
    ['a ziplist of another count', 10, string(ziplist('a').replace('\x01\0', '\x02\0')), 'not as many entries'],
    [
      'a ziplist with another last entry',
      10,
      string(ziplist('a', 'b').replace('\x0d', '\x0a')),
      'its last entry elsewhere',
    ],
    [
      'a wrong length before',
      10,
      string(ziplist('a', 'b').replace('\x03\x01b', '\x02\x01b')),
      'wrong length of an entry before',
    ],
    ['a form of an entry', 10, string(ziplist('a').replace('\x01a', '\xf0a')), 'ends too early'],
    [
      'an unknown form of an entry',
      10,
      string(ziplist(5).replace('\xf6', '\xc8')),
      'a form that is not known: byte=200',
    ],
    ['a zipmap of another count', 9, string(zipmap(0, ['a', 'b']).replace('\x01', '\x02')), 'not as many fields'],
    ['a zipmap without a value', 9, string('\x01\x01a\xff\xff'), 'ends behind a field without a value'],
    ['a zipmap that goes on', 9, string(`${zipmap(0, ['a', 'b'])}!`), 'followed by bytes'],
    ['a stream with a short id', 15, length(1) + string('123') + string(listpack()), 'has no id'],
    ['a stream with a negative count', 15, node(packedInteger(-1), ...head.slice(1)), 'a count that is none: value=-1'],
    [
      'a stream with a text for a count',
      15,
      node(packed('x'), ...head.slice(1)),
      'a string where an integer should be',
    ],
    ['a stream with a strange beginning', 15, node(...head.slice(0, 4), byte(9)), 'does not begin as it should'],
    ['a stream with too many entries', 15, node(...head, ...entry, ...entry), 'more elements than it should'],
    ['a stream with too few entries', 15, node(...head), 'a form that is not known: byte=255'],
    ['a stream with a wrong entry', 15, node(...head, ...entry.slice(0, 4), byte(5)), 'not as long as it says'],
    [
      'a stream out of order',
      15,
      node(byte(2), ...head.slice(1), ...entry, ...entry) + lastId + length(0),
      'not in order',
    ],
    ['a stream that ends below', 15, node(...head, ...entry) + length(0) + length(0) + length(0), 'above its last id'],
    [
      'a group twice',
      15,
      length(0) + length(0) + lastId + length(2) + (string('g') + lastId + length(0) + length(0)).repeat(2),
      'a group of a stream is there twice',
    ],
    [
      'a pending entry twice',
      15,
      group(length(2) + pending + pending + length(0)),
      'a pending entry of a stream is there twice',
    ],
    ['a pending entry of nobody', 15, group(length(1) + pending + length(0)), 'has no consumer'],
    [
      'a consumer twice',
      15,
      group(length(0) + length(2) + consumer('c') + consumer('c')),
      'a consumer of a stream is there twice',
    ],
    [
      'a consumer with what is not pending',
      15,
      group(length(0) + length(1) + consumer('c', bigEndian(1, 16))),
      'not pending, or not for it alone',
    ],
    [
      'two consumers with the same',
      15,
      group(
        length(1) + pending + length(2) + consumer('c', pending.slice(0, 16)) + consumer('d', pending.slice(0, 16)),
      ),
      'not pending, or not for it alone',
    ],
  ])('%s', (_, type, value, reason) => {
    const outcome = decodeDump(dump(11, type, value));
    expect(outcome).toMatchObject({ kind: 'badValue' });
    expect(outcome.kind === 'badValue' && outcome.reason).toContain(reason);
  });
});

describe('a claim to be large', () => {
  const huge = [2 ** 31, 2 ** 32 - 1, 2 ** 40, 2n ** 63n, 2n ** 64n - 1n];

  it('allocates nothing and ends at once', () => {
    for (const count of huge) {
      for (const type of [1, 2, 3, 4, 5, 14, 15, 18, 19, 21])
        expect(decodeDump(dump(11, type, length(count))).kind).toBe('badValue');
      expect(decodeDump(dump(11, 0, length(count) + 'x')).kind).toBe('badValue');
      for (const compressedLength of [3, count])
        expect(decodeDump(dump(11, 0, byte(0xc3) + length(compressedLength) + length(count) + '\x00ab')).kind).toBe(
          'badValue',
        );
      expect(() => readChunks(toBuffer(file(11, key(1, 'k', length(count)))))).toThrow(RdbFormatError);
      expect(() => readChunks(toBuffer(file(11, key(7, 'k', length(5) + length(5) + length(count)))))).toThrow(
        RdbFormatError,
      );
    }
  });

  it('is believed of a compressed string only as far as there can be so much in it', () => {
    const honest = compressedString({ byte: 'r', times: 1 + 264 * 1000 });
    expect(decodeDump(dump(11, 0, honest))).toEqual({
      kind: 'value',
      value: { kind: 'string', value: 'r'.repeat(1 + 264 * 1000) },
    });
    expect(decodeDump(dump(11, 0, byte(0xc3) + length(3) + length(265) + '\xe0\xff\0'))).toEqual({
      kind: 'badValue',
      reason: 'a compressed string cannot be as long as it says: length=265',
    });
  });

  it.each([
    ['a run of literals beyond its end', '\x02ab', 3],
    ['a reference before its start', '\x00a\x20\x01', 4],
    ['a reference cut off', '\x00a\x20', 4],
    ['a long reference cut off', '\x00a\xe0\x05', 4],
    ['more than it says', '\x02abc', 2],
    ['less than it says', '\x02abc', 4],
    ['a reference beyond what it says', '\x00a\x20\x00', 2],
  ])('%s', (_, input, textLength) => {
    const payload = dump(11, 0, byte(0xc3) + length(input.length) + length(textLength) + input);
    expect(decodeDump(payload)).toEqual({ kind: 'badValue', reason: 'a compressed string is damaged' });
  });
});

describe('what it may take in memory', () => {
  const count = 3000;
  const small = packed('');
  const listpackOf = (element: Bytes): Bytes => string(listpack(...Array.from({ length: count }, () => element)));
  const texts = (of: (index: number) => Bytes): Bytes => Array.from({ length: count }, (_, i) => of(i)).join('');
  const streamNode =
    string(bigEndian(1, 16)) +
    string(
      listpack(
        ...[packedInteger(count), byte(0), byte(0), byte(0)],
        ...Array.from({ length: count }, (_, i) => [byte(2), packedInteger(i), byte(0), byte(3)]).flat(),
      ),
    );

  it.each([
    ['a list', 1, length(count) + texts(() => string(''))],
    ['a ziplist', 10, string(ziplist(...Array.from({ length: count }, () => '')))],
    ['a list of ziplists', 14, length(1) + string(ziplist(...Array.from({ length: count }, () => '')))],
    ['a list of listpacks', 18, length(1) + length(2) + listpackOf(small)],
    ['a list of plain nodes', 18, length(count) + texts(() => length(1) + string(''))],
    ['a set', 2, length(count) + texts((i) => string(String(i)))],
    ['an intset', 11, string(intset(2, ...Array.from({ length: count }, (_, i) => i)))],
    ['a listpack of a set', 20, string(listpack(...Array.from({ length: count }, (_, i) => packedInteger(i))))],
    ['a sorted set', 5, length(count) + texts((i) => string(String(i)) + littleEndian(0, 8))],
    ['a hash', 4, length(count) + texts((i) => string(String(i)) + string(''))],
    ['a zipmap', 9, string(zipmap(0, ...Array.from({ length: count }, (_, i) => [String(i), ''] as const)))],
    ['a stream', 15, length(1) + streamNode + length(count) + length(9999) + length(0) + length(0)],
    ['a compressed string', 0, compressedString({ byte: 'r', times: 40 * count })],
  ])('bounds %s', (_, type, value) => {
    const sealed = checkDump(dump(11, type, value))!;
    expect(decodeSealed(sealed, new MemoryBudget(40 * count - 1))).toEqual({
      kind: 'badValue',
      reason: 'a value takes more memory than it may',
    });
    expect(decodeSealed(sealed, new MemoryBudget(400 * count)).kind).toBe('value');
  });
});

describe('a file', () => {
  it('that was changed is refused or read, however it is cut', () => {
    const items = fc.array(
      fc.tuple(fc.nat(2), arbitraryRdbValue).map(([name, value]) => {
        const { type, version, body } = bodyOf(encodeDump(value, smallLimits)!);
        return version === 80 ? key(0, String(name), string('v')) : key(type, String(name), body);
      }),
      { maxLength: 5 },
    );
    let whole = 0;
    fc.assert(
      fc.property(items, arbitraryChanges, fc.integer({ min: 1, max: 200 }), (keys, changes, chunkBytes) => {
        const body = byte(254, 1) + keys.join('');
        const bytes = toBuffer(`REDIS0011${change(body, changes)}\xff${'\0'.repeat(8)}`);
        const outcomes = [bytes.length, chunkBytes].map((size) => {
          try {
            return readChunks(bytes, size);
          } catch (error) {
            expect(error).toBeInstanceOf(RdbFormatError);
            return String(error);
          }
        });
        expect(outcomes[1]).toEqual(outcomes[0]);
        if (typeof outcomes[0] !== 'string') whole++;
      }),
      { numRuns },
    );
    expect(whole).toBeGreaterThan(10);
  });

  it('of random bytes is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
        expect(() => readChunks(toBuffer(`REDIS0011${fromBuffer(bytes)}`))).toThrow(RdbFormatError);
      }),
      { numRuns },
    );
  });
});
