/**
 * A timeline that can be zoomed, panned, pointed at and walked through by keyboard. It is a canvas: an element for each of
 * thousands of bars would make every frame of zooming slow. What a canvas cannot say by itself is said beside it: the
 * selected operation is announced, and the findings are a list of their own.
 */
import { defaultScale, extent, pixelsPerUnitMax, positionOf, type Scale } from './axis.ts';
import { button, element } from './dom.ts';
import { attachGestures } from './gestures.ts';
import type { Path } from './linearization-path.ts';
import { onThemeChange, readPalette } from './palette.ts';
import { barAt, createScene, neighbour, type Bar, type Direction, type SceneItem } from './scene.ts';
import {
  axisHeight,
  gutterWidth,
  laneHeight,
  laneY,
  paint,
  rankAtX,
  type Picture,
  type Tone,
} from './timeline-painter.ts';
import { fit, pan, reveal, show, zoom, type Viewport, type ViewportLimits } from './viewport.ts';

export interface TimelineOwner {
  /** Somebody has chosen an operation, or none. */
  onSelect(id: number | undefined): void;
  /** What to say of the operation under the pointer. */
  hint(id: number): readonly string[];
  toneOf(id: number): Tone;
  jump(by: 1 | -1): void;
}

const zoomStep = 1.5;
const panStepPixels = 80;
const noPath: Path = { points: [], stuck: undefined };

