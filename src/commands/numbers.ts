/** Numbers among the arguments. */
import type { ByteString } from '../resp/bytes.ts';
import { int64Max, parseInteger } from '../resp/integer.ts';
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

/** A timeout in milliseconds; its end must still be a time. */
export function timeoutMsOf(bytes: ByteString, nowMs: number): number {
  const timeoutMs = parseInteger(bytes);
  if (timeoutMs === undefined) throw new CommandError('ERR timeout is not an integer or out of range');
  if (timeoutMs < 0) throw new CommandError('ERR timeout is negative');
  if (timeoutMs > int64Max - BigInt(nowMs)) throw new CommandError('ERR timeout is out of range');
  return Number(timeoutMs);
}
