import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RequestParser, type ParserLimits } from '../../src/resp/request-parser.ts';

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
    expect(parseAll([...text])).toEqual(expected);
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
    ['*1\r\n$x\r\n', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length'],
    ['*1\r\n$99999999999999999999\r\n', 'invalid bulk length'],
    [`*${'1'.repeat(70_000)}`, 'too big mbulk count string'],
    [`*1\r\n$${'1'.repeat(70_000)}`, 'too big bulk count string'],
    ['x'.repeat(70_000), 'too big inline request'],
    ['set "a\r\n', 'unbalanced quotes in request'],
    ['set "a"b\r\n', 'unbalanced quotes in request'],
    ["set 'a\r\n", 'unbalanced quotes in request'],
    ["set 'a'b\r\n", 'unbalanced quotes in request'],
  ])('refuses %j', (text, message) => {
    expect(parseAll(['PING\r\n', text])).toEqual([['PING'], `Protocol error: ${message}`]);
    expect(parseAll(cut(text, [1, 2, 3, 5]))).toEqual([`Protocol error: ${message}`]);
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
