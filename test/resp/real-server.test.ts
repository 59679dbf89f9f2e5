/**
 * The parser against a real server: the same bytes lead to the same commands and to the same error, letter for letter.
 * Differences that are meant:
 * - after a line of white space alone Valkey 8.0 (not Redis 7.0) takes the next command for an inline one;
 * - a bulk string may be 24 bytes shorter than 512 MiB, V8's limit.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatDouble } from '../../src/resp/double.ts';
import { RequestParser } from '../../src/resp/request-parser.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import { isError, type Reply } from '../../src/resp/reply.ts';
import { mutatedRequests } from '../support/hostile-requests.ts';
import { realServerIsValkey, startRealServer, type RealServer } from '../support/real-server.ts';
import { hasReferenceServer } from '../support/reference-server.ts';

function parseReplies(text: string): Reply[] {
  const parser = new ReplyParser();
  parser.push(Buffer.from(text, 'latin1'));
  const replies: Reply[] = [];
  for (let next = parser.next(); next !== undefined; next = parser.next()) replies.push(next.reply);
  return replies;
}

/** What a server answers, with every error but those of the protocol in one form. */
function outline(replies: readonly Reply[]): Reply[] {
  return replies.map((reply) =>
    isError(reply) && !reply.text.startsWith('ERR Protocol error') ? { kind: 'error', text: 'ERR' } : reply,
  );
}

/** The same of a server that knows PING and ECHO alone. */
function expectedOutline(text: string, authenticated: boolean): Reply[] {
  const parser = new RequestParser({ bulkLengthMax: 2 ** 29, queryBufferBytesMax: 2 ** 30, authenticated });
  parser.push(Buffer.from(text, 'latin1'));
  const replies: Reply[] = [];
  for (;;) {
    const next = parser.next();
    if (next === undefined) return replies;
    if ('kind' in next) return [...replies, { kind: 'error', text: `ERR ${next.message}` }];
    replies.push(authenticated ? answer(next) : { kind: 'error', text: 'ERR' });
  }
}

function answer(words: readonly string[]): Reply {
  const name = words[0]!.toUpperCase();
  if (name === 'PING' && words.length === 1) return { kind: 'simple', text: 'PONG' };
  if ((name === 'ECHO' || name === 'PING') && words.length === 2) return words[1]!;
  return { kind: 'error', text: 'ERR' };
}

const onlyBlanks = /(^|\n)[ \t\v\f\r]+\n/;

describe.skipIf(!hasReferenceServer)('a real server', () => {
  let open: RealServer;
  let closed: RealServer;

  beforeAll(async () => {
    [open, closed] = await Promise.all([startRealServer(), startRealServer(['--requirepass', 'secret'])]);
  });

  afterAll(async () => {
    await Promise.all([open.stop(), closed.stop()]);
  });

  it.each([
    '*x\r\n',
    '*3x\r\n',
    '*\r\n',
    '*+1\r\n',
    '*01\r\n',
    '*-0\r\n',
    '* 1\r\n',
    '*2147483648\r\n',
    '*-9223372036854775808\r\nPING\r\n',
    '*-9223372036854775809\r\n',
    '*0\r\n*-1\r\n\r\n\nPING\r\n',
    '*1\r\n:1\r\n',
    '*1\r\nGET\r\n',
    '*1\r\n\rx\r\n',
    '*1\r\n\n\r\n',
    '*1\r\n\x85\r\n',
    '*1\r\n$x\r\n',
    '*1\r\n$-1\r\n',
    '*1\r\n$-0\r\n',
    '*1\r\n$04\r\n',
    '*1\r\n$536870913\r\n',
    '*1\r\n$4\0\r\nPING\r\n',
    '*1\rx$4\rxPINGxxPING\r\n',
    'echo a\0b\r\nPING\r\n',
    'echo a\vb\f\r\n',
    '\vecho "a"\v\r\n',
    'echo "a\r\n',
    'echo "a"b\r\n',
    "echo 'a\r\n",
    "echo 'a'b\r\n",
    'echo "\\"\r\n',
    'echo "\\x4g\\xg\\x41\\n\\q"\r\n',
    "echo a'\\'\\\"'\r\n",
    `*${'1'.repeat(66_000)}`,
    `*1\r\n$${'1'.repeat(66_000)}`,
    'x'.repeat(66_000),
  ])('answers %j alike', async (text) => {
    expect(outline(parseReplies(await open.exchange(text)))).toEqual(expectedOutline(text, true));
  });

  it.each(['*11\r\n', '*10\r\n', '*1\r\n$16385\r\n', '*1\r\n$16384\r\n', '*1\r\n$536870913\r\n', '*2147483648\r\n'])(
    'answers %j alike before authentication',
    async (text) => {
      expect(outline(parseReplies(await closed.exchange(text)))).toEqual(expectedOutline(text, false));
    },
  );

  it('answers whatever bytes alike', async () => {
    await fc.assert(
      fc.asyncProperty(mutatedRequests, async (text) => {
        fc.pre(!onlyBlanks.test(text));
        expect(outline(parseReplies(await open.exchange(text)))).toEqual(expectedOutline(text, true));
      }),
      { numRuns: 500 },
    );
  });

  it('prints doubles alike, but for those of which it prints more digits than needed', async () => {
    // Small sorted sets keep the score -0 as 0.
    const value = fc.oneof(
      fc.double({ noNaN: true }).filter((score) => !Object.is(score, -0)),
      fc.maxSafeInteger(),
      fc
        .tuple(fc.maxSafeInteger(), fc.integer({ min: -12, max: 12 }))
        .map(([a, power]) => (a === 0 ? 0 : a * 10 ** power)),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(value, { minLength: 50, maxLength: 50 }), async (values) => {
        const requests = values.map((score, index) => {
          const text = String(score).replace('Infinity', 'inf');
          return `ZADD scores ${text} member${index}\r\nZSCORE scores member${index}\r\n`;
        });
        const text = await open.exchange(`HELLO 3\r\nDEL scores\r\n${requests.join('')}`);
        const printed = text.split('\r\n').flatMap((line) => (line.startsWith(',') ? [line.slice(1)] : []));
        expect(printed).toHaveLength(values.length);
        for (const [index, score] of values.entries()) {
          const theirs = printed[index]!;
          if (formatDouble(score) === theirs) continue;
          expect(Number(theirs)).toBe(score);
          // Redis 7.0 prints all 17 digits, in another form.
          if (realServerIsValkey) expect(theirs.length).toBeGreaterThanOrEqual(formatDouble(score).length);
        }
      }),
      { numRuns: 20 },
    );
  });
});
