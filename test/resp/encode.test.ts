import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatDouble } from '../../src/resp/double.ts';
import { encode } from '../../src/resp/encode.ts';
import { int64Max, int64Min, parseInteger } from '../../src/resp/integer.ts';
import { error, nullArray, ok, type Reply } from '../../src/resp/reply.ts';
import { ReplyError, ReplyParser } from '../../src/resp/reply-parser.ts';

const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 12 });
const line = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });

const { reply: arbitraryReply } = fc.letrec<{ reply: Reply }>((tie) => ({
  reply: fc.oneof(
    { maxDepth: 4 },
    bytes,
    fc.constantFrom<Reply>(null, true, false, ok, nullArray),
    fc.maxSafeInteger(),
    fc.record({ kind: fc.constant('error' as const), text: line }),
    fc.record({ kind: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
    fc.record({ kind: fc.constant('verbatim' as const), format: fc.constant('txt'), text: bytes }),
    fc.array(tie('reply'), { maxLength: 4 }),
    fc.record({
      kind: fc.constantFrom('set' as const, 'push' as const),
      items: fc.array(tie('reply'), { maxLength: 3 }),
    }),
    fc
      .array(fc.tuple(tie('reply'), tie('reply')), { maxLength: 3 })
      .map((pairs): Reply => ({ kind: 'map', items: pairs.flat() })),
  ),
}));

function decode(text: string, chunkLength = text.length): Reply[] {
  const parser = new ReplyParser();
  const replies: Reply[] = [];
  for (let at = 0; at < text.length; at += chunkLength) {
    parser.push(Buffer.from(text.slice(at, at + chunkLength), 'latin1'));
    for (let next = parser.next(); next !== undefined; next = parser.next()) replies.push(next.reply);
  }
  return replies;
}

/** What is left of a reply in RESP3 when it comes back: nulls are of one kind there. */
function normalize(reply: Reply): Reply {
  if (reply === null || typeof reply !== 'object') return reply;
  if (Array.isArray(reply)) return reply.map(normalize);
  const tagged = reply as Exclude<typeof reply, readonly Reply[]>;
  if (tagged.kind === 'nullArray') return null;
  return 'items' in tagged ? { ...tagged, items: tagged.items.map(normalize) } : reply;
}

describe('encode', () => {
  it('writes in RESP3 what the reply parser reads back, however it is cut', () => {
    fc.assert(
      fc.property(fc.array(arbitraryReply, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (replies, chunk) => {
        const text = replies.map((reply) => encode(reply, 3)).join('');
        expect(decode(text, chunk)).toEqual(replies.map(normalize));
      }),
    );
  });

  it('writes in RESP2 nothing but its five types', () => {
    fc.assert(
      fc.property(arbitraryReply, (reply) => {
        const onlyResp2 = (found: Reply): boolean =>
          found === null ||
          typeof found !== 'object' ||
          (Array.isArray(found)
            ? found.every(onlyResp2)
            : ['simple', 'error', 'nullArray'].includes((found as { kind: string }).kind));
        const [found, ...rest] = decode(encode(reply, 2));
        expect(rest).toEqual([]);
        expect(onlyResp2(found!)).toBe(true);
        expect(typeof found).not.toBe('boolean');
      }),
    );
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
    [{ kind: 'attributed', attributes: ['a', 1], reply: 2 }, ':2\r\n', '|1\r\n$1\r\na\r\n:1\r\n:2\r\n'],
  ])('writes reply %#', (reply, resp2, resp3) => {
    expect([encode(reply, 2), encode(reply, 3)]).toEqual([resp2, resp3]);
  });

  it('refuses replies that are no RESP, or nested without end', () => {
    for (const text of ['x\r\n', '$-2\r\n', '*x\r\n', '%99999999999999\r\n']) {
      expect(() => decode(text)).toThrow(ReplyError);
    }
    expect(() => decode('*1\r\n'.repeat(10_000))).toThrow('nested too deeply');
  });
});

describe('formatDouble', () => {
  it.each([
    [0, '0'],
    [-0, '-0'],
    [1, '1'],
    [-1.5, '-1.5'],
    [0.1, '0.1'],
    [1 / 3, '0.3333333333333333'],
    [1e21, '1e+21'],
    [1e-7, '1e-7'],
    [123456789012345680000, '123456789012345680000'],
    [1.7976931348623157e308, '1.7976931348623157e+308'],
    [5e-324, '5e-324'],
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
