/**
 * The line of a linearization through the bars: one point in each of its operations, none to the left of the one before.
 *
 * Each operation takes place as early as it can, right after the last call among itself and those before it; that is
 * never after its own return, since the order respects real time. Those that follow the same call are spread evenly
 * between that and the next event.
 */
import type { LinearizationData } from '../report-data.ts';
import type { Bar, Scene } from './scene.ts';

export interface PathPoint {
  readonly bar: Bar;
  readonly rank: number;
  /** Which step of the linearization it is, from 1: of a filtered picture some are not seen. */
  readonly step: number;
}

export interface Path {
  readonly points: readonly PathPoint[];
  /** Where the operation that could not be placed is marked. */
  readonly stuck: PathPoint | undefined;
}

/** `idOf`: by what the scene knows the partition's operations. Operations that the scene does not show have no point. */
export function createPath(
  { steps, stuck }: LinearizationData,
  scene: Scene,
  idOf: (operation: number) => number,
): Path {
  const points: { bar: Bar; rank: number; step: number }[] = [];
  let [last, group] = [0, 0];
  const spread = (): void => {
    for (let index = group; index < points.length; index++) {
      const point = points[index];
      if (point !== undefined) point.rank = last + (index - group + 1) / (points.length - group + 1);
    }
    group = points.length;
  };
  for (let index = 0; index < steps.length; index += 2) {
    const bar = scene.bars.get(idOf(steps[index] ?? -1));
    if (bar === undefined) continue;
    if (bar.call > last) {
      spread();
      last = bar.call;
    }
    points.push({ bar, rank: last, step: index / 2 + 1 });
  }
  spread();
  const stuckBar = stuck === null ? undefined : scene.bars.get(idOf(stuck));
  if (stuckBar === undefined) return { points, stuck: undefined };
  const rank = Math.min(Math.max(points.at(-1)?.rank ?? 0, stuckBar.call + 0.5), stuckBar.return);
  return { points, stuck: { bar: stuckBar, rank, step: steps.length / 2 + 1 } };
}

/** The index of the first point at the rank or right of it. */
export function firstPointFrom(points: readonly PathPoint[], rank: number): number {
  let [low, high] = [0, points.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((points[middle]?.rank ?? 0) < rank) low = middle + 1;
    else high = middle;
  }
  return low;
}
