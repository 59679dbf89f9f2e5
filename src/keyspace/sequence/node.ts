/** What leaves and branches of a sequence's tree have in common. `Sequence` says what the tree is. */
import type { Edge } from './cut.ts';

/** Whose node it is: one sequence, between two times that it is shared. That sequence may change it, nobody else. */
export type Owner = symbol | undefined;

export interface SequenceNode<T> {
  readonly owner: Owner;
  /** Items in it and below. */
  readonly size: number;
  /** Items of a leaf, children of a branch. */
  readonly width: number;
  readonly last: T;
  /** The child of a branch that has no other: the branch is of no use then if it is the root. */
  readonly onlyChild: SequenceNode<T> | undefined;
  /** The items of the leaf that holds the one at an index, and where it is among them. */
  leafAt(index: number): LeafPlace<T>;
  /** See `Sequence.firstFrom`. */
  firstFrom(score: number, holds: (item: T) => boolean): number;
  /** See `Sequence.indexOf`. */
  indexOf(item: T, score: number, holds: (item: T) => boolean): number;
  /** Itself if it is this owner's, otherwise a copy that is. All that changes a node is for its owner only. */
  own(owner: Owner): SequenceNode<T>;
  /** Puts another in the place of an item, which is returned. */
  set(index: number, item: T): T;
  /** Returns what no longer found room in this node: its new siblings to the right. */
  insert(index: number, items: readonly T[], edge: Edge): SequenceNode<T>[];
  /** Removes some of its items, never all, and appends them to `removed`. */
  remove(index: number, count: number, removed: T[]): void;
  /** Takes over all that a sibling to the right holds. */
  append(right: SequenceNode<T>): void;
  /** Appends all items to `items`. */
  collect(items: T[]): void;
}

export interface LeafPlace<T> {
  readonly items: readonly T[];
  /** One for each item, where the sequence is ordered by scores. */
  readonly scores: readonly number[];
  readonly offset: number;
}
