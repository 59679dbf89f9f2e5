/**
 * Items side by side: those of a leaf, or the last ones below the children of a branch. Where a sequence is ordered by
 * numbers, these scores stand side by side, too: whoever looks for a place reads them in one piece of memory, while the
 * items that they belong to may lie anywhere.
 *
 * Invariant: there are as many scores as items, each what `scoreOf` said of its item; or none at all without `scoreOf`.
 */

/** What a sequence is ordered by. It is asked when an item comes in and when nodes are cut: until then it is the same. */
export type ScoreOf<T> = (item: T) => number;

/** Up to here a run with scores takes no more memory than it needs. */
const exactLengthMax = 16;

export class Run<T> {
  readonly scoreOf: ScoreOf<T> | undefined;
  items: T[];
  scores: number[];

  /** @param items which are the run's from now on, like their scores */
  constructor(scoreOf: ScoreOf<T> | undefined, items: T[], scores = scoresOf(items, scoreOf)) {
    this.scoreOf = scoreOf;
    this.items = items;
    this.scores = scores;
  }

  get last(): T {
    return this.items[this.items.length - 1] as T;
  }

  /** See `Sequence.firstFrom`. */
  firstFrom(score: number, holds: (item: T) => boolean): number {
    const { scores } = this;
    let from = 0;
    let to = scores.length;
    while (from < to) {
      const middle = (from + to) >>> 1;
      const other = scores[middle] as number;
      if (other > score || (!(other < score) && holds(this.items[middle] as T))) to = middle;
      else from = middle + 1;
    }
    return from;
  }

  /** Returns the item whose place another takes. */
  set(index: number, item: T): T {
    const old = this.items[index] as T;
    this.items[index] = item;
    if (this.scoreOf !== undefined) this.scores[index] = this.scoreOf(item);
    return old;
  }

  /** Inserts before the item at an index, or at the end. */
  put(index: number, items: readonly T[]): void {
    if (index === this.items.length) this.items.push(...items);
    else this.items.splice(index, 0, ...items);
    if (this.scoreOf === undefined) return;
    this.scores.splice(index, 0, ...items.map(this.scoreOf));
    if (this.items.length <= exactLengthMax) this.#trim();
  }

  /** Returns what it takes out. */
  take(index: number, count: number): T[] {
    if (this.scoreOf === undefined) return takeFrom(this.items, index, count);
    takeFrom(this.scores, index, count);
    const taken = takeFrom(this.items, index, count);
    if (this.items.length <= exactLengthMax) this.#trim();
    return taken;
  }

  /** A copy is as long as it must be. An array that has grown has room for sixteen more, and keeps it when it shrinks. */
  #trim(): void {
    this.items = this.items.slice();
    this.scores = this.scores.slice();
  }

  /** Begins anew with other items. */
  fill(items: T[]): void {
    this.items = items;
    this.scores = scoresOf(items, this.scoreOf);
  }
}

function takeFrom<T>(array: T[], index: number, count: number): T[] {
  if (count === 1 && index === array.length - 1) return [array.pop() as T];
  if (count === 1 && index === 0) return [array.shift() as T];
  return array.splice(index, count);
}

function scoresOf<T>(items: readonly T[], scoreOf: ScoreOf<T> | undefined): number[] {
  return scoreOf === undefined ? [] : items.map(scoreOf);
}
