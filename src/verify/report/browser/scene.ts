/**
 * What a timeline shows: operations as bars in the lanes of their clients. Pure geometry, and the questions that drawing
 * and pointing ask of it; both look at what is seen only, however long the history is.
 *
 * The bars of a lane follow one another, so they are sorted by call and by end alike: a client does one thing at a time,
 * and a bar without a known end gives way where its lane is used again.
 */
import type { OperationRow } from '../report-data.ts';
import { createAxis, type Axis } from './axis.ts';
import { assignLanes } from './lanes.ts';

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
  /** Where it ends in the picture: at its return, or before, where it hangs and its lane is used again. */
  readonly end: number;
  readonly isOpen: boolean;
}

interface Lane {
  readonly processes: readonly number[];
  readonly bars: readonly Bar[];
  /** From where on there is no room for some bar that hangs; Infinity: nowhere. */
  readonly tailFrom: number;
}

export interface Scene {
  readonly axis: Axis;
  readonly lanes: readonly Lane[];
  readonly bars: ReadonlyMap<number, Bar>;
}

type MutableBar = { -readonly [Name in keyof Bar]: Bar[Name] };

export function createScene(items: readonly SceneItem[]): Scene {
  const sorted = [...items].sort((left, right) => left.row[4] - right.row[4]);
  const axis = createAxis(sorted.map(({ row }) => row));
  const processes = assignLanes(sorted.map(({ row }) => row));
  const laneOf = new Map(processes.flatMap((all, lane) => all.map((process) => [process, lane] as const)));
  const lanes = processes.map((all) => ({ processes: all, bars: [] as MutableBar[], tailFrom: Infinity }));
  const bars = new Map<number, Bar>();
  for (const [index, item] of sorted.entries()) {
    const at = laneOf.get(item.row[0]) ?? 0;
    const { call, return: returned } = axis.spans[index] ?? { call: 0, return: 0 };
    const bar = { item, lane: at, call, return: returned, end: returned, isOpen: item.row[5] === null };
    const lane = lanes[at];
    const last = lane?.bars.at(-1);
    if (lane !== undefined && last?.isOpen === true) {
      last.end = call;
      lane.tailFrom = Math.min(lane.tailFrom, call);
    }
    lane?.bars.push(bar);
    bars.set(item.id, bar);
  }
  return { axis, lanes, bars };
}

/** The index of the first bar that ends at the rank or later. */
export function firstEndingFrom(bars: readonly Bar[], rank: number): number {
  let [low, high] = [0, bars.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((bars[middle]?.end ?? 0) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The bar at the rank, or the nearest within the tolerance. */
export function barAt({ lanes }: Scene, lane: number, rank: number, tolerance: number): Bar | undefined {
  const bars = lanes[lane]?.bars ?? [];
  const distance = (bar: Bar): number => Math.max(bar.call - rank, rank - bar.end, 0);
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
