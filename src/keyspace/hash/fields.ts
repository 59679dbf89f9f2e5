/** What the forms in which a hash holds its fields have in common. None knows of expiries: see `hash-value.ts`. */
import type { Random } from '../../environment/environment.ts';
import type { ByteString } from '../../resp/bytes.ts';

export type HashEntry = readonly [field: ByteString, value: ByteString];

export interface Fields extends Iterable<HashEntry> {
  readonly size: number;
  /** With more fields than this the hash takes another form. */
  readonly sizeMax: number;
  /** In bytes, without the strings. */
  readonly memory: number;
  get(field: ByteString): ByteString | undefined;
  /** The very string that stands for this field: whoever keeps it keeps no second one. */
  stored(field: ByteString): ByteString | undefined;
  /** Anything of this field, its expiry included, is about to change. */
  beforeChange(field: ByteString): void;
  /** @returns what was there */
  set(field: ByteString, value: ByteString): ByteString | undefined;
  /** @returns what was there */
  delete(field: ByteString): ByteString | undefined;
  random(random: Random): HashEntry | undefined;
  /** See `Dictionary.scan`. */
  scan(cursor: number, visit: (field: ByteString, value: ByteString) => void): number;
  clone(): Fields;
}
