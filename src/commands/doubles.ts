/**
 * Doubles among the arguments, read as C's `strtod` reads them in Valkey: in decimal or hexadecimal digits, or as
 * `inf` and `infinity` in any case. What is not a number is never one.
 */
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import { CommandError, notAFloat } from './command-error.ts';

/** All of the text, and nothing that overflows or vanishes (`string2d` of Valkey's `util.c`). */
export function doubleOf(bytes: ByteString, message: string = notAFloat): number {
  // Mostly it is an integer, which needs no more than a look at each digit.
  const integer = parseInteger(bytes);
  if (integer !== undefined) return Number(integer);
  const value = strtod(bytes);
  if (value === undefined || isOutOfRange(value, bytes)) throw new CommandError(message);
  return value;
}

/** Also with space before it, and what is too large is infinite; no text at all is zero. */
export function looseDoubleOf(bytes: ByteString, message: string): number {
  const value = bytes === '' ? 0 : strtod(bytes.replace(/^[ \t-\r]+/, ''));
  if (value === undefined) throw new CommandError(message);
  return value;
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i;
const hexadecimal = /^([+-]?)0x(?:([\da-f]+)\.?([\da-f]*)|\.([\da-f]+))(?:p([+-]?\d+))?$/i;
const infinity = /^([+-]?)inf(?:inity)?$/i;
const allZeros = /^[+-]?(?:0x)?[0.]+(?:[ep]|$)/i;

function isOutOfRange(value: number, text: string): boolean {
  if (value === 0) return !allZeros.test(text);
  return !Number.isFinite(value) && !infinity.test(text);
}

function strtod(text: string): number | undefined {
  if (decimal.test(text)) return Number(text);
  const sign = text.startsWith('-') ? -1 : 1;
  return infinity.test(text) ? sign * Infinity : hexadecimalOf(text);
}

/** Nobody writes longer ones, and what they cost grows with the square of their length. */
const hexadecimalLengthMax = 1024;
/** A power of two beyond which a double is infinite, and below whose inverse it is zero. */
const exponentMax = 1100;

/** C writes them as `0x1.8p-3`: hexadecimal digits times a power of two. */
function hexadecimalOf(text: string): number | undefined {
  const match = text.length > hexadecimalLengthMax ? null : hexadecimal.exec(text);
  if (match === null) return undefined;
  const [, minus = '', whole = '', fraction = '', onlyFraction = '', power = '0'] = match;
  const fractionDigits = fraction + onlyFraction;
  const digits = whole + fractionDigits;
  const exponent = Number(power) - 4 * fractionDigits.length;
  return (minus === '-' ? -1 : 1) * scaled(BigInt(`0x${digits}`), exponent, -exponentMax - 4 * digits.length);
}

/** A mantissa times a power of two, rounded once. */
function scaled(mantissa: bigint, exponent: number, exponentMin: number): number {
  if (mantissa === 0n || exponent < exponentMin) return 0;
  if (exponent > exponentMax) return Infinity;
  if (exponent >= 0) return Number(mantissa << BigInt(exponent));
  // A half is five tenths: in decimal digits it is exact, and JavaScript rounds those well.
  return Number(`${mantissa * 5n ** BigInt(-exponent)}e${exponent}`);
}
