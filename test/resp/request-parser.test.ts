import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestParser, type ParserLimits } from '../../src/resp/request-parser.ts';
import { mutatedRequests } from '../support/hostile-requests.ts';
import { parseNaively } from '../support/naive-request-parser.ts';

const generous: ParserLimits = { bulkLengthMax: 512 * 1024 * 1024, queryBufferBytesMax: 2 ** 30, authenticated: true };

function encodeRequest(words: readonly string[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${word.length}\r\n${word}\r\n`).join('')}`;
}

/** All commands, and at last the error if there is one. The chunks are overwritten once the parser is done with them. */
function parseAll(chunks: readonly string[], limits: Partial<ParserLimits> = {}): (string[] | string)[] {
  const parser = new RequestParser({ ...generous, ...limits });
  const found: (string[] | string)[] = [];
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk, 'latin1');
    parser.push(bytes);
    for (;;) {
      const next = parser.next();
      if (next === undefined) break;
      if ('kind' in next) return [...found, next.message];
      found.push(next);
    }
    bytes.fill(0xaa);
  }
  return found;
}

function cut(text: string, at: readonly number[]): string[] {
  const places = [...new Set(at.map((place) => place % (text.length + 1)))].sort((a, b) => a - b);
  const chunks: string[] = [];
  let start = 0;
  for (const place of [...places, text.length]) {
    if (place > start) chunks.push(text.slice(start, place));
    start = place;
  }
  return chunks;
}

const word = fc.oneof(
  { weight: 5, arbitrary: fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 20 }) },
  fc.constantFrom('GET', 'get', 'SET', '\r\n', '*1\r\n$4\r\nPING\r\n', 'x'.repeat(40_000)),
);
const commands = fc.array(fc.array(word, { minLength: 1, maxLength: 5 }), { maxLength: 8 });
const cuts = fc.array(fc.nat(200_000), { maxLength: 20 });

