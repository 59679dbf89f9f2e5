/** Which part of the axis is seen, and how large: pure arithmetic of zooming and panning. */

export interface Viewport {
  /** The position at the left edge. */
  readonly start: number;
  readonly pixelsPerUnit: number;
}

export interface ViewportLimits {
  /** The positions go from 0 to it. */
  readonly extent: number;
  readonly width: number;
  readonly pixelsPerUnitMax: number;
}

export function fit({ extent, width }: ViewportLimits): Viewport {
  return { start: 0, pixelsPerUnit: Math.max(1, width) / extent };
}

export function xOf({ start, pixelsPerUnit }: Viewport, position: number): number {
  return (position - start) * pixelsPerUnit;
}

export function positionAt({ start, pixelsPerUnit }: Viewport, x: number): number {
  return start + x / pixelsPerUnit;
}

/** What stands at `x` stays there. */
export function zoom(viewport: Viewport, factor: number, x: number, limits: ViewportLimits): Viewport {
  const anchor = positionAt(viewport, x);
  const wanted = viewport.pixelsPerUnit * factor;
  const pixelsPerUnit = Math.max(fit(limits).pixelsPerUnit, Math.min(wanted, limits.pixelsPerUnitMax));
  return clamp({ start: anchor - x / pixelsPerUnit, pixelsPerUnit }, limits);
}

export function pan(viewport: Viewport, pixels: number, limits: ViewportLimits): Viewport {
  return clamp({ ...viewport, start: viewport.start + pixels / viewport.pixelsPerUnit }, limits);
}

/** Centres the positions between the two; they take about a third of the width, unless that is too near or too far. */
export function show(from: number, to: number, viewport: Viewport, limits: ViewportLimits): Viewport {
  const width = Math.max(to - from, Number.EPSILON);
  const smallest = fit(limits).pixelsPerUnit;
  const pixelsPerUnit = Math.max(smallest, Math.min(limits.width / 3 / width, limits.pixelsPerUnitMax));
  return clamp({ ...viewport, start: (from + to) / 2 - limits.width / 2 / pixelsPerUnit, pixelsPerUnit }, limits);
}

/** Pans as little as it must for the positions to be seen. */
export function reveal(from: number, to: number, viewport: Viewport, limits: ViewportLimits): Viewport {
  const marginPixels = Math.min(60, limits.width / 4);
  const [left, right] = [xOf(viewport, from) - marginPixels, xOf(viewport, to) + marginPixels];
  if (left < 0) return pan(viewport, left, limits);
  // The beginning of what is wider than the picture is worth more than its end.
  return right > limits.width ? pan(viewport, Math.min(left, right - limits.width), limits) : viewport;
}

function clamp({ start, pixelsPerUnit }: Viewport, { extent, width }: ViewportLimits): Viewport {
  const startMax = Math.max(0, extent - width / pixelsPerUnit);
  return { start: Math.max(0, Math.min(start, startMax)), pixelsPerUnit };
}

/** A step of 1, 2 or 5 times a power of ten, about as long as wanted. */
export function niceStep(wanted: number): number {
  const power = 10 ** Math.floor(Math.log10(wanted));
  return ([1, 2, 5].find((step) => step * power >= wanted) ?? 10) * power;
}
