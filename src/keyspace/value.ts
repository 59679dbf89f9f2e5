/**
 * What a key can hold. A string is a byte string itself; each further type adds a member to the union and a line to
 * `typeName`.
 */
import type { ByteString } from '../resp/bytes.ts';

export type Value = ByteString;

export type TypeName = 'string';

/** The name that `TYPE` answers. */
export function typeName(value: Value): TypeName {
  return typeof value as TypeName;
}
