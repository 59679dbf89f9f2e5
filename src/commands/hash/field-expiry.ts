/** What commands do to the expiries of fields. */
import { fieldsExpired } from '../../keyspace/event.ts';
import type { HashValue } from '../../keyspace/hash/hash-value.ts';
import type { ByteString } from '../../resp/bytes.ts';
import type { Context } from '../command.ts';

/** Of fields that exist, at least one. A time that has passed deletes them. */
export function setExpiry(
  { view }: Context,
  key: ByteString,
  { fields, expireAt }: { fields: readonly ByteString[]; expireAt: number | undefined },
): void {
  if (expireAt !== undefined && expireAt <= view.now) {
    view.apply({ kind: 'deleteFields', key, fields, event: fieldsExpired });
  } else {
    view.apply({ kind: 'setFieldExpiry', key, fields, expireAt });
  }
}

/** Those of these fields that have an expiry. */
export function expiringOf(hash: HashValue | undefined, fields: readonly ByteString[]): ReadonlySet<ByteString> {
  return new Set(fields.filter((field) => hash?.expiryOf(field) !== undefined));
}
