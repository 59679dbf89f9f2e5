import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { barAt, createScene, firstEndingFrom, neighbour, type Bar } from '../../../src/verify/report/browser/scene.ts';
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
    expect(two.lanes.map(({ process, bars }) => [process, bars.map(({ item }) => item.id)])).toEqual([
      [3, [1]],
      [7, [0, 2]],
    ]);
    expect(two.bars.get(2)?.isOpen).toBe(true);
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
        const distances = bars.map(({ call, return: returned }) => Math.max(call - rank, rank - returned, 0));
        const least = Math.min(...distances, Infinity);
        const found = barAt(scene, laneNumber, rank, tolerance);
        if (least > tolerance) expect(found).toBeUndefined();
        else expect(distances[bars.indexOf(found as Bar)]).toBe(least);
        const first = bars.findIndex((bar) => bar.return >= rank);
        expect(firstEndingFrom(bars, rank)).toBe(first === -1 ? bars.length : first);
      }),
    );
  });
});
