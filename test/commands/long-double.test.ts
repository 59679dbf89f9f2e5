import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { add, format, isFinite, parseLongDouble } from '../../src/commands/long-double.ts';
import { RawClient } from '../support/raw-client.ts';
import { hasReferenceServer, startReferenceServer } from '../support/reference-server.ts';

function sum(a: string, b: string): string | undefined {
  const [left, right] = [parseLongDouble(a), parseLongDouble(b)];
  if (left === undefined || right === undefined) return undefined;
  const result = isFinite(left) && isFinite(right) ? add(left, right) : undefined;
  return result === undefined || !isFinite(result) ? 'not finite' : format(result);
}

describe('long doubles', () => {
  it.each([
    ['0.1', '0.2', '0.3'],
    ['10.5', '0.1', '10.6'],
    ['5.0e3', '2.0e2', '5200'],
    ['3', '-3', '0'],
    ['-0', '0', '0'],
    ['-1e-30', '0', '0'],
    ['1e-17', '0', '0.00000000000000001'],
    ['18446744073709551615', '1', '18446744073709551616'],
    ['18446744073709551616', '1', '18446744073709551616'],
    ['0x1.8p1', '0x10', '19'],
    ['1e4932', '-1e4932', '0'],
    ['1.18e4932', '1.18e4932', 'not finite'],
    ['inf', '1', 'not finite'],
    ['-Infinity', '1', 'not finite'],
  ])('%s + %s = %s', (a, b, expected) => {
    expect(sum(a, b)).toBe(expected);
  });

  it.each([
    '',
    ' 1',
    '1 ',
    '+',
    '.',
    'e5',
    '1e',
    '0x',
    '0xg',
    '1e4933',
    '1e-5000',
    '1e999999999999',
    'nan',
    'NaN(1)',
    '1,5',
  ])('%o is none', (text) => {
    expect(parseLongDouble(text)).toBeUndefined();
  });

  it('read back what they print, where that has all digits', () => {
    const exact = fc.tuple(fc.bigInt({ min: -(2n ** 46n), max: 2n ** 46n }), fc.nat(16)).map(([whole, shift]) => {
      const text = format({ mantissa: whole, exponent: -shift });
      return { value: Number(whole) / 2 ** shift, text };
    });
    fc.assert(
      fc.property(exact, ({ value, text }) => {
        expect(Number(text)).toBe(value);
        expect(format(parseLongDouble(text)!)).toBe(text);
      }),
    );
  });

  it('agree with doubles where those are exact', () => {
    const quarter = fc.integer({ min: -(2 ** 40), max: 2 ** 40 }).map((value) => value / 4);
    fc.assert(
      fc.property(quarter, quarter, (a, b) => {
        expect(sum(String(a), String(b))).toBe(String(a + b === 0 ? 0 : a + b));
      }),
    );
  });

  it('are never slow, whatever the text', () => {
    for (const text of [
      '9'.repeat(5000),
      `0.${'0'.repeat(5000)}1`,
      `${'1'.repeat(2000)}e4000`,
      `1e-${'9'.repeat(5000)}`,
    ]) {
      sum(text, text);
    }
  });
});

const digits = (maxLength: number): fc.Arbitrary<string> => fc.string({ unit: fc.nat(9).map(String), maxLength });
const number = fc.oneof(
  fc.double({ noNaN: true }).map(String),
  fc.double({ min: -1e4, max: 1e4, noNaN: true }).map((value) => value.toFixed(2)),
  fc
    .tuple(fc.constantFrom('', '-', '+'), digits(25), fc.constantFrom('', '.'), digits(25))
    .map((parts) => parts.join('')),
  fc
    .tuple(digits(5), fc.constantFrom('.', ''), digits(5), fc.integer({ min: -5000, max: 5000 }))
    .map(([whole, point, fraction, exponent]) => `${whole}${point}${fraction}e${exponent}`),
  fc
    .tuple(fc.constantFrom('0x', '-0x', '0X'), fc.bigInt(0n, 2n ** 80n), fc.integer({ min: -16_500, max: 16_500 }))
    .map(([prefix, value, exponent]) => `${prefix}${value.toString(16)}p${exponent}`),
  // Halfway between two long doubles, and just beside.
  fc
    .tuple(fc.bigInt(2n ** 63n, 2n ** 64n - 1n), fc.nat(20), fc.constantFrom(-1n, 0n, 1n))
    .map(([mantissa, shift, by]) => ((mantissa * 2n + 1n) * 2n ** BigInt(shift + 40) + by).toString()),
);

describe.skipIf(!hasReferenceServer || process.arch !== 'x64')('INCRBYFLOAT is that of a real server on x86-64', () => {
  it('digit for digit', async () => {
    const server = await startReferenceServer();
    const client = await RawClient.connect(server.port);
    try {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 100 }), async (pairs) => {
          const replies = await client.pipeline(
            pairs.flatMap(([a, b]) => [
              ['SET', 'k', a],
              ['INCRBYFLOAT', 'k', b],
            ]),
          );
          for (const [index, [a, b]] of pairs.entries()) {
            const theirs = replies[2 * index + 1];
            const text = typeof theirs === 'object' && theirs !== null && 'kind' in theirs ? theirs : undefined;
            const refused =
              text?.kind === 'error' ? (/valid float/.test(text.text) ? undefined : 'not finite') : theirs;
            expect(sum(a, b), `${a} + ${b}`).toBe(refused);
          }
        }),
        { numRuns: 200 },
      );
    } finally {
      client.close();
      await server.stop();
    }
  });
});
