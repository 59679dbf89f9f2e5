import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createAxis,
  defaultScale,
  extent,
  pixelsPerUnitMax,
  positionOf,
  rankOf,
  timeAt,
  type Scale,
} from '../../../src/verify/report/browser/axis.ts';
import type { OperationRow } from '../../../src/verify/report/report-data.ts';
import { arbitraryRows } from './arbitrary-rows.ts';

const scales: readonly Scale[] = ['time', 'events'];

function rows(...times: readonly (readonly [number, number | null])[]): readonly OperationRow[] {
  return times.map(([call, returned], process) => [process, 'read', null, '1', call, returned, 'ok']);
}

describe('axis', () => {
  it('puts calls before returns of the same time, since intervals are closed', () => {
    const axis = createAxis(rows([0, 5], [5, 9]));
    expect([...axis.times]).toEqual([0, 5, 5, 9]);
    expect(axis.spans).toEqual([
      { call: 0, return: 2 },
      { call: 1, return: 3 },
    ]);
  });

  it('ends what has no end after all events', () => {
    const axis = createAxis(rows([0, null], [1, 2]));
    expect(axis.spans[0]).toEqual({ call: 0, return: 3 });
    expect(positionOf(axis, 'time', 3)).toBe(3);
    expect(extent(axis)).toBe(3);
  });

  it('stretches by time, or by events', () => {
    const axis = createAxis(rows([0, 10], [90, 100]));
    expect([0, 1, 2, 3].map((rank) => positionOf(axis, 'events', rank))).toEqual([0, 1, 2, 3]);
    expect([0, 1, 2, 3].map((rank) => positionOf(axis, 'time', rank) / 3)).toEqual(
      [0, 0.1, 0.9, 1].map((position) => expect.closeTo(position) as number),
    );
    expect(timeAt(axis, 'time', 1.5)).toBeCloseTo(50);
    expect(timeAt(axis, 'events', 1.5)).toBeCloseTo(50);
    expect(pixelsPerUnitMax(axis, 'time')).toBeGreaterThan(pixelsPerUnitMax(axis, 'events'));
  });

  it('is shown by time unless most of it is idle', () => {
    expect(defaultScale(createAxis(rows([0, 40], [50, 100])))).toBe('time');
    expect(defaultScale(createAxis(rows([0, 10], [90, 100])))).toBe('events');
    expect(defaultScale(createAxis(rows([0, null], [0, 10], [90, 100])))).toBe('events');
    expect(defaultScale(createAxis([]))).toBe('time');
  });

  it('never goes back, and can be inverted, in both scales', () => {
    fc.assert(
      fc.property(
        arbitraryRows,
        fc.constantFrom(...scales),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (all, scale, at) => {
          const axis = createAxis(all);
          let last = -Infinity;
          for (let rank = 0; rank <= extent(axis); rank += 0.25) {
            const position = positionOf(axis, scale, rank);
            expect(position).toBeGreaterThanOrEqual(last);
            last = position;
          }
          const position = at * extent(axis);
          expect(positionOf(axis, scale, rankOf(axis, scale, position))).toBeCloseTo(position, 6);
        },
      ),
    );
  });
});