export class Timeline {
  readonly element: HTMLElement;
  readonly #owner: TimelineOwner;
  readonly #canvas = element('canvas');
  readonly #focus = element('div', {
    class: 'timeline',
    tabindex: 0,
    role: 'application',
    'aria-roledescription': 'timeline',
    'aria-label':
      'Operations of each client by time. Arrow keys go from operation to operation, E goes to the next error.',
  });
  readonly #announcement = element('p', { class: 'visually-hidden', 'aria-live': 'polite' });
  readonly #hint = element('div', { class: 'hint', role: 'presentation', hidden: true });
  readonly #equalSpacing = element('input', { type: 'checkbox' });
  #picture: Picture;
  #limits: ViewportLimits = { extent: 1, width: 1, pixelsPerUnitMax: 1 };
  #isDue = false;

  constructor(owner: TimelineOwner) {
    this.#owner = owner;
    this.#picture = {
      scene: createScene([]),
      scale: 'time',
      viewport: { start: 0, pixelsPerUnit: 1 },
      top: 0,
      width: 1,
      height: 1,
      path: noPath,
      selected: undefined,
      hovered: undefined,
      toneOf: (id) => owner.toneOf(id),
      palette: readPalette(),
    };
    this.#focus.append(this.#canvas, this.#hint);
    this.element = element('div', { class: 'timeline-box' }, this.#toolbar(), this.#focus, this.#announcement);
    this.#listen();
  }

  /** Shows other operations; what was selected stays so if it is among them. */
  setItems(items: readonly SceneItem[]): void {
    const scene = createScene(items);
    const scale = defaultScale(scene.axis);
    const selected = scene.bars.get(this.#picture.selected?.item.id ?? -1);
    this.#equalSpacing.checked = scale === 'events';
    this.#picture = { ...this.#picture, scene, scale, selected, hovered: undefined, path: noPath, top: 0 };
    const lanesHeight = axisHeight + Math.max(3, scene.lanes.length) * laneHeight;
    this.#focus.style.height = `min(${lanesHeight + 8}px, 60vh)`;
    this.#measure();
    this.fit();
  }

  setPath(path: Path): void {
    this.#update({ path });
  }

  get scene(): Picture['scene'] {
    return this.#picture.scene;
  }

  select(id: number | undefined): void {
    const selected = id === undefined ? undefined : this.#picture.scene.bars.get(id);
    this.#update({ selected });
    if (selected === undefined) return;
    const { label, row } = selected.item;
    this.#announcement.textContent = `Client ${row[0]}: ${label}`;
    this.#reveal(selected);
  }

  /** Zooms to the operations and some of what surrounds them, and selects the first. */
  focusOn(ids: readonly number[]): void {
    const { scene, scale, viewport } = this.#picture;
    const bars = ids.map((id) => scene.bars.get(id)).filter((bar) => bar !== undefined);
    const [first] = bars;
    if (first === undefined) return;
    const neighbours = 4;
    // Of what has no end, the beginning is worth seeing.
    const ends = bars.map(({ call, return: returned, isOpen }) => (isOpen ? call + neighbours : returned));
    const from = positionOf(scene.axis, scale, Math.max(0, Math.min(...bars.map(({ call }) => call)) - neighbours));
    const to = positionOf(scene.axis, scale, Math.min(Math.max(...ends) + neighbours, extent(scene.axis)));
    // A third of the width for what is shown would be little for what already has its surroundings with it.
    const third = (to - from) / 3;
    this.#update({ viewport: show(from + third, to - third, viewport, this.#limits) });
    this.select(first.item.id);
  }

  fit(): void {
    this.#update({ viewport: fit(this.#limits) });
  }

  #toolbar(): HTMLElement {
    this.#equalSpacing.addEventListener('change', () => {
      this.#setScale(this.#equalSpacing.checked ? 'events' : 'time');
    });
    const middle = (): number => this.#limits.width / 2;
    return element(
      'div',
      { class: 'toolbar', role: 'group', 'aria-label': 'Timeline' },
      button('‹ Error', 'Previous error', () => {
        this.#owner.jump(-1);
      }),
      button('Error ›', 'Next error', () => {
        this.#owner.jump(1);
      }),
      button('+', 'Zoom in', () => {
        this.#zoom(zoomStep, middle());
      }),
      button('−', 'Zoom out', () => {
        this.#zoom(1 / zoomStep, middle());
      }),
      button('Fit', 'Show all', () => {
        this.fit();
      }),
      element(
        'label',
        { title: 'Every call and return equally far from the next' },
        this.#equalSpacing,
        'Equal spacing',
      ),
    );
  }

  #listen(): void {
    attachGestures(this.#canvas, {
      pan: (x, y) => {
        this.#pan(x, y);
      },
      zoom: (factor, x) => {
        this.#zoom(factor, x - gutterWidth);
      },
      click: (x, y) => {
        this.#choose(this.#barAt(x, y));
      },
      hover: (at) => {
        this.#hover(at);
      },
    });
    this.#focus.addEventListener('keydown', (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (this.#press(event.key, event.shiftKey)) event.preventDefault();
    });
    new ResizeObserver(() => {
      this.#measure();
      this.#pan(0, 0);
    }).observe(this.#focus);
    onThemeChange(() => {
      this.#update({ palette: readPalette() });
    });
  }

  /** `false`: it is not a key of the timeline. */
  #press(key: string, shift: boolean): boolean {
    const middle = this.#limits.width / 2;
    const pans: Readonly<Record<string, readonly [number, number]>> = {
      ArrowLeft: [-panStepPixels, 0],
      ArrowRight: [panStepPixels, 0],
      ArrowUp: [0, -laneHeight],
      ArrowDown: [0, laneHeight],
    };
    const [panX, panY] = pans[key] ?? [0, 0];
    const direction = directions[key];
    if (shift && (panX !== 0 || panY !== 0)) this.#pan(panX, panY);
    else if (direction !== undefined) this.#walk(direction);
    else if (key === '+' || key === '=') this.#zoom(zoomStep, middle);
    else if (key === '-') this.#zoom(1 / zoomStep, middle);
    else if (key === '0') this.fit();
    else if (key === 'e' || key === 'E') this.#owner.jump(shift ? -1 : 1);
    else if (key === 'Escape') this.#choose(undefined);
    else return false;
    return true;
  }

  #walk(direction: Direction): void {
    const next = neighbour(this.#picture.scene, this.#picture.selected, direction);
    if (next !== undefined) this.#choose(next);
  }

  #choose(bar: Bar | undefined): void {
    this.select(bar?.item.id);
    this.#owner.onSelect(bar?.item.id);
  }

  #barAt(x: number, y: number): Bar | undefined {
    if (x < gutterWidth || y < axisHeight) return undefined;
    const lane = Math.floor((y - axisHeight + this.#picture.top) / laneHeight);
    const rank = rankAtX(this.#picture, x);
    const tolerancePixels = 4;
    const tolerance = Math.max(
      rankAtX(this.#picture, x + tolerancePixels) - rank,
      rank - rankAtX(this.#picture, x - tolerancePixels),
    );
    return barAt(this.#picture.scene, lane, rank, tolerance);
  }

  #hover(at: { readonly x: number; readonly y: number } | undefined): void {
    const hovered = at === undefined ? undefined : this.#barAt(at.x, at.y);
    if (hovered !== this.#picture.hovered) {
      this.#update({ hovered });
      this.#canvas.style.cursor = hovered === undefined ? 'grab' : 'pointer';
      const lines = hovered === undefined ? [] : this.#owner.hint(hovered.item.id);
      this.#hint.replaceChildren(...lines.map((line) => element('p', {}, line)));
    }
    this.#hint.hidden = hovered === undefined;
    if (at === undefined || hovered === undefined) return;
    const { offsetWidth, offsetHeight } = this.#hint;
    const { width, height } = this.#picture;
    this.#hint.style.left = `${Math.max(0, Math.min(at.x + 14, width - offsetWidth))}px`;
    this.#hint.style.top = `${at.y + 18 + offsetHeight > height ? at.y - offsetHeight - 10 : at.y + 18}px`;
  }

  #reveal({ lane, call, return: returned, isOpen }: Bar): void {
    const { scene, scale, viewport, top, height } = this.#picture;
    const from = positionOf(scene.axis, scale, call);
    const to = isOpen ? from : positionOf(scene.axis, scale, returned);
    const y = laneY(this.#picture, lane);
    const hiddenAbove = Math.min(0, y - axisHeight);
    const hiddenBelow = Math.max(0, y + laneHeight - height);
    this.#update({ viewport: reveal(from, to, viewport, this.#limits), top: top + hiddenAbove + hiddenBelow });
  }

  #setScale(scale: Scale): void {
    const { scene, viewport, selected } = this.#picture;
    const middle = rankAtX(this.#picture, gutterWidth + this.#limits.width / 2);
    const factor = viewport.pixelsPerUnit / fit(this.#limits).pixelsPerUnit;
    this.#picture = { ...this.#picture, scale };
    this.#measure();
    const at = positionOf(scene.axis, scale, middle);
    const half = this.#limits.width / 6 / (fit(this.#limits).pixelsPerUnit * factor);
    this.#update({ viewport: show(at - half, at + half, viewport, this.#limits) });
    if (selected !== undefined) this.#reveal(selected);
  }

  #zoom(factor: number, x: number): void {
    this.#update({ viewport: zoom(this.#picture.viewport, factor, x, this.#limits) });
  }

  #pan(x: number, y: number): void {
    const { viewport, scene, height, top } = this.#picture;
    const topMax = Math.max(0, axisHeight + scene.lanes.length * laneHeight - height);
    this.#update({ viewport: pan(viewport, x, this.#limits), top: Math.max(0, Math.min(top + y, topMax)) });
  }

  #measure(): void {
    const { scene, scale } = this.#picture;
    const { clientWidth: width, clientHeight: height } = this.#focus;
    const pixelRatio = window.devicePixelRatio;
    this.#canvas.width = Math.round(width * pixelRatio);
    this.#canvas.height = Math.round(height * pixelRatio);
    this.#limits = {
      extent: extent(scene.axis),
      width: Math.max(1, width - gutterWidth),
      pixelsPerUnitMax: pixelsPerUnitMax(scene.axis, scale),
    };
    const wide = this.#picture.viewport.pixelsPerUnit < fit(this.#limits).pixelsPerUnit;
    this.#update({ width, height, ...(wide ? { viewport: fit(this.#limits) } : {}) });
  }

  /** However often it changes between two frames, it is drawn once. */
  #update(change: Partial<Picture>): void {
    const viewport: Viewport = change.viewport ?? this.#picture.viewport;
    this.#picture = { ...this.#picture, ...change, viewport };
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      const context = this.#canvas.getContext('2d', { alpha: false });
      if (context === null) return;
      const pixelRatio = window.devicePixelRatio;
      context.setTransform(pixelRatio, 0, 0, pixelRatio, 0, 0);
      paint(context, this.#picture);
    });
  }
}

const directions: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'previous',
  ArrowRight: 'next',
  ArrowUp: 'above',
  ArrowDown: 'below',
  Home: 'first',
  End: 'last',
};
