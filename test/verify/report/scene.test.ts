import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barAt, createScene, firstEndingFrom, neighbour, type Bar } from '../../../src/verify/report/browser/scene.ts';
import type { OperationRow } from '../../../src/verify/report/report-data.ts';
import { arbitraryRows, itemsOf } from './arbitrary-rows.ts';

const two = createScene(
  itemsOf([
    [7, 'write', '1', null, 0, 10, 'ok'],
    [3, 'read', null, '1', 5, 30, 'ok'],
    [7, 'write', '2', null, 20, null, 'info'],
  ]),
);

describe('scene', () => {
  it('gives each client a lane, in the order of their numbers', () => {
    expect(two.lanes.map(({ processes, bars }) => [processes, bars.map(({ item }) => item.id)])).toEqual([
      [[3], [1]],
      [[7], [0, 2]],
    ]);
    expect(two.bars.get(2)?.isOpen).toBe(true);
  });

  it('has no more lanes for a thousand uncertain operations than there are clients', () => {
    const lanes = (clients: number): number => {
      const rows = Array.from({ length: 1_000 }, (_, index): OperationRow => {
        return [index, 'write', '1', null, Math.floor(index / clients), null, 'info'];
      });
      return createScene(itemsOf(rows)).lanes.length;
    };
    expect([1, 10, 1_000].map(lanes)).toEqual([1, 10, 1_000]);
  });

  it('gives the lane of what hangs to whoever begins after it, and to nobody else', () => {
    const { lanes, bars } = createScene(
      itemsOf([
        [0, 'write', '1', null, 0, null, 'info'],
        [1, 'read', null, '1', 0, 5, 'ok'],
        [2, 'read', null, '1', 6, 9, 'ok'],
        [3, 'read', null, '1', 7, 8, 'ok'],
      ]),
    );
    expect(lanes.map(({ processes }) => processes)).toEqual([[0, 2], [1], [3]]);
    expect(bars.get(0)).toMatchObject({ call: 0, end: bars.get(2)?.call, return: 7 });
    expect(lanes.map(({ tailFrom }) => tailFrom)).toEqual([bars.get(2)?.call, Infinity, Infinity]);
  });

  it('sorts the bars of a lane by call and by end, and ends what hangs where the next begins', () => {
    fc.assert(
      fc.property(arbitraryRows, (rows) => {
        const { lanes } = createScene(itemsOf(rows));
        expect(lanes.flatMap(({ bars }) => bars)).toHaveLength(rows.length);
        expect(lanes.flatMap(({ processes }) => processes)).toHaveLength(new Set(rows.map(([one]) => one)).size);
        for (const { bars } of lanes) {
          for (const [index, { call, end }] of bars.entries()) {
            const last = bars[index - 1];
            expect(end).toBeGreaterThan(call);
            if (last === undefined) continue;
            expect([call > last.call, end > last.end]).toEqual([true, true]);
            if (last.isOpen) expect(last.end).toBe(call);
          }
        }
      }),
    );
  });

  it('lets the keyboard go from bar to bar', () => {
    const at = (id: number): Bar | undefined => two.bars.get(id);
    expect(neighbour(two, undefined, 'next')).toBe(at(1));
    expect(neighbour(two, at(1), 'below')).toBe(at(0));
    expect(neighbour(two, at(0), 'next')).toBe(at(2));
    expect(neighbour(two, at(2), 'next')).toBeUndefined();
    expect(neighbour(two, at(2), 'above')).toBe(at(1));
    expect(neighbour(two, at(2), 'first')).toBe(at(0));
    expect(neighbour(two, at(0), 'last')).toBe(at(2));
    expect(neighbour(two, at(0), 'below')).toBeUndefined();
  });

  it('finds what is pointed at as looking at every bar would', () => {
    fc.assert(
      fc.property(arbitraryRows, fc.nat(4), fc.double({ min: 0, max: 90, noNaN: true }), (rows, laneNumber, rank) => {
        const scene = createScene(itemsOf(rows));
        const bars = scene.lanes[laneNumber]?.bars ?? [];
        const tolerance = 0.5;
        const distances = bars.map(({ call, end }) => Math.max(call - rank, rank - end, 0));
        const least = Math.min(...distances, Infinity);
        const found = barAt(scene, laneNumber, rank, tolerance);
        if (least > tolerance) expect(found).toBeUndefined();
        else expect(distances[bars.indexOf(found as Bar)]).toBe(least);
        const first = bars.findIndex((bar) => bar.end >= rank);
        expect(firstEndingFrom(bars, rank)).toBe(first === -1 ? bars.length : first);
      }),
    );
  });
});
