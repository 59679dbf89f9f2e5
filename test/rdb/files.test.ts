/** RDB files item by item: what each version has, what is passed over, and what is refused, at which byte. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RdbFileReader } from '../../src/rdb/file-reader.ts';
import { RdbFormatError } from '../../src/rdb/format-error.ts';
import { toBuffer } from '../../src/resp/bytes.ts';
import { bigEndian, byte, file, key, length, littleEndian, string, type Bytes } from '../support/rdb-builder.ts';
import { readChunks } from '../support/read-rdb.ts';

function read(bytes: Bytes, chunkBytes?: number): unknown[] {
  return readChunks(toBuffer(bytes), chunkBytes);
}

/** The number that stands for a module's type of this name. */
function moduleId(name: string, version: number): bigint {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  let id = 0n;
  for (const letter of name) id = (id << 6n) | BigInt(alphabet.indexOf(letter));
  return (id << 10n) | BigInt(version);
}

const everyPart =
  length(1) +
  length(7) +
  length(2) +
  length(2n ** 63n) +
  length(3) +
  'fltx' +
  length(4) +
  'doubledo' +
  length(5) +
  string('text');

const plain = { expireAt: undefined, idleSeconds: undefined, frequency: undefined };
const stringKey = (db: number, name: Bytes, value: Bytes): unknown => ({
  kind: 'key',
  db,
  key: name,
  value: { kind: 'string', value },
  ...plain,
});

describe('a file', () => {
  it('of Redis 1 has no checksum, and times in seconds', () => {
    const bytes = file(3, byte(254, 0), byte(253) + littleEndian(1_700_000_000, 4) + key(0, 'k', string('v')));
    expect(read(bytes)).toEqual([
      { kind: 'selectDb', db: 0 },
      { kind: 'key', db: 0, key: 'k', value: { kind: 'string', value: 'v' }, ...plain, expireAt: 1_700_000_000_000 },
      { kind: 'end' },
    ]);
  });

  it('of any later version may have facts, sizes, times and counts of use, and several databases', () => {
    const bytes = file(
      9,
      byte(250) + string('redis-ver') + string('5.0.7'),
      byte(250) + string('redis-bits') + byte(0xc0, 64),
      byte(254, 3) + byte(251) + length(2) + length(1),
      byte(252) +
        littleEndian(1_700_000_000_123, 8) +
        byte(248) +
        length(1000) +
        key(0, 'a', byte(0xc1) + littleEndian(-300, 2)),
      byte(252) + littleEndian(-1, 8) + byte(249, 200) + key(0, 'b', byte(0xc2) + littleEndian(70_000, 4)),
      byte(254) + length(300),
      key(0, '', string('')),
    );
    const expected = [
      { kind: 'aux', name: 'redis-ver', value: '5.0.7' },
      { kind: 'aux', name: 'redis-bits', value: '64' },
      { kind: 'selectDb', db: 3 },
      { kind: 'resizeDb', keys: 2, expiring: 1 },
      {
        kind: 'key',
        db: 3,
        key: 'a',
        value: { kind: 'string', value: '-300' },
        expireAt: 1_700_000_000_123,
        idleSeconds: 1000,
        frequency: undefined,
      },
      { kind: 'key', db: 3, key: 'b', value: { kind: 'string', value: '70000' }, ...plain, frequency: 200 },
      { kind: 'selectDb', db: 300 },
      stringKey(300, '', ''),
      { kind: 'end' },
    ];
    expect(read(bytes)).toEqual(expected);
    for (let chunkBytes = 1; chunkBytes < 40; chunkBytes++) expect(read(bytes, chunkBytes)).toEqual(expected);
  });

  it('of Valkey 9 begins otherwise, and may tell of slots', () => {
    const bytes = file(
      80,
      byte(243) + string('j'.repeat(40)) + length(2) + length(0) + length(5) + length(9) + length(16_383),
      byte(244) + length(5) + length(1) + length(0),
      key(0, 'k', string('v')),
    );
    expect(bytes.slice(0, 9)).toBe('VALKEY080');
    expect(read(bytes)).toEqual([{ kind: 'slots' }, { kind: 'slots' }, stringKey(0, 'k', 'v'), { kind: 'end' }]);
  });

  it('may have what only modules can read, and functions', () => {
    const module = length(moduleId('ReJSON-RL', 3));
    const bytes = file(
      11,
      byte(247) + module + length(2) + length(1) + everyPart + length(0),
      byte(245) + string('#!lua name=lib\n'),
      key(7, 'm', module + everyPart + length(0)),
      key(0, 'k', string('v')),
    );
    expect(read(bytes)).toEqual([
      { kind: 'moduleAux', module: 'ReJSON-RL' },
      { kind: 'function', code: '#!lua name=lib\n' },
      { kind: 'moduleKey', db: 0, key: 'm', module: 'ReJSON-RL' },
      stringKey(0, 'k', 'v'),
      { kind: 'end' },
    ]);
  });

  it('may have keys that hold nothing', () => {
    const bytes = file(9, key(1, 'list', length(0)), key(4, 'hash', length(0)), key(0, 'k', string('v')));
    expect(read(bytes)).toEqual([
      { kind: 'emptyKey', db: 0, key: 'list' },
      { kind: 'emptyKey', db: 0, key: 'hash' },
      stringKey(0, 'k', 'v'),
      { kind: 'end' },
    ]);
  });

  it('may have been saved without a checksum', () => {
    const bytes = file(9, key(0, 'k', string('v')));
    expect(read(bytes.slice(0, -8) + '\0'.repeat(8))).toHaveLength(2);
  });
});

