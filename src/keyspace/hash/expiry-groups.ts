/** Fields by the time at which they expire, so that one effect sets the expiry of all that share it. */
import type { ByteString } from '../../resp/bytes.ts';

/** @typeParam Expiry `undefined` as well where fields that do not expire are a group too */
export class ExpiryGroups<Expiry extends number | undefined> {
  readonly #groups = new Map<Expiry, ByteString[]>();

  add(field: ByteString, expireAt: Expiry): void {
    const fields = this.#groups.get(expireAt);
    if (fields === undefined) this.#groups.set(expireAt, [field]);
    else fields.push(field);
  }

  [Symbol.iterator](): Iterator<readonly [expireAt: Expiry, fields: readonly ByteString[]]> {
    return this.#groups.entries();
  }
}
