/** Whole numbers as Valkey counts with them: texts of 64 bits with a sign. */
import type { Json } from '../history.ts';

const int64 = /^(0|-?[1-9]\d{0,18})$/;

export const wholeNumber = {
  wanted: 'a whole number (as a string if it is beyond 2^53)',
  admits: (value: Json) => Number.isSafeInteger(value) || (typeof value === 'string' && int64.test(value)),
};

/** `undefined`: an error reply, so it did not happen. */
export function increment(value: string, by: Json): string | undefined {
  if (!int64.test(value)) return undefined;
  const [before, step] = [BigInt(value), BigInt((by ?? 1) as number | string)];
  const sum = before + step;
  // 19 digits can be beyond it, and then even a sum that is not is an error.
  return [before, step, sum].every((number) => BigInt.asIntN(64, number) === number) ? String(sum) : undefined;
}
