/**
 * The `long double` of x86-64 that Valkey computes INCRBYFLOAT with: 64 bits of mantissa, 15 of exponent. JavaScript
 * has nothing wider than a double, and 0.1 + 0.2 must print as 0.3. Numbers are mantissa · 2^exponent, exact, rounded
 * to the nearest even after each operation.
 */

/** A finite number, or an infinity where `exponent` is Infinity. */
export interface LongDouble {
  /** At most 64 bits, with a sign. */
  readonly mantissa: bigint;
  readonly exponent: number;
}

const mantissaBits = 64;
/** The largest and the smallest power of two of a mantissa's last bit. */
const exponentMax = 16_383 - (mantissaBits - 1);
const exponentMin = -16_382 - (mantissaBits - 1);
/** Exponents beyond these are out of range, whatever the digits: never compute them. */
const decimalExponentMax = 5000;
const binaryExponentMax = 17_000;
const textLengthMax = 5 * 1024;

export function isFinite(value: LongDouble): boolean {
  return value.exponent !== Infinity;
}

/** The nearest double, or one beside it; an infinity where it is too large. */
export function toDouble({ mantissa, exponent }: LongDouble): number {
  return Number(mantissa) * 2 ** exponent;
}

/** As `strtold` on all of the text; `undefined` where it is no number, NaN, or out of range. */
export function parseLongDouble(text: string): LongDouble | undefined {
  if (text.length === 0 || text.length >= textLengthMax) return undefined;
  if (/^[+-]?inf(inity)?$/i.test(text)) return { mantissa: text.startsWith('-') ? -1n : 1n, exponent: Infinity };
  const value = parseDecimal(text) ?? parseHexadecimal(text);
  return value === 'zero' ? { mantissa: 0n, exponent: 0 } : inRange(value);
}

type Parsed = LongDouble | 'zero' | undefined;

/** What rounds to infinity or, other than a zero, to nothing is refused. */
function inRange(value: LongDouble | undefined): LongDouble | undefined {
  return value !== undefined && isFinite(value) && value.mantissa !== 0n ? value : undefined;
}

function parseDecimal(text: string): Parsed {
  const match = /^([+-]?)(?:(\d+)\.?(\d*)|\.(\d+))(?:e([+-]?\d+))?$/i.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', onlyFraction = '', exponentText = '0'] = match;
  const fractionDigits = fraction + onlyFraction;
  const digits = BigInt(whole + fractionDigits);
  if (digits === 0n) return 'zero';
  const exponent = Number(exponentText) - fractionDigits.length;
  if (Math.abs(exponent) > decimalExponentMax + textLengthMax) return undefined;
  const signed = sign === '-' ? -digits : digits;
  return exponent >= 0 ? round(signed * 10n ** BigInt(exponent), 1n) : round(signed, 10n ** BigInt(-exponent));
}

/** C writes them as `0x1.8p-3`: hexadecimal digits times a power of two. */
function parseHexadecimal(text: string): Parsed {
  const match = /^([+-]?)0x(?:([\da-f]+)\.?([\da-f]*)|\.([\da-f]+))(?:p([+-]?\d+))?$/i.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', onlyFraction = '', exponentText = '0'] = match;
  const fractionDigits = fraction + onlyFraction;
  const digits = BigInt(`0x${whole}${fractionDigits}`);
  if (digits === 0n) return 'zero';
  const exponent = Number(exponentText) - 4 * fractionDigits.length;
  if (Math.abs(exponent) > binaryExponentMax + 4 * textLengthMax) return undefined;
  const signed = sign === '-' ? -digits : digits;
  return exponent >= 0 ? round(signed << BigInt(exponent), 1n) : round(signed, 1n << BigInt(-exponent));
}

export function add(a: LongDouble, b: LongDouble): LongDouble {
  const exponent = Math.min(a.exponent, b.exponent);
  const sum = (a.mantissa << BigInt(a.exponent - exponent)) + (b.mantissa << BigInt(b.exponent - exponent));
  return exponent >= 0 ? round(sum << BigInt(exponent), 1n) : round(sum, 1n << BigInt(-exponent));
}

/** As `%.17Lf` without zeros at the end. */
export function format({ mantissa, exponent }: LongDouble): string {
  const scaled = mantissa * 10n ** 17n;
  const rounded = exponent >= 0 ? scaled << BigInt(exponent) : divideToEven(scaled, 1n << BigInt(-exponent));
  const negative = rounded < 0n;
  const digits = (negative ? -rounded : rounded).toString().padStart(18, '0');
  const fraction = digits.slice(-17).replace(/0+$/, '');
  const text = digits.slice(0, -17) + (fraction === '' ? '' : `.${fraction}`);
  return negative ? `-${text}` : text;
}

/** The nearest long double to a fraction with a positive denominator. */
function round(numerator: bigint, denominator: bigint): LongDouble {
  if (numerator === 0n) return { mantissa: 0n, exponent: 0 };
  const magnitude = numerator < 0n ? -numerator : numerator;
  let exponent = Math.max(bitLength(magnitude) - bitLength(denominator) - mantissaBits, exponentMin);
  for (;;) {
    const shifted = numerator * (exponent < 0 ? 1n << BigInt(-exponent) : 1n);
    const mantissa = divideToEven(shifted, denominator << BigInt(Math.max(exponent, 0)));
    if (bitLength(mantissa < 0n ? -mantissa : mantissa) > mantissaBits) {
      exponent++;
      continue;
    }
    return exponent > exponentMax
      ? { mantissa: numerator < 0n ? -1n : 1n, exponent: Infinity }
      : { mantissa, exponent };
  }
}

function divideToEven(numerator: bigint, denominator: bigint): bigint {
  const negative = numerator < 0n;
  const magnitude = negative ? -numerator : numerator;
  let quotient = magnitude / denominator;
  const twice = (magnitude % denominator) * 2n;
  if (twice > denominator || (twice === denominator && (quotient & 1n) === 1n)) quotient++;
  return negative ? -quotient : quotient;
}

function bitLength(value: bigint): number {
  const hexadecimal = value.toString(16);
  return value === 0n ? 0 : (hexadecimal.length - 1) * 4 + (32 - Math.clz32(parseInt(hexadecimal[0] as string, 16)));
}