describe('what is refused', () => {
  const good = file(9, byte(254, 0), key(0, 'k', string('v')), key(1, 'l', length(2) + string('a') + string('b')));

  it.each([
    ['no RDB file', 'PK\x03\x04 and so on', 'not an RDB file', 9],
    ['a version without digits', 'REDIS00x1' + good.slice(9), 'not an RDB file', 9],
    ['version 0', 'REDIS0000' + good.slice(9), 'a version that is not known: header=REDIS0000', 9],
    ['a later version of Redis', 'REDIS0013' + good.slice(9), 'a version that is not known: header=REDIS0013', 9],
    ['a later version of Valkey', 'VALKEY081' + good.slice(9), 'a version that is not known: header=VALKEY081', 9],
    ['a version of Redis as one of Valkey', 'VALKEY011' + good.slice(9), 'version that is not known', 9],
    ['a version of Valkey as one of Redis', 'REDIS0080' + good.slice(9), 'version that is not known', 9],
    ['another byte', good.replace('v', 'w'), 'its checksum is wrong', good.length],
    ['more behind the end', `${good}*1\r\n`, 'there is more behind its end', good.length],
    ['a type that is not known', file(9, key(0, 'k', string('v')), byte(99)), 'type that is not known: type=99', 15],
    ['a type of a later version', file(11, key(22, 'k', length(0))), 'type that is not known: type=22', 10],
    ['slots of an import before Valkey 9', file(11, byte(243)), 'type that is not known: type=243', 10],
    ['functions of a release candidate', file(10, byte(246)), 'before the release of Redis 7.0', 10],
    ['modules of a release candidate', file(8, key(6, 'k', '')), 'type that is not known: type=6', 10],
    ['a length that is none', file(9, byte(254, 0xc0)), 'no length where one should be: byte=192', 11],
    ['a string in an unknown form', file(9, byte(0, 0xc4)), 'a form that is not known: byte=196', 11],
    ['a string longer than any', file(9, byte(0, 0x80) + bigEndian(600_000_000, 4)), 'longer than any can be', 15],
    [
      'an unknown part of a module',
      file(9, key(7, 'k', length(1) + length(6))),
      'a kind that is not known: kind=6',
      14,
    ],
    ['a damaged value in a whole file', file(9, key(10, 'k', string('\x20\0\0\0'))), 'a value ends too early', 17],
  ])('%s', (_, bytes, message, offset) => {
    expect(() => read(bytes)).toThrow(RdbFormatError);
    expect(() => read(bytes)).toThrow(message);
    expect(() => read(bytes)).toThrow(new RegExp(`: offset=${offset}$`));
    expect(() => read(bytes, 1)).toThrow(message);
  });

  it('a file that is cut off, wherever', () => {
    for (let end = 0; end < good.length; end++)
      expect(() => read(good.slice(0, end)), `at ${end}`).toThrow(`it was cut off: offset=${end}`);
  });

  it('all that comes behind what was refused', () => {
    const reader = new RdbFileReader();
    reader.push(toBuffer('no RDB file, surely'));
    expect(() => reader.next()).toThrow('not an RDB file');
    reader.push(toBuffer(good));
    expect(() => reader.next()).toThrow('not an RDB file');
  });
});

describe('a value that comes in many chunks', () => {
  it('is not read again for each of them', () => {
    const elements = Array.from({ length: 200_000 }, (_, index) => string(String(index % 1000)));
    const bytes = file(9, key(1, 'l', length(elements.length) + elements.join('')), key(0, 'k', string('v')));
    // Were it read again for each of its 16000 chunks, this would take hours.
    expect(read(bytes, 48)).toHaveLength(3);
  });

  it('may be cut anywhere', () => {
    const value = length(40) + string('element').repeat(40);
    const bytes = file(9, ...Array.from({ length: 5 }, (_, index) => key(1, String(index), value)));
    const expected = read(bytes);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: bytes.length }), (chunkBytes) => {
        expect(read(bytes, chunkBytes)).toEqual(expected);
      }),
    );
  });
});
