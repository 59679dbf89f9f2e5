/** The options EX, PX, EXAT and PXAT of SET, GETEX, HSETEX and HGETEX; EXPIRE and the like of fields mean the same. */
import type { ByteString } from '../resp/bytes.ts';
import { int64Max } from '../resp/integer.ts';
import type { Argument } from './argument.ts';
import { CommandError } from './command-error.ts';
import { integerOf } from './numbers.ts';

export interface Expiry {
  readonly unit: 'EX' | 'PX' | 'EXAT' | 'PXAT';
  /** As it came: Valkey looks at it only when the command runs. */
  readonly text: ByteString;
}

/** EX, PX, EXAT, PXAT, or the one that `alternative` names. */
export function expirationArgument(alternative: 'PERSIST' | 'KEEPTTL'): Argument {
  return {
    name: 'expiration',
    type: 'oneof',
    optional: true,
    arguments: [
      { name: 'seconds', type: 'integer', token: 'EX' },
      { name: 'milliseconds', type: 'integer', token: 'PX' },
      { name: 'unix-time-seconds', type: 'unix-time', token: 'EXAT' },
      { name: 'unix-time-milliseconds', type: 'unix-time', token: 'PXAT' },
      { name: alternative.toLowerCase(), type: 'pure-token', token: alternative },
    ],
  };
}

export function expiryUnit(option: string): Expiry['unit'] | undefined {
  return option === 'EX' || option === 'PX' || option === 'EXAT' || option === 'PXAT' ? option : undefined;
}

/**
 * Milliseconds since 1970. Times beyond 2^53 (the year 287396) are held as that: a double is exact up to there.
 * @param valueMin of the number as it came: keys cannot expire at once, fields can
 */
export function expiryTime(expiry: Expiry, now: number, command: string, valueMin: 0n | 1n = 1n): number {
  const invalid = `ERR invalid expire time in '${command}' command`;
  const value = BigInt(integerOf(expiry.text));
  const factor = expiry.unit.startsWith('EX') ? 1000n : 1n;
  if (value < valueMin || value * factor > int64Max) throw new CommandError(invalid);
  const time = value * factor + (expiry.unit.endsWith('AT') ? 0n : BigInt(now));
  if (time > int64Max) throw new CommandError(invalid);
  return Math.min(Number(time), Number.MAX_SAFE_INTEGER);
}
