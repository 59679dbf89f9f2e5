/**
 * Draws what is seen of a timeline on a canvas. Each frame is drawn anew: it looks only at the bars and points between
 * the left and the right edge, and of those narrower than a pixel it draws one in each pixel, so its cost is bounded by
 * the size of the picture and a quick pass over what is seen.
 */
import { groupDigits } from '../display-text.ts';
import { positionOf, rankOf, timeAt, type Scale } from './axis.ts';
import { firstPointFrom, type Path, type PathPoint } from './linearization-path.ts';
import type { ColourName, Palette } from './palette.ts';
import { firstEndingFrom, type Bar, type Scene } from './scene.ts';
import { niceStep, positionAt, xOf, type Viewport } from './viewport.ts';

export type Tone = Extract<ColourName, 'plain' | 'placed' | 'unplaced' | 'stuck' | 'marked'>;

export interface Picture {
  readonly scene: Scene;
  readonly scale: Scale;
  readonly viewport: Viewport;
  /** How many pixels of the lanes are above the upper edge. */
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly path: Path;
  readonly selected: Bar | undefined;
  readonly hovered: Bar | undefined;
  readonly toneOf: (id: number) => Tone;
  readonly palette: Palette;
}

export const laneHeight = 38;
export const axisHeight = 24;
/** Where the names of the clients stand. */
export const gutterWidth = 84;
const barHeight = 21;
const barTop = 5;
/** The line goes along the lower edge of the bars, so that their labels can be read. */
const pointTop = barTop + barHeight;
const barWidthMin = 3;
const font = '12px ui-monospace, SFMono-Regular, Menlo, Consolas, monospace';

/** Where on the canvas a rank of the axis is. */
function xOfRank({ scene, scale, viewport }: Picture, rank: number): number {
  return gutterWidth + xOf(viewport, positionOf(scene.axis, scale, rank));
}

export function rankAtX({ scene, scale, viewport }: Picture, x: number): number {
  return rankOf(scene.axis, scale, positionAt(viewport, x - gutterWidth));
}

export function laneY({ top }: Picture, lane: number): number {
  return axisHeight + lane * laneHeight - top;
}

export function paint(context: CanvasRenderingContext2D, picture: Picture): void {
  const { width, height, palette } = picture;
  context.font = font;
  context.textBaseline = 'middle';
  context.fillStyle = palette.background;
  context.fillRect(0, 0, width, height);
  paintTicks(context, picture);
  context.save();
  context.beginPath();
  context.rect(0, axisHeight, width, height - axisHeight);
  context.clip();
  for (const lane of lanesSeen(picture)) paintLane(context, picture, lane);
  for (const bar of [picture.path.stuck?.bar, picture.selected, picture.hovered]) {
    if (bar !== undefined) paintOutline(context, picture, bar);
  }
  paintPath(context, picture);
  paintGutter(context, picture);
  context.restore();
}

function* lanesSeen({ scene, top, height }: Picture): Generator<number> {
  const last = Math.min(scene.lanes.length - 1, Math.floor((top + height - axisHeight) / laneHeight));
  for (let lane = Math.max(0, Math.floor(top / laneHeight)); lane <= last; lane++) yield lane;
}

function paintTicks(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, scale, viewport, width, height, palette } = picture;
  const pixelsApart = 120;
  // In the scale of events a position is no time, so ticks stand at events, with their times.
  const last = Math.max(1, scene.axis.times.length - 1);
  const span = (scene.axis.times.at(-1) ?? 0) - (scene.axis.times[0] ?? 0);
  const unit = scale === 'time' && span > 0 ? span / last : 1;
  const wanted = niceStep((pixelsApart / viewport.pixelsPerUnit) * unit) / unit;
  const step = scale === 'events' ? Math.max(1, wanted) : wanted;
  context.strokeStyle = palette.line;
  context.fillStyle = palette.muted;
  context.lineWidth = 1;
  for (let tick = Math.ceil(viewport.start / step) * step; ; tick += step) {
    const x = Math.round(gutterWidth + xOf(viewport, tick)) + 0.5;
    if (x > width || tick > last) break;
    context.beginPath();
    context.moveTo(x, axisHeight - 6);
    context.lineTo(x, height);
    context.stroke();
    context.fillText(groupDigits(Number(timeAt(scene.axis, scale, tick).toPrecision(12))), x + 4, axisHeight / 2);
  }
}

