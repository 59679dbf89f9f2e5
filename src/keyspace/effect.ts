/**
 * Effects: the closed vocabulary of primitive, deterministic, single-key mutations, and the only way to change a
 * keyspace. They are what a commit records and other nodes replay; each has inverses, so that speculative work can be
 * rolled back (`docs/architecture.md`). A new type adds its effects here, applies them in a file of its own and
 * leaves the rest alone.
 *
 * Every effect names everything that it depends on: applying it never looks at a clock, a random number or a setting.
 */
import type { ByteString } from '../resp/bytes.ts';

export type Effect =
  /** Sets the value to this string, whatever it was; the expiry stays. */
  | { readonly kind: 'setString'; readonly db: number; readonly key: ByteString; readonly value: ByteString }
  /** Overwrites the string from `offset` on, filling a gap with zero bytes; a missing key is an empty string. */
  | {
      readonly kind: 'writeString';
      readonly db: number;
      readonly key: ByteString;
      readonly offset: number;
      readonly bytes: ByteString;
    }
  /** Sets the expiry of an existing key to this time (milliseconds since 1970), or clears it. */
  | { readonly kind: 'setExpiry'; readonly db: number; readonly key: ByteString; readonly expireAt: number | undefined }
  | { readonly kind: 'delete'; readonly db: number; readonly key: ByteString }
  /** Moves value and expiry of an existing key to another name or database, over whatever is there. */
  | {
      readonly kind: 'rename';
      readonly db: number;
      readonly key: ByteString;
      readonly toDb: number;
      readonly toKey: ByteString;
    }
  /** The same, leaving the original. */
  | {
      readonly kind: 'copy';
      readonly db: number;
      readonly key: ByteString;
      readonly toDb: number;
      readonly toKey: ByteString;
    }
  /** Removes every key of a database. */
  | { readonly kind: 'flush'; readonly db: number }
  /** Exchanges the contents of two databases. */
  | { readonly kind: 'swap'; readonly db: number; readonly withDb: number };
