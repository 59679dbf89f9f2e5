import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createPath, firstPointFrom } from '../../../src/verify/report/browser/linearization-path.ts';
import { createScene } from '../../../src/verify/report/browser/scene.ts';
import type { LinearizationData, OperationRow } from '../../../src/verify/report/report-data.ts';
import { arbitraryRows, itemsOf } from './arbitrary-rows.ts';

/** Takes what may come next by real time at random, and stops somewhere. */
function linearize(rows: readonly OperationRow[], choices: readonly number[]): LinearizationData {
  const left = new Set(rows.keys());
  const steps: number[] = [];
  for (const choice of choices) {
    const firstReturn = Math.min(...[...left].map((index) => rows[index]?.[5] ?? Infinity));
    const possible = [...left].filter((index) => (rows[index] as OperationRow)[4] <= firstReturn);
    const next = possible[choice % possible.length];
    if (next === undefined) break;
    left.delete(next);
    steps.push(next, 0);
  }
  return { steps, stuck: [...left].find((index) => rows[index]?.[5] !== null) ?? null };
}

describe('path of a linearization', () => {
  it('goes through every operation within its bar, and never back', () => {
    fc.assert(
      fc.property(arbitraryRows, fc.array(fc.nat(1000), { maxLength: 40 }), (rows, choices) => {
        const scene = createScene(itemsOf(rows));
        const linearization = linearize(rows, choices);
        const { points } = createPath(linearization, scene, (operation) => operation);
        expect(points.map(({ bar }) => bar.item.id)).toEqual(linearization.steps.filter((_, index) => index % 2 === 0));
        let last = -Infinity;
        for (const { bar, rank } of points) {
          expect(rank).toBeGreaterThan(last);
          expect(rank).toBeGreaterThan(bar.call);
          expect(rank).toBeLessThan(bar.return);
          last = rank;
        }
        const middle = points[Math.floor(points.length / 2)]?.rank ?? 0;
        const first = points.findIndex(({ rank }) => rank >= middle);
        expect(firstPointFrom(points, middle)).toBe(Math.max(0, first));
      }),
    );
  });

  it('marks the operation that stopped it within its bar, and leaves out what is not shown', () => {
    const rows: readonly OperationRow[] = [
      [0, 'write', '1', null, 0, 10, 'ok'],
      [1, 'write', '2', null, 1, 11, 'ok'],
      [2, 'read', null, '3', 20, 30, 'ok'],
    ];
    const linearization = { steps: [0, 0, 1, 1], stuck: 2 };
    const { points, stuck } = createPath(linearization, createScene(itemsOf(rows)), (operation) => operation);
    expect(points.map(({ step }) => step)).toEqual([1, 2]);
    expect(stuck).toMatchObject({ step: 3, rank: 4.5, bar: { call: 4, return: 5 } });
    const filtered = createPath(linearization, createScene(itemsOf(rows).slice(1)), (operation) => operation);
    expect(filtered.points.map(({ step }) => step)).toEqual([2]);
  });
});