function paintLane(context: CanvasRenderingContext2D, picture: Picture, lane: number): void {
  const { scene, width, palette } = picture;
  const y = laneY(picture, lane);
  if (lane % 2 === 1) {
    context.fillStyle = palette.stripe;
    context.fillRect(0, y, width, laneHeight);
  }
  const { bars, tailFrom } = scene.lanes[lane] ?? { bars: [], tailFrom: Infinity };
  const rightRank = rankAtX(picture, width);
  let painted = -Infinity;
  for (let index = firstEndingFrom(bars, rankAtX(picture, gutterWidth)); index < bars.length; index++) {
    const bar = bars[index];
    if (bar === undefined || bar.call > rightRank) break;
    const right = xOfRank(picture, bar.end);
    if (right < painted + 1) continue;
    paintBar(context, picture, bar);
    painted = Math.max(right, xOfRank(picture, bar.call) + barWidthMin);
  }
  if (tailFrom <= rightRank) paintTail(context, picture, xOfRank(picture, tailFrom), y + pointTop);
}

/** What hangs in a lane that is used again goes on below it; the line of an order may touch it there. */
function paintTail(context: CanvasRenderingContext2D, { width, palette }: Picture, from: number, y: number): void {
  context.strokeStyle = palette.muted;
  context.lineWidth = 1;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(Math.max(gutterWidth, from), y + 1.5);
  context.lineTo(width, y + 1.5);
  context.stroke();
  context.setLineDash([]);
}

function barBox(picture: Picture, bar: Bar): { x: number; y: number; width: number } {
  // What is far outside is cut: some browsers draw nothing of rectangles that are too wide.
  const x = Math.max(gutterWidth - 20, xOfRank(picture, bar.call));
  const right = Math.min(picture.width + 20, xOfRank(picture, bar.end));
  return { x, y: laneY(picture, bar.lane) + barTop, width: Math.max(barWidthMin, right - x) };
}

function paintBar(context: CanvasRenderingContext2D, picture: Picture, bar: Bar): void {
  const { palette } = picture;
  const { x, y, width } = barBox(picture, bar);
  const colour = palette[picture.toneOf(bar.item.id)];
  context.fillStyle = bar.isOpen ? fading(context, x, width, colour) : colour;
  if (width < 8 || bar.isOpen) context.fillRect(x, y, width, barHeight);
  else {
    context.beginPath();
    context.roundRect(x, y, width, barHeight, 4);
    context.fill();
  }
  if (bar.isOpen) paintOpenBorder(context, x, y, width, colour);
  paintLabel(context, bar.item.label, x, y, width, bar.isOpen ? palette.text : palette['on-bar']);
}

/** An operation of which nobody knows when it ended, if ever: solid where it began, dashes without an end. */
function fading(context: CanvasRenderingContext2D, x: number, width: number, colour: string): CanvasGradient {
  const gradient = context.createLinearGradient(x, 0, x + Math.min(width, 120), 0);
  gradient.addColorStop(0, colour);
  gradient.addColorStop(0.05, colour);
  gradient.addColorStop(0.06, 'transparent');
  return gradient;
}

function paintOpenBorder(context: CanvasRenderingContext2D, x: number, y: number, width: number, colour: string): void {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.setLineDash([6, 4]);
  context.beginPath();
  context.moveTo(x + width, y + 0.75);
  context.lineTo(x, y + 0.75);
  context.lineTo(x, y + barHeight - 0.75);
  context.lineTo(x + width, y + barHeight - 0.75);
  context.stroke();
  context.setLineDash([]);
}

/** As much of it as there is room for; the font has one width for all letters that matter. */
function paintLabel(
  context: CanvasRenderingContext2D,
  label: string,
  barX: number,
  y: number,
  width: number,
  colour: string,
): void {
  const letterWidth = 7.25;
  const x = Math.max(barX, gutterWidth) + 7;
  const letters = Math.floor((barX + width - x - 4) / letterWidth);
  if (letters < 1) return;
  context.fillStyle = colour;
  context.fillText(label.length <= letters ? label : `${label.slice(0, letters - 1)}…`, x, y + barHeight / 2 + 1);
}

