import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fit,
  niceStep,
  pan,
  positionAt,
  reveal,
  show,
  xOf,
  zoom,
  type ViewportLimits,
} from '../../../src/verify/report/browser/viewport.ts';

const limits: ViewportLimits = { extent: 1000, width: 500, pixelsPerUnitMax: 100 };

describe('viewport', () => {
  it('keeps what is under the pointer where it is', () => {
    const near = zoom(fit(limits), 8, 200, limits);
    expect(near.pixelsPerUnit).toBe(4);
    expect(positionAt(near, 200)).toBe(400);
    const nearer = zoom(near, 2, 30, limits);
    expect(xOf(nearer, positionAt(near, 30))).toBeCloseTo(30);
  });

  it('never leaves what there is, whatever is done', () => {
    const action = fc.oneof(
      fc.record({ factor: fc.double({ min: 0.01, max: 50, noNaN: true }), x: fc.integer({ min: 0, max: 500 }) }),
      fc.record({ pixels: fc.integer({ min: -5000, max: 5000 }) }),
    );
    fc.assert(
      fc.property(fc.array(action), (actions) => {
        let viewport = fit(limits);
        for (const one of actions) {
          viewport = 'factor' in one ? zoom(viewport, one.factor, one.x, limits) : pan(viewport, one.pixels, limits);
          expect(viewport.start).toBeGreaterThanOrEqual(0);
          expect(positionAt(viewport, limits.width)).toBeLessThanOrEqual(limits.extent + 1e-6);
          expect(viewport.pixelsPerUnit).toBeLessThanOrEqual(limits.pixelsPerUnitMax);
        }
      }),
    );
  });

  it('shows and reveals', () => {
    const shown = show(400, 410, fit(limits), limits);
    expect(xOf(shown, 405)).toBeCloseTo(250);
    expect(xOf(shown, 410) - xOf(shown, 400)).toBeCloseTo(500 / 3);
    expect(reveal(402, 408, shown, limits)).toBe(shown);
    const revealed = reveal(600, 610, shown, limits);
    expect(xOf(revealed, 610)).toBeCloseTo(440);
    expect(xOf(reveal(300, 900, shown, limits), 300)).toBeCloseTo(60);
  });

  it('has round steps', () => {
    expect([0.03, 1, 1.1, 4, 7, 120].map(niceStep)).toEqual([0.05, 1, 2, 5, 10, 200]);
  });
});
