import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesGlob } from '../../src/commands/glob.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer } from '../support/reference-server.ts';

const letter = fc.constantFrom('a', 'b', 'c', 'd', 'B', '*', '[', ']', '^', '-', '\\', '\xff', '\0');
const subject = fc.string({ unit: letter, maxLength: 8 });

/** What a pattern means, beside how it is written. */
interface Piece {
  readonly written: string;
  /** `undefined`: a star. */
  readonly test: ((char: string) => boolean) | undefined;
}

const literal = letter.map((char): Piece => ({ written: `\\${char}`, test: (other) => other === char }));
const member = fc.oneof(
  letter.map((char) => ({ written: `\\${char}`, test: (other: string) => other === char })),
  fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('a', 'b', 'c')).map(([from, to]) => ({
    written: `${from}-${to}`,
    test: (other: string) => (from <= other && other <= to) || (to <= other && other <= from),
  })),
);
const charClass = fc
  .record({ negated: fc.boolean(), members: fc.array(member, { maxLength: 3 }) })
  .map(({ negated, members }): Piece => ({
    written: `[${negated ? '^' : ''}${members.map(({ written }) => written).join('')}]`,
    test: (char) => members.some(({ test }) => test(char)) !== negated,
  }));
const piece = fc.oneof(
  { weight: 3, arbitrary: literal },
  charClass,
  fc.constant<Piece>({ written: '?', test: () => true }),
  { weight: 2, arbitrary: fc.constant<Piece>({ written: '*', test: undefined }) },
);

/** By trying every possibility. */
function naive(pieces: readonly Piece[], text: string): boolean {
  const [first, ...rest] = pieces;
  if (first === undefined) return text === '';
  if (first.test === undefined) return naive(rest, text) || (text !== '' && naive(pieces, text.slice(1)));
  return text !== '' && first.test(text.charAt(0)) && naive(rest, text.slice(1));
}

describe('matchesGlob', () => {
  it('matches as the search through all possibilities does', () => {
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 7 }), subject, (pieces, text) => {
        const pattern = pieces.map(({ written }) => written).join('');
        const expected = text === '' ? pieces.length === 0 : naive(pieces, text);
        expect(matchesGlob(pattern, text), JSON.stringify([pattern, text])).toBe(expected);
      }),
      { numRuns: 5000 },
    );
  });

  it.each([
    ['[a-]x]', 'x', true],
    ['[a-]', ']', true],
    ['[abc', 'b', true],
    ['[^abc', 'b', false],
    ['[', '[', false],
    ['[^', 'a', true],
    ['\\', '\\', true],
    ['a\\', 'a\\', true],
    ['[\\', '\\', true],
    ['[z-a]', 'm', true],
    ['**', '', false],
    ['a**', 'a', true],
    ['[\x80-\xff]', '\xe9', true],
    ['a*[^b]', 'a', false],
  ])('%o matches %o: %s', (pattern, text, expected) => {
    expect(matchesGlob(pattern, text)).toBe(expected);
  });

  it('can look away from case', () => {
    expect(matchesGlob('MAX*[A-C]', 'maxb', { nocase: true })).toBe(true);
    expect(matchesGlob('MAX*', 'maxb')).toBe(false);
  });

  it('is done soon with patterns made to be slow', () => {
    const text = 'a'.repeat(10_000);
    expect(matchesGlob('a*'.repeat(500) + 'b', text)).toBe(false);
    expect(matchesGlob('*'.repeat(10_000) + 'a'.repeat(100) + 'b', text)).toBe(false);
    expect(matchesGlob(`[${'b-c'.repeat(1000)}`, text)).toBe(false);
    expect(matchesGlob('?'.repeat(10_000), text)).toBe(true);
  });
});

/** Ranges between a byte below 128 and one above are left out: there a real server depends on its processor. */
const anyPattern = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', 'b', 'c', '*', '?', '[', ']', '^', '-', '\\'), maxLength: 8 }),
  fc
    .array(fc.constantFrom('*', '?', '[abc]', '[^a]', '[c-a]', '[^B-a]', '[]', '[^]', '[a', 'a', '\\*', '\\', '\xff'), {
      maxLength: 5,
    })
    .map((parts) => parts.join('')),
);

describe.skipIf(!hasReferenceServer)('patterns mean what they mean to a real server', () => {
  it('in KEYS', async () => {
    const server = await startReferenceServer();
    const client = await RawClient.connect(server.port);
    try {
      await fc.assert(
        fc.asyncProperty(
          fc.uniqueArray(subject, { minLength: 1, maxLength: 100 }),
          fc.array(anyPattern, { maxLength: 100 }),
          async (keys, patterns) => {
            await client.call('FLUSHALL');
            await client.pipeline(keys.map((key) => ['SET', key, '']));
            const found = await client.pipeline(patterns.map((pattern) => ['KEYS', pattern]));
            for (const [index, pattern] of patterns.entries()) {
              const ours = keys.filter((key) => pattern === '*' || matchesGlob(pattern, key));
              expect([...(found[index] as string[])].sort(), JSON.stringify(pattern)).toEqual(ours.sort());
            }
          },
        ),
      );
    } finally {
      client.close();
      await server.stop();
    }
  });
});
