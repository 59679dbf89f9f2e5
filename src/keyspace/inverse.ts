/** What undoes an effect. Kept only in memory, from a command's execution until its round is settled. */
import type { ByteString } from '../resp/bytes.ts';
import type { Database } from './database.ts';
import type { ElementEffect } from './effect.ts';
import type { Value } from './value.ts';

export type Inverse =
  | KeyImage
  | ElementEffect
  /** Puts these databases back in place; a flush or a swap replaces whole databases and leaves the old ones alone. */
  | { readonly kind: 'databases'; readonly databases: readonly Database[] };

/**
 * What a key held. `value` is undefined where it was missing. A collection is the very one: it changes only while it is
 * a key's, so it is what it was when it was let go, and what has happened to it since it was noted is undone first.
 */
export interface KeyImage {
  readonly kind: 'key';
  readonly db: number;
  readonly key: ByteString;
  readonly value: Value | undefined;
  readonly expireAt: number | undefined;
}
