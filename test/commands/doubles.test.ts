import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CommandError } from '../../src/commands/command-error.ts';
import { doubleOf, looseDoubleOf } from '../../src/commands/doubles.ts';

/** `0x1.8p3`: all bits of a double, as C prints them with `%a`. */
function hexadecimal(value: number): string {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  const bits = view.getBigUint64(0);
  const exponent = Number((bits >> 52n) & 0x7ffn);
  const fraction = (bits & 0xfffffffffffffn).toString(16).padStart(13, '0');
  const sign = bits >> 63n === 0n ? '' : '-';
  return exponent === 0 ? `${sign}0x0.${fraction}p-1022` : `${sign}0x1.${fraction}p${exponent - 1023}`;
}

function read(text: string): number | 'refused' {
  try {
    return doubleOf(text);
  } catch (cause) {
    expect(cause).toBeInstanceOf(CommandError);
    return 'refused';
  }
}

describe('a double', () => {
  it('comes back from its digits, decimal or hexadecimal', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
        expect(doubleOf(String(value))).toBe(value === 0 ? 0 : value);
        expect(doubleOf(value.toExponential())).toBe(value === 0 ? 0 : value);
        expect(doubleOf(hexadecimal(value))).toBe(value);
      }),
      { numRuns: 2000 },
    );
  });

  it.each([
    ['1', 1],
    ['-1', -1],
    ['+1', 1],
    ['007', 7],
    ['-0', -0],
    ['.5', 0.5],
    ['5.', 5],
    ['1e3', 1000],
    ['1E+3', 1000],
    ['9223372036854775807', 2 ** 63],
    ['99999999999999999999', 1e20],
    ['inf', Infinity],
    ['+INF', Infinity],
    ['-Infinity', -Infinity],
    ['5e-324', 5e-324],
    ['0e9999', 0],
    ['0.000e-9999', 0],
    ['0x', 'refused'],
    ['0x10', 16],
    ['0X.8p1', 1],
    ['-0xA', -10],
    ['0x1p-1074', 5e-324],
    ['0x0p9999', 0],
    // Halfway between two doubles: to the even one.
    ['0x1.00000000000008p0', 1],
    ['0x1.00000000000008000001p0', 1 + 2 ** -52],
    ['0x1.8p-1075', 5e-324],
    ['0x1.fffffffffffffp1023', Number.MAX_VALUE],
    ['0x1p1024', 'refused'],
    ['0x1p-1075', 'refused'],
    ['0x1p99999999999999999999', 'refused'],
    [`0x1${'0'.repeat(2000)}`, 'refused'],
    ['1e309', 'refused'],
    ['-1e309', 'refused'],
    ['1e-400', 'refused'],
    ['nan', 'refused'],
    ['', 'refused'],
    [' 1', 'refused'],
    ['1 ', 'refused'],
    ['1e', 'refused'],
    ['.', 'refused'],
    ['--1', 'refused'],
    ['1_000', 'refused'],
    ['0b1', 'refused'],
    ['1\0', 'refused'],
  ])('%j is %d', (text, value) => {
    expect(read(text)).toBe(value);
  });

  it.each([
    ['', 0],
    [' \t\n1', 1],
    ['1e309', Infinity],
    ['-1e309', -Infinity],
    ['1e-400', 0],
    ['0x1p-1075', 0],
    ['0x1p1024', Infinity],
  ])('read loosely, %j is %d', (text, value) => {
    expect(looseDoubleOf(text, 'ERR')).toBe(value);
  });

  it.each([' ', '1 ', 'nan', 'x', '(1'])('%j is none, read loosely', (text) => {
    expect(() => looseDoubleOf(text, 'ERR no')).toThrow('ERR no');
  });
});