function paintPath(context: CanvasRenderingContext2D, picture: Picture): void {
  const { path, palette, width } = picture;
  const first = Math.max(0, firstPointFrom(path.points, rankAtX(picture, gutterWidth)) - 1);
  const afterLast = firstPointFrom(path.points, rankAtX(picture, width)) + 1;
  const points = path.points.slice(first, afterLast);
  const pixelsEach = (width - gutterWidth) / Math.max(1, points.length);
  context.strokeStyle = palette.path;
  context.lineWidth = pixelsEach < 6 ? 1 : 2;
  context.lineJoin = 'round';
  // Thousands of strokes side by side would hide the bars.
  context.globalAlpha = Math.max(0.2, Math.min(1, pixelsEach / 6));
  paintLine(context, picture, points);
  context.globalAlpha = 1;
  if (pixelsEach >= 6) for (const point of points) paintPoint(context, picture, point, pixelsEach >= 26);
  if (path.stuck !== undefined) paintStuck(context, picture, path.stuck, path.points.at(-1));
}

function pointY(picture: Picture, { bar }: PathPoint): number {
  return laneY(picture, bar.lane) + pointTop;
}

/** Points in one column of pixels are drawn as the stroke between the highest and the lowest. */
function paintLine(context: CanvasRenderingContext2D, picture: Picture, points: readonly PathPoint[]): void {
  context.beginPath();
  let [column, low, high] = [-Infinity, 0, 0];
  for (const point of points) {
    const x = xOfRank(picture, point.rank);
    const y = pointY(picture, point);
    if (x - column < 1) {
      [low, high] = [Math.min(low, y), Math.max(high, y)];
      continue;
    }
    if (low !== high) {
      context.lineTo(column, low);
      context.lineTo(column, high);
    }
    [column, low, high] = [x, y, y];
    context.lineTo(x, y);
  }
  if (low !== high) {
    context.lineTo(column, low);
    context.lineTo(column, high);
  }
  context.stroke();
}

function paintPoint(context: CanvasRenderingContext2D, picture: Picture, point: PathPoint, isNumbered: boolean): void {
  const { palette } = picture;
  const [x, y] = [xOfRank(picture, point.rank), pointY(picture, point)];
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = palette.background;
  context.fill();
  context.stroke();
  if (!isNumbered) return;
  context.save();
  context.font = `10px ui-monospace, monospace`;
  context.fillStyle = palette.muted;
  context.fillText(String(point.step), x + 6, y + 6);
  context.restore();
}

/** The step that is not possible: a dashed line to a cross in the operation that it would have been. */
function paintStuck(
  context: CanvasRenderingContext2D,
  picture: Picture,
  stuck: PathPoint,
  previous: PathPoint | undefined,
): void {
  const [x, y] = [xOfRank(picture, stuck.rank), pointY(picture, stuck)];
  context.strokeStyle = picture.palette[picture.toneOf(stuck.bar.item.id)];
  context.lineWidth = 2;
  if (previous !== undefined) {
    context.setLineDash([4, 4]);
    context.beginPath();
    context.moveTo(xOfRank(picture, previous.rank), pointY(picture, previous));
    context.lineTo(x, y);
    context.stroke();
    context.setLineDash([]);
  }
  context.fillStyle = picture.palette.background;
  context.beginPath();
  context.arc(x, y, 9, 0, 2 * Math.PI);
  context.fill();
  context.stroke();
  context.beginPath();
  context.moveTo(x - 4, y - 4);
  context.lineTo(x + 4, y + 4);
  context.moveTo(x + 4, y - 4);
  context.lineTo(x - 4, y + 4);
  context.stroke();
}

function paintOutline(context: CanvasRenderingContext2D, picture: Picture, bar: Bar): void {
  const { x, y, width } = barBox(picture, bar);
  const isStuck = bar === picture.path.stuck?.bar && bar !== picture.selected && bar !== picture.hovered;
  context.strokeStyle = isStuck ? picture.palette[picture.toneOf(bar.item.id)] : picture.palette.focus;
  context.lineWidth = bar === picture.selected ? 3 : 2;
  context.strokeRect(x - 2, y - 2, width + 4, barHeight + 4);
}

function paintGutter(context: CanvasRenderingContext2D, picture: Picture): void {
  const { scene, height, palette } = picture;
  context.fillStyle = palette.background;
  context.fillRect(0, axisHeight, gutterWidth - 4, height);
  context.fillStyle = palette.muted;
  for (const lane of lanesSeen(picture)) {
    const [first = '', ...others] = scene.lanes[lane]?.processes ?? [];
    context.fillText(
      `client ${first}${others.length === 0 ? '' : '…'}`,
      8,
      laneY(picture, lane) + barTop + barHeight / 2,
    );
  }
}
