/** What undoes an effect. Kept only in memory, from a command's execution until its round is settled. */
import type { ByteString } from '../resp/bytes.ts';
import type { Database } from './database.ts';
import type { Value } from './value.ts';

export type Inverse =
  | KeyImage
  /** Puts these databases back in place; a flush or a swap replaces whole databases and leaves the old ones alone. */
  | { readonly kind: 'databases'; readonly databases: readonly Database[] };

/** What a key held. `value` is undefined where it was missing. */
export interface KeyImage {
  readonly kind: 'key';
  readonly db: number;
  readonly key: ByteString;
  readonly value: Value | undefined;
  readonly expireAt: number | undefined;
}
