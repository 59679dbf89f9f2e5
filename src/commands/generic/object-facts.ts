/** What Valkey keeps about a value beside the value itself, as far as there is such a thing here. */
import type { Entry } from '../../keyspace/database.ts';
import type { Value } from '../../keyspace/value.ts';
import type { View } from '../../keyspace/view.ts';
import type { ByteString } from '../../resp/bytes.ts';
import { parseInteger } from '../../resp/integer.ts';
import type { Context } from '../command.ts';
import { CommandError, noSuchKey } from '../command-error.ts';
import { encodingOf } from './encoding.ts';
import { serializedLength } from './payload.ts';

/** Since it was used on this node. */
export function idleSeconds({ now }: View, { accessedAtSeconds }: Entry): number {
  return Math.max(0, Math.floor(now / 1000) - accessedAtSeconds);
}

/** Valkey shares the objects of the integers below 10,000. */
export function referenceCount(value: Value): number {
  const integer = typeof value === 'string' ? parseInteger(value) : undefined;
  return integer !== undefined && integer >= 0 && integer < 10_000 ? 2 ** 31 - 1 : 1;
}

/** What Valkey's LRU clock counts seconds in. */
const accessClockMask = 2 ** 24 - 1;

/**
 * The line of `DEBUG OBJECT`.
 * @param isFast without the length, as that takes to write the whole value
 */
export function describeObject(
  { view, server }: Context,
  key: ByteString,
  { isFast }: { readonly isFast: boolean },
): string {
  const entry = view.peek(key);
  if (entry === undefined) throw new CommandError(noSuchKey);
  const { value, accessedAtSeconds } = entry;
  const limits = server.configuration.encodingLimits;
  return [
    // Valkey tells an address, by which nobody can find anything here.
    'Value at:0x0',
    `refcount:${referenceCount(value)}`,
    `encoding:${encodingOf(value, limits)}`,
    ...(isFast ? [] : [`serializedlength:${serializedLength(value, limits)}`]),
    `lru:${accessedAtSeconds & accessClockMask}`,
    `lru_seconds_idle:${idleSeconds(view, entry)}`,
  ].join(' ');
}
