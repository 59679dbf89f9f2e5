/** A leaf of a sequence's tree: a run of items. */
import { cut, widthMax, type Edge } from './cut.ts';
import type { LeafPlace, Owner, SequenceNode } from './node.ts';
import { Run, type ScoreOf } from './run.ts';

export class Leaf<T> extends Run<T> implements SequenceNode<T> {
  readonly owner: Owner;

  constructor(owner: Owner, scoreOf: ScoreOf<T> | undefined, items: T[], scores?: number[]) {
    super(scoreOf, items, scores);
    this.owner = owner;
  }

  get size(): number {
    return this.items.length;
  }

  get width(): number {
    return this.items.length;
  }

  get onlyChild(): undefined {
    return undefined;
  }

  leafAt(index: number): LeafPlace<T> {
    return { items: this.items, scores: this.scores, offset: index };
  }

  /** Without a look at the items. */
  indexOf(item: T): number {
    return this.items.indexOf(item);
  }

  own(owner: Owner): Leaf<T> {
    return owner === this.owner ? this : new Leaf(owner, this.scoreOf, this.items.slice(), this.scores.slice());
  }

  insert(index: number, items: readonly T[], edge: Edge): Leaf<T>[] {
    if (this.width + items.length <= widthMax) {
      this.put(index, items);
      return [];
    }
    const all = this.items.slice(0, index).concat(items, this.items.slice(index));
    const [first, ...others] = cut(all, edge) as [T[], ...T[][]];
    this.fill(first);
    return others.map((other) => new Leaf(this.owner, this.scoreOf, other));
  }

  remove(index: number, count: number, removed: T[]): void {
    removed.push(...this.take(index, count));
  }

  append(right: Leaf<T>): void {
    this.put(this.width, right.items);
  }

  collect(items: T[]): void {
    items.push(...this.items);
  }
}
