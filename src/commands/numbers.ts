/** Numbers among the arguments. */
import type { ByteString } from '../resp/bytes.ts';
import { int64Max, int64Min, narrow, parseInteger } from '../resp/integer.ts';
import { CommandError, notAnInteger } from './command-error.ts';

/** A signed 64-bit integer: a `number` where that is exact. */
export function integerOf(bytes: ByteString): number | bigint {
  const value = parseInteger(bytes);
  if (value === undefined) throw new CommandError(notAnInteger);
  return value;
}

/** An integer in this range. */
export function boundedIntegerOf(bytes: ByteString, min: number, max: number, message: string = notAnInteger): number {
  const value = parseInteger(bytes);
  if (value === undefined || value < min || value > max) throw new CommandError(message);
  return Number(value);
}

/** An integer in this range, as exact as a double can hold it, refused as `getRangeLongFromObjectOrReply` of Valkey's `object.c` does. */
export function rangedIntegerOf(
  bytes: ByteString,
  { min, max }: { min: number | bigint; max: number | bigint },
): number {
  const value = integerOf(bytes);
  if (value < min || value > max) {
    throw new CommandError(`ERR value is out of range, value must between ${min} and ${max}`);
  }
  return Number(value);
}

export const int32 = { min: -(2 ** 31), max: 2 ** 31 - 1 };

/** The sum of two signed 64-bit integers: one too. */
export function sumOf(one: number | bigint, other: number | bigint): number | bigint {
  const sum = typeof one === 'number' && typeof other === 'number' ? one + other : NaN;
  if (Number.isSafeInteger(sum)) return sum;
  const exact = BigInt(one) + BigInt(other);
  if (exact < int64Min || exact > int64Max) throw new CommandError('ERR increment or decrement would overflow');
  return narrow(exact);
}

/** A timeout in milliseconds; its end must still be a time. */
export function timeoutMsOf(bytes: ByteString, nowMs: number): number {
  const timeoutMs = parseInteger(bytes);
  if (timeoutMs === undefined) throw new CommandError('ERR timeout is not an integer or out of range');
  if (timeoutMs < 0) throw new CommandError('ERR timeout is negative');
  if (timeoutMs > int64Max - BigInt(nowMs)) throw new CommandError('ERR timeout is out of range');
  return Number(timeoutMs);
}
