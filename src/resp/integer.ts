/**
 * Integers in the protocol and in strings: signed 64-bit decimals in their one canonical form, as Valkey's
 * `string2ll` accepts them: no space, no plus, no leading zero, no `-0`.
 */
import type { ByteString } from './bytes.ts';

export const int64Min = -(2n ** 63n);
export const int64Max = 2n ** 63n - 1n;

/** The integer: a `number` where that is exact, else a `bigint`; `undefined` where it is none. */
export function parseInteger(bytes: ByteString): number | bigint | undefined {
  const { length } = bytes;
  const negative = bytes.charCodeAt(0) === 45;
  const start = negative ? 1 : 0;
  const first = bytes.charCodeAt(start);
  if (first === 48) return length === 1 ? 0 : undefined;
  if (length - start > 19 || length === start) return undefined;
  let value = 0;
  for (let i = start; i < length; i++) {
    const digit = bytes.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return undefined;
    value = value * 10 + digit;
  }
  // Every step below 2^53 was exact, and rounding leads no larger number below it.
  if (value <= Number.MAX_SAFE_INTEGER) return negative ? -value : value;
  const exact = BigInt(bytes);
  if (exact < int64Min || exact > int64Max) return undefined;
  return narrow(exact);
}

/** The same integer as a `number` where that is exact. */
export function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
