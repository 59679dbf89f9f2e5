/**
 * What a key can hold. A string is a byte string itself, all else a collection; each further type adds a member to the
 * union and its lines to `elements.ts`.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { CollectionKind } from './collection.ts';
import type { HashValue } from './hash/hash-value.ts';
import type { ListValue } from './list/list-value.ts';
import type { SetValue } from './set/set-value.ts';
import type { SortedSetValue } from './sorted-set/sorted-set-value.ts';

export type CollectionValue = HashValue | ListValue | SetValue | SortedSetValue;

export type Value = ByteString | CollectionValue;

export type TypeName = 'string' | CollectionKind;

/** The name that `TYPE` answers. */
export function typeName(value: Value): TypeName {
  return typeof value === 'string' ? 'string' : value.kind;
}
