/**
 * How a command says that it blocks: it tells its context which keys it waits for (`waitOr`), and is executed again
 * when one of them may have what it wants, until it is answered or its time is over. It has no effects when it does so.
 */
import type { Value } from '../keyspace/value.ts';
import type { ByteString } from '../resp/bytes.ts';
import { int64Max } from '../resp/integer.ts';
import type { Reply } from '../resp/reply.ts';
import type { Argument } from './argument.ts';
import { CommandError } from './command-error.ts';
import type { Context } from './command.ts';
import { parseLongDouble, toDouble } from './long-double.ts';

export interface Wait {
  /** In the selected database. */
  readonly keys: readonly ByteString[];
  /** Whether a key that holds this is worth another try: it is of the type that the command is for. */
  isServedBy(value: Value): boolean;
  /** 0: for ever. */
  readonly timeoutMs: number;
}

/** Waits or, where nobody may wait, answers this. */
export function waitOr(context: Context, wait: Wait, otherwise: Reply): Reply {
  context.wait?.(wait);
  return otherwise;
}

export const timeoutArgument: Argument = { name: 'timeout', type: 'double' };

/** Seconds, with a fraction, as milliseconds; their end must still be a time. */
export function timeoutOf(seconds: ByteString, nowMs: number): number {
  const value = parseLongDouble(seconds);
  if (value === undefined) throw new CommandError('ERR timeout is not a float or out of range');
  const timeoutMs = Math.ceil(toDouble(value) * 1000);
  if (timeoutMs < 0) throw new CommandError('ERR timeout is negative');
  if (timeoutMs > Number(int64Max) - nowMs) throw new CommandError('ERR timeout is out of range');
  return timeoutMs;
}
