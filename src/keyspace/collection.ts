/**
 * What the values that hold elements have in common: hashes, lists, sets and sorted sets. They are changed in place, by
 * effects only, and never hold nothing: whoever takes the last element out deletes the key.
 */
import type { ByteString } from '../resp/bytes.ts';

/** The name that `TYPE` answers. */
export type CollectionKind = 'list' | 'set' | 'zset' | 'hash';

export interface Collection {
  readonly kind: CollectionKind;
  /** Elements, members or fields. Those that have expired count until they are deleted. */
  readonly size: number;
  /** In bytes (`memory.ts`); known without looking. */
  readonly memory: number;
  /** Another of the same content, which shares nothing that changes. */
  clone(): Collection;
  /** What it holds now, to be read bit by bit while it goes on changing. */
  freeze(): FrozenCollection;
}

/** A collection as it was when it was frozen. Costs little until it is read or its origin changes. */
export interface FrozenCollection {
  readonly kind: CollectionKind;
  readonly size: number;
  /**
   * What makes it out of nothing, once: several contents to be applied in this order, none much longer than this in
   * bytes unless a single element is. Others may change the origin between two of them.
   */
  contents(lengthMax: number): Generator<Content, void, undefined>;
  /** It is not needed any more. Changes of the origin cost nothing from then on. */
  release(): void;
}

/** An effect without its key: adds elements to a collection, and makes the collection where there is none. */
export type Content =
  | { readonly kind: 'setFields'; readonly fields: readonly ByteString[] }
  | { readonly kind: 'setFieldExpiry'; readonly fields: readonly ByteString[]; readonly expireAt: number }
  | { readonly kind: 'addMembers'; readonly members: readonly ByteString[] }
  | { readonly kind: 'setScores'; readonly members: readonly ByteString[]; readonly scores: readonly number[] }
  | { readonly kind: 'pushElements'; readonly side: 'right'; readonly elements: readonly ByteString[] };