describe('RequestParser', () => {
  it('finds the same commands however the bytes are cut', () => {
    fc.assert(
      fc.property(commands, cuts, (expected, at) => {
        expect(parseAll(cut(expected.map(encodeRequest).join(''), at))).toEqual(expected);
      }),
    );
  });

  it('finds the same commands byte by byte, and when it is asked late', () => {
    const expected = [
      ['SET', 'key', 'a\r\nb'],
      ['GET', ''],
      ['MGET', 'x'.repeat(100), 'y'],
    ];
    const text = expected.map(encodeRequest).join('');
    expect(parseAll(Array.from(text))).toEqual(expected);
    const parser = new RequestParser(generous);
    for (const byte of text) {
      const chunk = Buffer.from(byte, 'latin1');
      parser.push(chunk);
      parser.detach();
      chunk.fill(0);
    }
    expect([parser.next(), parser.next(), parser.next(), parser.next()]).toEqual([...expected, undefined]);
  });

  it('gathers a large value in linear time and bounded memory', () => {
    const value = 'v'.repeat(64 * 1024 * 1024);
    const text = encodeRequest(['SET', 'key', value]);
    const chunks: string[] = [];
    for (let at = 0; at < text.length; at += 16_384) chunks.push(text.slice(at, at + 16_384));
    const parser = new RequestParser(generous);
    let found: unknown;
    let bufferedMax = 0;
    for (const chunk of chunks) {
      parser.push(Buffer.from(chunk, 'latin1'));
      found = parser.next();
      bufferedMax = Math.max(bufferedMax, parser.bufferedBytes);
    }
    expect((found as string[])[2]?.length).toBe(value.length);
    expect(bufferedMax).toBeLessThanOrEqual(text.length);
    expect(parser.bufferedBytes).toBe(0);
  });

  it('allocates nothing for a length that is only announced', () => {
    const parser = new RequestParser(generous);
    parser.push(Buffer.from('*1000000\r\n$500000000\r\nx'));
    expect(parser.next()).toBeUndefined();
    expect(parser.bufferedBytes).toBeLessThan(100);
  });

  it('reads inline commands with quotes, and skips empty lines and empty arrays', () => {
    expect(parseAll(['\r\n\n*0\r\n*-1\r\n  set "a b" \'it\\\'s\' "\\x41\\n\\q" plain \r\nPING\n'])).toEqual([
      ['set', 'a b', "it's", 'A\nq', 'plain'],
      ['PING'],
    ]);
    expect(parseAll(['set a ""\r\n'])).toEqual([['set', 'a', '']]);
  });

  it.each([
    ['*x\r\n', 'invalid multibulk length'],
    ['*3x\r\n', 'invalid multibulk length'],
    ['*\r\n', 'invalid multibulk length'],
    ['*+1\r\n', 'invalid multibulk length'],
    ['*2147483648\r\n', 'invalid multibulk length'],
    ['*99999999999999999999\r\n', 'invalid multibulk length'],
    ['*1\r\n:1\r\n', "expected '$', got ':'"],
    ['*1\r\nGET\r\n', "expected '$', got 'G'"],
    ['*1\r\n\r\n', "expected '$', got ' '"],
    ['*1\r\n\nx\r\n', "expected '$', got ' '"],
    ['*1\r\n\xff\r\n', "expected '$', got '\xff'"],
    ['*01\r\n', 'invalid multibulk length'],
    ['*-0\r\n', 'invalid multibulk length'],
    ['*-9223372036854775809\r\n', 'invalid multibulk length'],
    ['*1\r\n$03\r\n', 'invalid bulk length'],
    ['*1\r\n$-0\r\n', 'invalid bulk length'],
    ['*1\r\n$ 1\r\n', 'invalid bulk length'],
    ['*1\r\n$x\r\n', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$99999999999999999999\r\n', 'invalid bulk length'],
    [`*${'1'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(70_000)}`, 'too big bulk count string'],
    ['x'.repeat(70_000), 'too big inline request'],
    [`${'x'.repeat(70_000)}\r\n`, 'too big inline request'],
    [`*1\0\r\n${'x'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n\0\r\n${'x'.repeat(70_000)}`, 'too big bulk count string'],
    [`a\0\r\n${'x'.repeat(70_000)}`, 'too big inline request'],
    ['set "a\r\n', 'unbalanced quotes in request'],
    ['set "a"b\r\n', 'unbalanced quotes in request'],
    ["set 'a\r\n", 'unbalanced quotes in request'],
    ["set 'a'b\r\n", 'unbalanced quotes in request'],
  ])('refuses %j', (text, message) => {
    expect(parseAll(['PING\r\n', text])).toEqual([['PING'], `Protocol error: ${message}`]);
    expect(parseAll(cut(text, [1, 2, 3, 5]))).toEqual([`Protocol error: ${message}`]);
  });

  it.each<[string, string[][]]>([
    ['*1\r\n$4\r\nPINGxxPING\r\n', [['PING'], ['PING']]],
    ['*1\rx$4\rxPINGxxPING\r\n', [['PING'], ['PING']]],
    ['*-9223372036854775808\r\nPING\r\n', [['PING']]],
    ['  \r\n*1\r\n$4\r\nPING\r\n', [['PING']]],
    ['\r\r\n\n PING\r\r\n', [['PING']]],
    ['echo a\vb\f\r\n', [['echo', 'a\vb\f']]],
    ['\vecho "a"\vb\r\n', [['echo', 'a', 'b']]],
    ['echo a"b c" \'d\\"\' "\\xg1\\x4" \xa0\r\n', [['echo', 'ab c', 'd\\"', 'xg1x4', '\xa0']]],
    ['*1\r\n$4\0\r\nPING\r\n', []],
    ['echo a\0b\r\nPING\r\n', []],
  ])('tolerates what Valkey tolerates: %j', (text, expected) => {
    expect(parseAll([text])).toEqual(expected);
    expect(parseAll(Array.from(text))).toEqual(expected);
  });

  it('finds what a naive parser finds in whatever bytes, however they are cut', () => {
    fc.assert(
      fc.property(mutatedRequests, cuts, fc.boolean(), (text, at, authenticated) => {
        const expected = parseNaively(text, { ...generous, authenticated });
        expect(parseAll(cut(text, at), { authenticated })).toEqual(expected);
      }),
      { numRuns: 3000 },
    );
  });

  it('agrees with the naive parser about lines around the limit of their length', () => {
    for (const start of ['', '*', '*1\r\n$', '*1\r\n']) {
      for (const end of ['\r\n', '\r', '\n', '']) {
        for (let length = 65_534; length <= 65_539; length++) {
          const text = start + '1'.repeat(length) + end;
          const expected = parseNaively(text, generous);
          expect(parseAll([text])).toEqual(expected);
          expect(parseAll(cut(text, [3, 65_535, 65_536, 65_537, 65_538]))).toEqual(expected);
        }
      }
    }
  });

  it('is asked at any time: between pushes, late, and with chunks that are taken back', () => {
    const step = fc.constantFrom('push', 'push', 'next', 'detach');
    fc.assert(
      fc.property(commands, cuts, fc.array(step, { maxLength: 60 }), (expected, at, steps) => {
        const parser = new RequestParser(generous);
        const chunks = cut(expected.map(encodeRequest).join(''), at).map((chunk) => Buffer.from(chunk, 'latin1'));
        const found: unknown[] = [];
        let lent: Buffer | undefined;
        const takeBack = (): void => void lent?.fill(0xaa);
        const push = (): void => {
          // The chunk before has to be given back before it may be used for the next one.
          parser.detach();
          takeBack();
          lent = chunks.shift();
          if (lent !== undefined) parser.push(lent);
        };
        const next = (): boolean => {
          const command = parser.next();
          if (command !== undefined) found.push(command);
          else takeBack();
          return command !== undefined;
        };
        for (const name of steps) {
          if (name === 'push') push();
          else if (name === 'next') next();
          else parser.detach();
        }
        while (chunks.length > 0) push();
        while (next());
        expect(found).toEqual(expected);
        expect(parser.bufferedBytes).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  it('ends a large value where it ends, wherever the bytes behind it are cut', () => {
    for (const length of [32_766, 32_767, 32_768, 32_769, 100_000]) {
      const expected = [
        ['SET', 'key', 'v'.repeat(length)],
        ['GET', 'k'],
      ];
      const text = expected.map(encodeRequest).join('');
      const end = encodeRequest(expected[0]!).length;
      for (let place = end - 4; place <= end + 2; place++) {
        expect(parseAll(cut(text, [place]))).toEqual(expected);
        expect(parseAll(cut(text, [place, place + 1]))).toEqual(expected);
        expect(parseAll(cut(text, [1000, place, place + 2]))).toEqual(expected);
      }
    }
  });

  it('takes a chunk when the one before is used up, though nobody asked for more', () => {
    const parser = new RequestParser(generous);
    for (const value of ['one', 'two', 'six']) {
      parser.push(Buffer.from(encodeRequest(['ECHO', value])));
      expect(parser.next()).toEqual(['ECHO', value]);
    }
  });

  it('is linear byte by byte: a value of 4 MB, a line without an end, and commands that nobody asks for', () => {
    // Quadratic work would take hours here.
    const value = 'v'.repeat(4 * 1024 * 1024);
    const parser = new RequestParser(generous);
    const byte = Buffer.alloc(1);
    let found: unknown;
    for (const code of Buffer.from(encodeRequest(['SET', 'key', value]))) {
      byte[0] = code;
      parser.push(byte);
      found = parser.next();
    }
    expect((found as string[])[2]).toBe(value);
    const lazy = new RequestParser(generous);
    for (let i = 0; i < 4 * 1024 * 1024; i++) {
      byte[0] = i % 6 === 5 ? 10 : 97;
      lazy.push(byte);
      lazy.detach();
    }
    let count = 0;
    while (lazy.next() !== undefined) count++;
    expect(count).toBe(Math.floor((4 * 1024 * 1024) / 6));
  });

  it('counts what an unfinished command costs, also where its words are empty', () => {
    const parser = new RequestParser({ ...generous, queryBufferBytesMax: 1024 * 1024 });
    parser.push(Buffer.from(`*1000000\r\n${'$0\r\n\r\n'.repeat(40_000)}`));
    expect(parser.next()).toEqual({
      kind: 'protocolError',
      message: 'Protocol error: query buffer limit exceeded',
      silent: true,
    });
    expect(parser.bufferedBytes).toBe(0);
  });

  it('heeds limits that change', () => {
    const limits: ParserLimits = { ...generous };
    const parser = new RequestParser(limits);
    const next = (text: string): unknown => {
      parser.push(Buffer.from(text));
      return parser.next();
    };
    expect(next(encodeRequest(['ECHO', 'x'.repeat(100)]))).toHaveLength(2);
    limits.bulkLengthMax = 10;
    expect(next(encodeRequest(['ECHO', 'x'.repeat(10)]))).toHaveLength(2);
    expect(next(encodeRequest(['ECHO', 'x'.repeat(11)]))).toMatchObject({
      message: 'Protocol error: invalid bulk length',
      silent: false,
    });
  });

  it('never takes words that are longer than a string can be', () => {
    expect(parseAll(['*1\r\n$536870889\r\n'], { bulkLengthMax: 2 ** 40 })).toEqual([
      'Protocol error: invalid bulk length',
    ]);
  });

  it('stays in error', () => {
    const parser = new RequestParser(generous);
    parser.push(Buffer.from('*x\r\n'));
    const error = parser.next();
    parser.push(Buffer.from('PING\r\n'));
    expect(parser.next()).toBe(error);
  });

  it('holds clients short that have not authenticated', () => {
    const limits = { authenticated: false };
    expect(parseAll(['*11\r\n'], limits)).toEqual(['Protocol error: unauthenticated multibulk length']);
    expect(parseAll(['*1\r\n$16385\r\n'], limits)).toEqual(['Protocol error: unauthenticated bulk length']);
    expect(parseAll([encodeRequest(['AUTH', 'x'.repeat(16_384)])], limits)).toHaveLength(1);
  });

  it('bounds the bytes of an unfinished command', () => {
    const words = encodeRequest(Array.from({ length: 100 }, () => 'x'.repeat(100))).slice(0, -10);
    expect(parseAll(cut(words, [1000, 5000]), { queryBufferBytesMax: 4000 })).toEqual([
      'Protocol error: query buffer limit exceeded',
    ]);
  });

  it('never throws, and consumes or waits, whatever it is fed', () => {
    const piece = fc.oneof(
      fc.constantFrom('*', '$', '\r\n', '\n', '"', "'", '1', '-1', '0', '*1\r\n$1\r\nx\r\n', '\\x4', ' ', '\0'),
      fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 40 }), cuts, (pieces, at) => {
        const text = pieces.join('');
        expect(parseAll(cut(text, at))).toEqual(parseAll([text]));
      }),
      { numRuns: 2000 },
    );
  });
});
