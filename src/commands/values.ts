/** The value at a key, of the type that a command is for: any other type is refused. */
import { HashValue } from '../keyspace/hash/hash-value.ts';
import { ListValue } from '../keyspace/list/list-value.ts';
import { SetValue } from '../keyspace/set/set-value.ts';
import { SortedSetValue } from '../keyspace/sorted-set/sorted-set-value.ts';
import type { CollectionValue, Value } from '../keyspace/value.ts';
import type { View } from '../keyspace/view.ts';
import type { ByteString } from '../resp/bytes.ts';
import { CommandError, wrongType } from './command-error.ts';

/**
 * `undefined`: there is no such key. The key counts as used.
 * @throws CommandError `WRONGTYPE`
 */
export function stringAt(view: View, key: ByteString): ByteString | undefined {
  const value = view.get(key);
  if (value === undefined || typeof value === 'string') return value;
  throw new CommandError(wrongType);
}

export function hashAt(view: View, key: ByteString): HashValue | undefined {
  return ofType(view.get(key), HashValue);
}

export function listAt(view: View, key: ByteString): ListValue | undefined {
  return ofType(view.get(key), ListValue);
}

export function setAt(view: View, key: ByteString): SetValue | undefined {
  return ofType(view.get(key), SetValue);
}

export function sortedSetAt(view: View, key: ByteString): SortedSetValue | undefined {
  return ofType(view.get(key), SortedSetValue);
}

export function isCollection(value: Value | undefined): value is CollectionValue {
  return value !== undefined && typeof value !== 'string';
}

function ofType<Wanted extends Value>(value: Value | undefined, type: new () => Wanted): Wanted | undefined {
  if (value === undefined || value instanceof type) return value;
  throw new CommandError(wrongType);
}
