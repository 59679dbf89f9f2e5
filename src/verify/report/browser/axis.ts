/**
 * The horizontal axis. Its positions are between 0 and the number of events (calls and returns), in both of its scales:
 * `events`, where all are equally far apart, and `time`, where they stand as far apart as they happened. All geometry
 * is in *ranks* (the place of an event in the order of all, with fractions in between), which the axis turns into
 * positions, so that nothing else knows which scale it is.
 *
 * Of events at one time the calls come first: intervals are closed, such operations are concurrent. An operation whose
 * return is not known ends at the last rank, after all events.
 */
import type { OperationRow } from '../report-data.ts';

export type Scale = 'time' | 'events';

interface Span {
  readonly call: number;
  readonly return: number;
}

export interface Axis {
  /** Of each event, by rank. */
  readonly times: Float64Array;
  /** Of each operation, in ranks. */
  readonly spans: readonly Span[];
}

export function createAxis(rows: readonly OperationRow[]): Axis {
  const events = rows.flatMap(([, , , , call, returned], row) => {
    const called = { time: call, row, isReturn: false };
    return returned === null ? [called] : [called, { time: returned, row, isReturn: true }];
  });
  events.sort((left, right) => left.time - right.time || Number(left.isReturn) - Number(right.isReturn));
  const spans = rows.map(() => ({ call: 0, return: events.length }));
  for (const [rank, { row, isReturn }] of events.entries()) {
    const span = spans[row];
    if (span !== undefined) span[isReturn ? 'return' : 'call'] = rank;
  }
  return { times: Float64Array.from(events, ({ time }) => time), spans };
}

/** The last position there is. */
export function extent({ times }: Axis): number {
  return Math.max(1, times.length);
}

export function positionOf(axis: Axis, scale: Scale, rank: number): number {
  const { times } = axis;
  const last = times.length - 1;
  const [first, end] = [times[0] ?? 0, times[last] ?? 0];
  if (scale === 'events' || end === first || rank >= last) return rank;
  const below = Math.max(0, Math.floor(rank));
  const from = times[below] ?? first;
  const to = times[below + 1] ?? end;
  return ((from + (to - from) * (rank - below) - first) / (end - first)) * last;
}

/** The inverse; where several ranks stand at one position, the first of them. */
export function rankOf(axis: Axis, scale: Scale, position: number): number {
  const last = axis.times.length - 1;
  if (scale === 'events' || position >= last) return position;
  let [low, high] = [0, Math.max(0, last)];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (positionOf(axis, scale, middle) < position) low = middle + 1;
    else high = middle;
  }
  if (low === 0) return 0;
  const [from, to] = [positionOf(axis, scale, low - 1), positionOf(axis, scale, low)];
  return to > from ? low - 1 + (position - from) / (to - from) : low;
}

/** The time at a position, since the first event. */
export function timeAt(axis: Axis, scale: Scale, position: number): number {
  const rank = Math.min(Math.max(0, rankOf(axis, scale, position)), Math.max(0, axis.times.length - 1));
  const below = Math.floor(rank);
  const from = axis.times[below] ?? 0;
  const to = axis.times[below + 1] ?? from;
  return from + (to - from) * (rank - below) - (axis.times[0] ?? 0);
}

/** How many pixels a unit of the axis may be wide at most: enough to tell the two nearest events apart. */
export function pixelsPerUnitMax(axis: Axis, scale: Scale): number {
  const pixelsBetweenEvents = 150;
  let smallest = 1;
  for (let rank = 1; rank < axis.times.length; rank++) {
    const gap = positionOf(axis, scale, rank) - positionOf(axis, scale, rank - 1);
    if (gap > 0 && gap < smallest) smallest = gap;
  }
  return pixelsBetweenEvents / smallest;
}

/** Real time, unless most of it is idle: then nearly all of the picture would be empty. */
export function defaultScale({ times, spans }: Axis): Scale {
  const total = (times.at(-1) ?? 0) - (times[0] ?? 0);
  const open = new Int32Array(times.length + 1);
  for (const { call, return: returned } of spans) {
    if (returned === times.length) continue;
    open[call] = 1;
    open[returned] = -1;
  }
  let [idle, running] = [0, 0];
  for (let rank = 0; rank + 1 < times.length; rank++) {
    running += open[rank] ?? 0;
    if (running === 0) idle += (times[rank + 1] ?? 0) - (times[rank] ?? 0);
  }
  return idle > total / 2 ? 'events' : 'time';
}
