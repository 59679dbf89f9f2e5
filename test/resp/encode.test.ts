import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble } from '../../src/resp/double.ts';
import { encode, encodePieces } from '../../src/resp/encode.ts';
import { byteStringLengthMax } from '../../src/resp/bytes.ts';
import { int64Max, int64Min, parseInteger } from '../../src/resp/integer.ts';
import { error, nullArray, ok, shared, type Reply } from '../../src/resp/reply.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import { arbitraryReply, inResp2, inResp3 } from '../support/arbitrary-reply.ts';

function decode(text: string, chunkLength = text.length): Reply[] {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (let at = 0; at < text.length; at += chunkLength) {
    parser.push(Buffer.from(text.slice(at, at + chunkLength), 'latin1'));
    for (let next = parser.next(); next !== undefined; next = parser.next()) replies.push(next.reply);
  }
  return replies;
}

describe('encode', () => {
  it.each([
    [2, inResp2],
    [3, inResp3],
  ] as const)('writes in RESP%i what the reply parser reads back, however it is cut', (protocol, comesBack) => {
    fc.assert(
      fc.property(fc.array(arbitraryReply, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (replies, chunk) => {
        const text = replies.map((reply) => encode(reply, protocol)).join('');
        expect(decode(text, chunk)).toEqual(replies.map(comesBack));
      }),
    );
  });

  it('writes the same in pieces', () => {
    fc.assert(
      fc.property(arbitraryReply, fc.constantFrom(2 as const, 3 as const), (reply, protocol) => {
        expect(encodePieces(reply, protocol).join('')).toBe(encode(reply, protocol));
      }),
    );
    const values = ['x'.repeat(3_000_000), ...Array.from({ length: 50 }, (_, i) => String(i).repeat(40_000)), ''];
    const pieces = encodePieces({ kind: 'map', items: values }, 3);
    expect(pieces.join('')).toBe(encode({ kind: 'map', items: values }, 3));
    expect(pieces).toContain(values[0]);
    expect(Math.max(...pieces.slice(2).map((piece) => piece.length))).toBeLessThanOrEqual(1024 * 1024);
  });

  it('writes in pieces what is too long for one string', () => {
    const value = 'x'.repeat(byteStringLengthMax);
    expect(() => encode([value, value], 2)).toThrow(RangeError);
    const lengths = encodePieces([value, value], 2).map((piece) => piece.length);
    expect(lengths).toEqual(['*2\r\n$536870888\r\n'.length, value.length, 14, value.length, 2]);
  });

  it.each<[Reply, string, string]>([
    [ok, '+OK\r\n', '+OK\r\n'],
    [error('ERR a\r\nb'), '-ERR a  b\r\n', '-ERR a  b\r\n'],
    [null, '$-1\r\n', '_\r\n'],
    [nullArray, '*-1\r\n', '_\r\n'],
    ['', '$0\r\n\r\n', '$0\r\n\r\n'],
    [-1, ':-1\r\n', ':-1\r\n'],
    [int64Max, ':9223372036854775807\r\n', ':9223372036854775807\r\n'],
    [true, ':1\r\n', '#t\r\n'],
    [{ kind: 'double', value: 3.1 }, '$3\r\n3.1\r\n', ',3.1\r\n'],
    [{ kind: 'bigNumber', digits: '123' }, '$3\r\n123\r\n', '(123\r\n'],
    [{ kind: 'verbatim', format: 'txt', text: 'hi' }, '$2\r\nhi\r\n', '=6\r\ntxt:hi\r\n'],
    [{ kind: 'map', items: ['a', 1] }, '*2\r\n$1\r\na\r\n:1\r\n', '%1\r\n$1\r\na\r\n:1\r\n'],
    [false, ':0\r\n', '#f\r\n'],
    [int64Min, ':-9223372036854775808\r\n', ':-9223372036854775808\r\n'],
    [[], '*0\r\n', '*0\r\n'],
    [[[], [null]], '*2\r\n*0\r\n*1\r\n$-1\r\n', '*2\r\n*0\r\n*1\r\n_\r\n'],
    [{ kind: 'set', items: ['a'] }, '*1\r\n$1\r\na\r\n', '~1\r\n$1\r\na\r\n'],
    [{ kind: 'push', items: ['a'] }, '*1\r\n$1\r\na\r\n', '>1\r\n$1\r\na\r\n'],
    [{ kind: 'double', value: -Infinity }, '$4\r\n-inf\r\n', ',-inf\r\n'],
    [
      { kind: 'pushes', items: [['a'], [1, null]] },
      '*1\r\n$1\r\na\r\n*2\r\n:1\r\n$-1\r\n',
      '>1\r\n$1\r\na\r\n>2\r\n:1\r\n_\r\n',
    ],
    [shared({ kind: 'push', items: ['a'] }), '*1\r\n$1\r\na\r\n', '>1\r\n$1\r\na\r\n'],
    [{ kind: 'withPush', reply: 2, push: ['a'] }, ':2\r\n', ':2\r\n>1\r\n$1\r\na\r\n'],
    [{ kind: 'attributed', attributes: ['a', 1], reply: 2 }, ':2\r\n', '|1\r\n$1\r\na\r\n:1\r\n:2\r\n'],
  ])('writes reply %#', (reply, resp2, resp3) => {
    expect([encode(reply, 2), encode(reply, 3)]).toEqual([resp2, resp3]);
    expect([2, 3].map((protocol) => encodePieces(reply, protocol as 2 | 3).join(''))).toEqual([resp2, resp3]);
  });

  it('writes a shared reply out once for each protocol', () => {
    let written = 0;
    const items: Reply[] = [];
    Object.defineProperty(items, 0, { enumerable: true, get: () => String(++written) });
    const reply = shared(items);
    expect([encode(reply, 2), encode(reply, 3), encode([reply, reply], 2)]).toEqual([
      '*1\r\n$1\r\n1\r\n',
      '*1\r\n$1\r\n2\r\n',
      '*2\r\n*1\r\n$1\r\n1\r\n*1\r\n$1\r\n1\r\n',
    ]);
  });
});

describe('formatDouble', () => {
  // Printed by Valkey 8.0.1 for `ZSCORE` in RESP3.
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [3, '3'],
    [0.1, '0.1'],
    [0.3, '0.3'],
    [0.3333333333333333, '0.3333333333333333'],
    [-0.6666666666666666, '-0.6666666666666666'],
    [123.456, '123.456'],
    [1.23456e-7, '1.23456e-7'],
    [0.001, '0.001'],
    [0.0001, '0.0001'],
    [0.00001, '0.00001'],
    [0.000001, '0.000001'],
    [1e-7, '1e-7'],
    [1.5e-7, '1.5e-7'],
    [1e-8, '1e-8'],
    [0.00012345, '1.2345e-4'],
    [100, '100'],
    [1e15, '1000000000000000'],
    [1e16, '10000000000000000'],
    [1e17, '100000000000000000'],
    [1e18, '1000000000000000000'],
    [5e15, '5000000000000000'],
    [9007199254740991, '9007199254740991'],
    [9007199254740992, '9007199254740992'],
    [4611686018427387904, '4611686018427387904'],
    [-4611686018427387904, '-4611686018427387904'],
    [4611686018427388928, '4611686018427389000'],
    [1e19, '1e+19'],
    [1e20, '1e+20'],
    [1e21, '1e+21'],
    [1e22, '1e+22'],
    [123456789012345680000, '123456789012345680000'],
    [12345678.9, '12345678.9'],
    [1.5e300, '1.5e+300'],
    [1e100, '1e+100'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [2.2250738585072014e-308, '2.2250738585072014e-308'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [1234567.125, '1234567.125'],
    [0.1e-5, '0.000001'],
    [12345678901234.5, '12345678901234.5'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('prints %d', (value, text) => {
    expect(formatDouble(value)).toBe(text);
  });

  it('prints what reads back as the same double', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(Number(formatDouble(value))).toBe(value);
      }),
    );
  });
});

describe('parseInteger', () => {
  it('accepts every signed 64-bit integer in its canonical form and nothing else', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 2n * int64Min, max: 2n * int64Max }), (value) => {
        const inRange = value >= int64Min && value <= int64Max;
        const parsed = parseInteger(String(value));
        expect(parsed === undefined ? undefined : BigInt(parsed)).toBe(inRange ? value : undefined);
        expect(typeof parsed === 'number' && !Number.isSafeInteger(parsed)).toBe(false);
      }),
    );
    for (const text of ['', '-', '+1', ' 1', '1 ', '01', '-0', '-01', '1.0', '0x1', '1e3', '\x001', '--1', '१']) {
      expect(parseInteger(text)).toBeUndefined();
    }
  });
});
