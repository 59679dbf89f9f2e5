/**
 * What a timeline shows: operations as bars in the lanes of their clients. Pure geometry, and the questions that drawing
 * and pointing ask of it; both look at what is seen only, however long the history is.
 *
 * A client does one thing at a time, so the bars of a lane are sorted by call and by return alike.
 */
import type { OperationRow } from '../report-data.ts';
import { createAxis, type Axis } from './axis.ts';

/** One operation to be shown; `id` is whatever its owner knows it by. */
export interface SceneItem {
  readonly id: number;
  readonly row: OperationRow;
  readonly label: string;
}

export interface Bar {
  readonly item: SceneItem;
  readonly lane: number;
  /** Ranks of the axis. */
  readonly call: number;
  readonly return: number;
  readonly isOpen: boolean;
}

interface Lane {
  readonly process: number;
  readonly bars: readonly Bar[];
}

export interface Scene {
  readonly axis: Axis;
  readonly lanes: readonly Lane[];
  readonly bars: ReadonlyMap<number, Bar>;
}

export function createScene(items: readonly SceneItem[]): Scene {
  const sorted = [...items].sort((left, right) => left.row[4] - right.row[4]);
  const axis = createAxis(sorted.map(({ row }) => row));
  const processes = [...new Set(sorted.map(({ row }) => row[0]))].sort((left, right) => left - right);
  const laneOf = new Map(processes.map((process, lane) => [process, lane]));
  const lanes = processes.map((process) => ({ process, bars: [] as Bar[] }));
  const bars = new Map<number, Bar>();
  for (const [index, item] of sorted.entries()) {
    const lane = laneOf.get(item.row[0]) ?? 0;
    const span = axis.spans[index] ?? { call: 0, return: 0 };
    const bar = { item, lane, call: span.call, return: span.return, isOpen: item.row[5] === null };
    lanes[lane]?.bars.push(bar);
    bars.set(item.id, bar);
  }
  return { axis, lanes, bars };
}

/** The index of the first bar that ends at the rank or later. */
export function firstEndingFrom(bars: readonly Bar[], rank: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.return ?? 0) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bar at the rank, or the nearest within the tolerance. */
export function barAt({ lanes }: Scene, lane: number, rank: number, tolerance: number): Bar | undefined {
  const bars = lanes[lane]?.bars ?? [];
  const distance = (bar: Bar): number => Math.max(bar.call - rank, rank - bar.return, 0);
  let nearest: Bar | undefined;
  for (let index = firstEndingFrom(bars, rank - tolerance); index < bars.length; index++) {
    const bar = bars[index];
    if (bar === undefined || bar.call > rank + tolerance) break;
    if (nearest === undefined || distance(bar) < distance(nearest)) nearest = bar;
  }
  return nearest;
}

export type Direction = 'previous' | 'next' | 'above' | 'below' | 'first' | 'last';

/** Where the keyboard goes from a bar; `undefined`: nowhere. */
export function neighbour({ lanes }: Scene, from: Bar | undefined, direction: Direction): Bar | undefined {
  if (from === undefined) return lanes.find(({ bars }) => bars.length > 0)?.bars[0];
  const own = lanes[from.lane]?.bars ?? [];
  if (direction === 'first') return own[0];
  if (direction === 'last') return own.at(-1);
  if (direction === 'previous' || direction === 'next') {
    return own[own.indexOf(from) + (direction === 'next' ? 1 : -1)];
  }
  const other = lanes[from.lane + (direction === 'below' ? 1 : -1)]?.bars ?? [];
  const index = firstEndingFrom(other, from.call);
  return other[index] ?? other[index - 1];
}
