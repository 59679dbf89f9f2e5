/**
 * A branch of a sequence's tree: children of equal height, and of each its size and its last item, so that whoever
 * looks for a place reads one child a level. Invariant: sizes and last items are those of the children.
 */
import { cut, type Edge } from './cut.ts';
import type { LeafPlace, Owner, SequenceNode } from './node.ts';
import { Run, type ScoreOf } from './run.ts';

/** A child that has become narrower is joined with a neighbour, ... */
const widthMin = 16;
/** ... if both together are at most this wide: there must be room for some more before they are cut again. */
const joinedWidthMax = 48;

export class Branch<T> implements SequenceNode<T> {
  readonly owner: Owner;
  #children: SequenceNode<T>[] = [];
  #sizes: number[] = [];
  #lasts: Run<T>;
  #size = 0;

  constructor(owner: Owner, scoreOf: ScoreOf<T> | undefined, children: SequenceNode<T>[]) {
    this.owner = owner;
    this.#lasts = new Run<T>(scoreOf, []);
    this.#fill(children);
  }

  get size(): number {
    return this.#size;
  }

  get width(): number {
    return this.#children.length;
  }

  get last(): T {
    return this.#lasts.last;
  }

  get onlyChild(): SequenceNode<T> | undefined {
    return this.width === 1 ? this.#children[0] : undefined;
  }

  leafAt(index: number): LeafPlace<T> {
    const { child, offset } = this.#locate(index);
    return this.#child(child).leafAt(offset);
  }

  firstFrom(score: number, holds: (item: T) => boolean): number {
    const child = this.#lasts.firstFrom(score, holds);
    const start = this.#startOf(child);
    return child === this.width ? start : start + this.#child(child).firstFrom(score, holds);
  }

  indexOf(item: T, score: number, holds: (item: T) => boolean): number {
    const child = this.#lasts.firstFrom(score, holds);
    return this.#startOf(child) + this.#child(child).indexOf(item, score, holds);
  }

  own(owner: Owner): Branch<T> {
    if (owner === this.owner) return this;
    const copy = new Branch<T>(owner, this.#lasts.scoreOf, []);
    copy.#children = this.#children.slice();
    copy.#sizes = this.#sizes.slice();
    copy.#lasts = new Run(this.#lasts.scoreOf, this.#lasts.items.slice(), this.#lasts.scores.slice());
    copy.#size = this.#size;
    return copy;
  }

  set(index: number, item: T): T {
    const { child, offset } = this.#locate(index);
    const node = this.#own(child);
    const old = node.set(offset, item);
    this.#lasts.set(child, node.last);
    return old;
  }

  insert(index: number, items: readonly T[], edge: Edge): Branch<T>[] {
    const before = index === 0 ? { child: 0, offset: -1 } : this.#locate(index - 1);
    const node = this.#own(before.child);
    const { size } = node;
    const siblings = node.insert(before.offset + 1, items, edge);
    if (siblings.length === 0) {
      this.#note(before.child, node, before.offset + 1 === size);
      return [];
    }
    const next = before.child + 1;
    const children = this.#children.slice(0, next).concat(siblings, this.#children.slice(next));
    const [first, ...others] = cut(children, edge) as [SequenceNode<T>[], ...SequenceNode<T>[][]];
    this.#fill(first);
    return others.map((other) => new Branch(this.owner, this.#lasts.scoreOf, other));
  }

  remove(index: number, count: number, removed: T[]): void {
    const first = this.#locate(index);
    let { child, offset } = first;
    let rest = count;
    let dropFrom = 0;
    let dropCount = 0;
    for (; rest > 0; child++, offset = 0) {
      const size = this.#sizes[child] as number;
      const taken = Math.min(rest, size - offset);
      if (taken === size) {
        this.#child(child).collect(removed);
        if (dropCount++ === 0) dropFrom = child;
      } else {
        const node = this.#own(child);
        node.remove(offset, taken, removed);
        this.#note(child, node, offset + taken === size);
      }
      rest -= taken;
    }
    if (dropCount > 0) this.#drop(dropFrom, dropCount);
    if (child > first.child + 1) this.#joinIfNarrow(first.child + 1);
    this.#joinIfNarrow(first.child);
  }

  append(right: Branch<T>): void {
    this.#fill(this.#children.concat(right.#children));
  }

  collect(items: T[]): void {
    for (const child of this.#children) child.collect(items);
  }

  #child(index: number): SequenceNode<T> {
    return this.#children[index] as SequenceNode<T>;
  }

  /** How many items are in the children before this one. */
  #startOf(child: number): number {
    let start = 0;
    for (let i = 0; i < child; i++) start += this.#sizes[i] as number;
    return start;
  }

  /** Which child holds the item at an index, and where. Looks from the nearer end: pushes and pops find it at once. */
  #locate(index: number): { readonly child: number; readonly offset: number } {
    const sizes = this.#sizes;
    if (index < this.#size / 2) {
      let child = 0;
      let offset = index;
      while (offset >= (sizes[child] as number)) offset -= sizes[child++] as number;
      return { child, offset };
    }
    let child = sizes.length - 1;
    let offset = index - this.#size + (sizes[child] as number);
    while (offset < 0) offset += sizes[--child] as number;
    return { child, offset };
  }

  #own(index: number): SequenceNode<T> {
    return (this.#children[index] = this.#child(index).own(this.owner));
  }

  /** After a change of a child. What has changed before its last item leaves that alone, and nobody fetches it. */
  #note(index: number, child: SequenceNode<T>, atEnd: boolean): void {
    this.#size += child.size - (this.#sizes[index] as number);
    this.#sizes[index] = child.size;
    if (atEnd) this.#lasts.set(index, child.last);
  }

  #fill(children: SequenceNode<T>[]): void {
    this.#children = children;
    this.#sizes = children.map((child) => child.size);
    this.#lasts.fill(children.map((child) => child.last));
    this.#size = this.#sizes.reduce((sum, size) => sum + size, 0);
  }

  #drop(from: number, count: number): void {
    this.#children.splice(from, count);
    for (const size of this.#sizes.splice(from, count)) this.#size -= size;
    this.#lasts.take(from, count);
  }

  #joinIfNarrow(index: number): void {
    if (index >= this.width || this.#child(index).width >= widthMin) return;
    if (!this.#joinIfRoom(index)) this.#joinIfRoom(index - 1);
  }

  /** Joins a child with the next one. */
  #joinIfRoom(index: number): boolean {
    if (index < 0 || index + 1 >= this.width) return false;
    const right = this.#child(index + 1);
    if (this.#child(index).width + right.width > joinedWidthMax) return false;
    const left = this.#own(index);
    left.append(right);
    this.#drop(index + 1, 1);
    this.#note(index, left, true);
    return true;
  }
}
