/**
 * Effects: the closed vocabulary of primitive, deterministic, single-key mutations, and the only way to change a
 * keyspace. They are what a commit records and other nodes replay; each has inverses, so that speculative work can be
 * rolled back (`docs/architecture.md`). A new type adds its effects here, applies them in a file of its own and
 * leaves the rest alone.
 *
 * Every effect names everything that it depends on: applying it never looks at a clock, a random number or a setting.
 */
import type { ByteString } from '../resp/bytes.ts';

export type Effect = KeyEffect | ElementEffect | DatabaseEffect;

/** One that concerns a key. */
interface OnKey {
  readonly db: number;
  readonly key: ByteString;
  /** How keyspace notifications call it, where that is not what its kind says (`event-of.ts`); empty: not at all. */
  readonly event?: string;
}

type KeyEffect =
  /** Sets the value to this string, whatever it was; the expiry stays. */
  | (OnKey & { readonly kind: 'setString'; readonly value: ByteString })
  /** Overwrites the string from `offset` on, filling a gap with zero bytes; a missing key is an empty string. */
  | (OnKey & { readonly kind: 'writeString'; readonly offset: number; readonly bytes: ByteString })
  /** Sets the expiry of an existing key to this time (milliseconds since 1970), or clears it. */
  | (OnKey & { readonly kind: 'setExpiry'; readonly expireAt: number | undefined })
  | (OnKey & { readonly kind: 'delete' })
  /** Moves value and expiry of an existing key to another name or database, over whatever is there. */
  | (OnKey & { readonly kind: 'rename'; readonly toDb: number; readonly toKey: ByteString })
  /** The same, leaving the original. */
  | (OnKey & { readonly kind: 'copy'; readonly toDb: number; readonly toKey: ByteString });

/**
 * One on the elements of a collection, at least one each. What adds makes a missing key a collection of its type; what
 * takes the last element out deletes the key, with its expiry. A key of another type is an error.
 */
export type ElementEffect = HashEffect | SetEffect | SortedSetEffect | ListEffect;

export type HashEffect =
  /** Sets fields: `[field, value, field, value, …]`. They do not expire then. */
  | (OnKey & { readonly kind: 'setFields'; readonly fields: readonly ByteString[] })
  | (OnKey & { readonly kind: 'deleteFields'; readonly fields: readonly ByteString[] })
  /** Sets when existing fields expire (milliseconds since 1970), or that they do not. */
  | (OnKey & {
      readonly kind: 'setFieldExpiry';
      readonly fields: readonly ByteString[];
      readonly expireAt: number | undefined;
    });

export type SetEffect =
  | (OnKey & { readonly kind: 'addMembers'; readonly members: readonly ByteString[] })
  | (OnKey & { readonly kind: 'removeMembers'; readonly members: readonly ByteString[] });

export type SortedSetEffect =
  /** By member: its score, never NaN. */
  | (OnKey & {
      readonly kind: 'setScores';
      readonly members: readonly ByteString[];
      readonly scores: readonly number[];
    })
  | (OnKey & { readonly kind: 'removeScores'; readonly members: readonly ByteString[] });

export type Side = 'left' | 'right';

/** Indexes count from the left, from 0. */
export type ListEffect =
  /** One after another: pushed to the left they stand in reverse order. */
  | (OnKey & { readonly kind: 'pushElements'; readonly side: Side; readonly elements: readonly ByteString[] })
  | (OnKey & { readonly kind: 'popElements'; readonly side: Side; readonly count: number })
  | (OnKey & { readonly kind: 'setElement'; readonly index: number; readonly element: ByteString })
  /** Before the element at this index. */
  | (OnKey & { readonly kind: 'insertElements'; readonly index: number; readonly elements: readonly ByteString[] })
  | (OnKey & { readonly kind: 'removeElements'; readonly index: number; readonly count: number });

type DatabaseEffect =
  /** Removes every key of a database. */
  | { readonly kind: 'flush'; readonly db: number }
  /** Exchanges the contents of two databases. */
  | { readonly kind: 'swap'; readonly db: number; readonly withDb: number };

const taking: ReadonlySet<Effect['kind']> = new Set([
  'deleteFields',
  'removeMembers',
  'removeScores',
  'popElements',
  'removeElements',
]);

/** Whether it may delete its key by taking the last element out. */
export function takesElements({ kind }: Effect): boolean {
  return taking.has(kind);
}

/** Whether it names what it removes, so that what is not there makes no difference. */
export function removesByName({ kind }: Effect): boolean {
  return kind === 'deleteFields' || kind === 'removeMembers' || kind === 'removeScores';
}
