/**
 * A sequence of items that is read and changed at any index in logarithmic time, and shared in constant time: what
 * lists and sorted sets are made of. It is a counted B+tree: items in leaves of up to 64, branches of up to 64 that
 * know how many items each child holds. A million items are four levels, and sixty-four are one plain array.
 *
 * Nodes are copied on write. Each belongs to an owner, and only its owner changes it; sharing gives both sequences new
 * owners, so that each copies the nodes on the path of a change, once, and leaves the other's alone.
 *
 * Invariants: all leaves are equally deep; no node but an empty root is empty. Of two neighbours below one branch at
 * most one stays narrow.
 */
import { Branch } from './branch.ts';
import { cut, type Edge } from './cut.ts';
import { Leaf } from './leaf.ts';
import type { LeafPlace, Owner, SequenceNode } from './node.ts';
import type { ScoreOf } from './run.ts';

/** Towards higher indexes or lower ones. */
export type Step = 1 | -1;

export class Sequence<T> {
  readonly #scoreOf: ScoreOf<T> | undefined;
  #owner: Owner = undefined;
  #root: SequenceNode<T>;

  /** @param scoreOf where the sequence is ordered by scores, to be found by them */
  constructor(scoreOf?: ScoreOf<T>) {
    this.#scoreOf = scoreOf;
    this.#root = this.#emptyLeaf();
  }

  get size(): number {
    return this.#root.size;
  }

  get last(): T | undefined {
    return this.size === 0 ? undefined : this.#root.last;
  }

  at(index: number): T | undefined {
    if (index < 0 || index >= this.size) return undefined;
    const { items, offset } = this.#root.leafAt(index);
    return items[offset];
  }

  /** From one index to before another. */
  slice(from = 0, to = this.size): T[] {
    const end = Math.min(to, this.size);
    const slice: T[] = [];
    for (let index = Math.max(from, 0); index < end;) {
      const { items, offset } = this.#root.leafAt(index);
      const count = Math.min(items.length - offset, end - index);
      for (let i = offset; i < offset + count; i++) slice.push(items[i] as T);
      index += count;
    }
    return slice;
  }

  /** The items from an index on. Not while the sequence changes; whoever wants that shares it first. */
  *iterate(from = 0, step: Step = 1): Generator<T, void, undefined> {
    for (let index = from; index >= 0 && index < this.size;) {
      const { items, offset } = this.#root.leafAt(index);
      for (let i = offset; i >= 0 && i < items.length; i += step) yield items[i] as T;
      index += step === 1 ? items.length - offset : -offset - 1;
    }
  }

  /** The leaves from left to right. Not while the sequence changes. */
  *leaves(): Generator<LeafPlace<T>, void, undefined> {
    for (let index = 0; index < this.size;) {
      const leaf = this.#root.leafAt(index);
      yield leaf;
      index += leaf.items.length;
    }
  }

  /**
   * The first index of an item that has a greater score, or this one and fulfils a condition; the size if none does.
   * @param score NaN: whatever scores they have, the first that fulfils the condition
   * @param holds for all items of this score after one for which it does
   */
  firstFrom(score: number, holds: (item: T) => boolean): number {
    return this.#root.firstFrom(score, holds);
  }

  /**
   * The index of an item that is there: `firstFrom`, for whom it is the first, need not look at it then.
   * @param score of the item
   */
  indexOf(item: T, score: number, holds: (item: T) => boolean): number {
    return this.#root.indexOf(item, score, holds);
  }

  /** Puts another in the place of an item, which is returned. */
  set(index: number, item: T): T {
    this.#checkRange(index, 1);
    return this.#ownRoot().set(index, item);
  }

  /** Inserts before the item at this index, or at the end. */
  insert(index: number, items: readonly T[]): void {
    this.#checkRange(index, 0);
    const edge = index === this.size ? 'right' : index === 0 ? 'left' : 'middle';
    const root = this.#ownRoot();
    const siblings = root.insert(index, items, edge);
    if (siblings.length > 0) this.#root = this.#stack([root, ...siblings], edge);
  }

  /** Returns what it removes. */
  remove(index: number, count: number): T[] {
    this.#checkRange(index, count);
    const removed: T[] = [];
    if (count === this.size) {
      this.#root.collect(removed);
      this.#root = this.#emptyLeaf();
      return removed;
    }
    this.#ownRoot().remove(index, count, removed);
    while (this.#root.onlyChild !== undefined) this.#root = this.#root.onlyChild;
    return removed;
  }

  /** Another sequence of the same items. Both may change. */
  share(): Sequence<T> {
    const other = new Sequence<T>(this.#scoreOf);
    other.#root = this.#root;
    other.#owner = Symbol('owner');
    this.#owner = Symbol('owner');
    return other;
  }

  #emptyLeaf(): Leaf<T> {
    return new Leaf(this.#owner, this.#scoreOf, []);
  }

  #ownRoot(): SequenceNode<T> {
    return (this.#root = this.#root.own(this.#owner));
  }

  /** Puts as many levels of branches above nodes of equal height as it takes to be one. */
  #stack(nodes: readonly SequenceNode<T>[], edge: Edge): SequenceNode<T> {
    let level = nodes;
    while (level.length > 1) {
      level = cut(level, edge).map((children) => new Branch(this.#owner, this.#scoreOf, children));
    }
    return level[0] as SequenceNode<T>;
  }

  #checkRange(index: number, count: number): void {
    const sound = Number.isSafeInteger(index) && Number.isSafeInteger(count);
    if (sound && index >= 0 && count >= 0 && index + count <= this.size) return;
    throw new RangeError(`no such elements: index=${index} count=${count} size=${this.size}`);
  }
}
