/** A leaf of a sequence's tree: some items, side by side. */
import { cut, widthMax, type Edge } from './cut.ts';
import type { LeafPlace, Owner, SequenceNode } from './node.ts';
import { partitionPoint } from './partition-point.ts';

export class Leaf<T> implements SequenceNode<T> {
  readonly owner: Owner;
  #items: T[];

  constructor(owner: Owner, items: T[]) {
    this.owner = owner;
    this.#items = items;
  }

  get size(): number {
    return this.#items.length;
  }

  get width(): number {
    return this.#items.length;
  }

  get last(): T {
    return this.#items[this.#items.length - 1] as T;
  }

  get onlyChild(): undefined {
    return undefined;
  }

  leafAt(index: number): LeafPlace<T> {
    return { items: this.#items, offset: index };
  }

  firstWhere(holds: (item: T) => boolean): number {
    return partitionPoint(this.#items, holds);
  }

  own(owner: Owner): Leaf<T> {
    return owner === this.owner ? this : new Leaf(owner, this.#items.slice());
  }

  set(index: number, item: T): T {
    const old = this.#items[index] as T;
    this.#items[index] = item;
    return old;
  }

  insert(index: number, items: readonly T[], edge: Edge): Leaf<T>[] {
    if (this.#items.length + items.length <= widthMax) {
      if (index === this.#items.length) this.#items.push(...items);
      else this.#items.splice(index, 0, ...items);
      return [];
    }
    const all = this.#items.slice(0, index).concat(items, this.#items.slice(index));
    const [first, ...others] = cut(all, edge) as [T[], ...T[][]];
    this.#items = first;
    return others.map((other) => new Leaf(this.owner, other));
  }

  remove(index: number, count: number, removed: T[]): void {
    if (count === 1 && index === this.#items.length - 1) removed.push(this.#items.pop() as T);
    else if (count === 1 && index === 0) removed.push(this.#items.shift() as T);
    else removed.push(...this.#items.splice(index, count));
  }

  append(right: Leaf<T>): void {
    this.#items.push(...right.#items);
  }

  collect(items: T[]): void {
    items.push(...this.#items);
  }
}
