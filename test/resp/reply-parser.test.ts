import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encode } from '../../src/resp/encode.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { ReplyError, ReplyParser } from '../../src/resp/reply-parser.ts';
import { arbitraryReply } from '../support/arbitrary-reply.ts';

function parse(chunks: Iterable<string>): Reply[] {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (const chunk of chunks) {
    const bytes = Buffer.from(chunk, 'latin1');
    parser.push(bytes);
    for (let next = parser.next(); next !== undefined; next = parser.next()) replies.push(next.reply);
    bytes.fill(0xaa);
  }
  return replies;
}

/** The replies, or the message of the error. */
function outcome(chunks: Iterable<string>): Reply[] | string {
  try {
    return parse(chunks);
  } catch (error) {
    if (error instanceof ReplyError) return error.message;
    throw error;
  }
}

describe('ReplyParser', () => {
  it.each<[string, Reply]>([
    [':-0\r\n', 'not an integer: text="-0"'],
    ['!5\r\nERR x\r\n', { kind: 'error', text: 'ERR x' }],
    [',1e+30\r\n', { kind: 'double', value: 1e30 }],
    [',-nan\r\n', { kind: 'double', value: NaN }],
    [
      '|1\r\n+ttl\r\n:3600\r\n$1\r\nv\r\n',
      {
        kind: 'attributed',
        attributes: [{ kind: 'simple', text: 'ttl' }, 3600],
        reply: 'v',
      },
    ],
    [
      '|0\r\n*1\r\n|0\r\n:1\r\n',
      {
        kind: 'attributed',
        attributes: [],
        reply: [{ kind: 'attributed', attributes: [], reply: 1 }],
      },
    ],
    ['+a\0b\r\n', { kind: 'simple', text: 'a\0b' }],
    ['*-1\r\n', { kind: 'nullArray' }],
    ['$-1\r\n', null],
  ])('reads %j', (text, expected) => {
    const found = outcome([text]);
    expect(typeof found === 'string' ? found : found[0]).toEqual(expected);
    expect(outcome(text)).toEqual(found);
  });

  it.each([
    'x\r\n',
    '\r\n',
    '$-2\r\n',
    '$x\r\n',
    '$\r\n',
    '*x\r\n',
    '*-2\r\n',
    '%-1\r\n',
    '%99999999999999\r\n',
    '$536870889\r\n',
    '$99999999999999999999\r\n',
    '$1\r\nabc',
    ':\r\n',
    ':1.5\r\n',
    ':9223372036854775808\r\n',
    '#x\r\n',
    '_x\r\n',
    ',\r\n',
    ',1e\r\n',
    ',Infinity\r\n',
    ',0x10\r\n',
    '(1.5\r\n',
    '=3\r\ntxt\r\n',
    '+a\rb\r\n',
    `+${'x'.repeat(1024 * 1024 + 2)}`,
  ])('refuses %j, and whatever follows', (text) => {
    const parser = new ReplyParser();
    parser.push(Buffer.from(text, 'latin1'));
    expect(() => parser.next()).toThrow(ReplyError);
    parser.push(Buffer.from('+OK\r\n'));
    expect(() => parser.next()).toThrow(ReplyError);
  });

  it.each(['*1\r\n', '%1\r\n', '|0\r\n', '|1\r\n:1\r\n:1\r\n', '~2\r\n:1\r\n'])(
    'refuses %j nested without end, in bounded space',
    (text) => {
      expect(outcome([text.repeat(100_000)])).toBe('reply is nested too deeply');
      expect(parse([text.repeat(100)])).toEqual([]);
    },
  );

  it('allocates nothing for what is only announced', () => {
    expect(parse(['*536870888\r\n', '%500000000\r\n', '$536870888\r\n', 'x'])).toEqual([]);
  });

  it('is linear byte by byte: a value of 4 MB, and an array of 300,000 items', () => {
    // Quadratic work would take hours here.
    const value = 'v'.repeat(4 * 1024 * 1024);
    expect(parse(encode(['a', value], 3))).toEqual([['a', value]]);
    const items = Array.from({ length: 300_000 }, (_, i) => i);
    expect(parse(encode(items, 3))).toEqual([items]);
  });

  it('finds the same in whatever bytes, however they are cut, and throws nothing but its own error', () => {
    const char = fc.oneof(fc.constantFrom(...Array.from('*$+-:_#,(!=%~>|0123\r\n')), fc.constant('\r\n'));
    const mutation = fc.tuple(fc.nat(100), fc.nat(2), fc.oneof(char, fc.constant('')));
    const cuts = fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(arbitraryReply, { maxLength: 3 }),
        fc.array(mutation, { maxLength: 3 }),
        cuts,
        (replies, mutations, lengths) => {
          let text = replies.map((reply) => encode(reply, 3)).join('');
          for (const [at, removed, inserted] of mutations) {
            text = text.slice(0, at) + inserted + text.slice(at + removed);
          }
          const chunks: string[] = [];
          for (let at = 0, i = 0; at < text.length; i++) {
            const length = lengths[i % lengths.length]!;
            chunks.push(text.slice(at, at + length));
            at += length;
          }
          expect(outcome(chunks)).toEqual(outcome([text]));
        },
      ),
      { numRuns: 2000 },
    );
  });
});
