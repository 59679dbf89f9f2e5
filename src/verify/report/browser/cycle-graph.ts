/** An anomaly as a graph: its transactions as boxes, the edges of its cycle as arrows, and a sentence for each edge. */
import type { DependencyKind } from '../../verdict.ts';
import type { AnomalyData, EdgeData, TransactionData } from '../report-data.ts';
import { element, svg } from './dom.ts';
import { boxSize, layoutGraph, type GraphEdge, type GraphNode } from './graph-layout.ts';

const names: Readonly<Record<DependencyKind, string>> = {
  'write-write': 'ww',
  'write-read': 'wr',
  'read-write': 'rw',
  process: 'process',
  'real-time': 'time',
};

export interface GraphOwner {
  transaction(index: number): TransactionData | undefined;
  onSelect(transaction: number): void;
}

export function cycleGraph(anomaly: AnomalyData, owner: GraphOwner): HTMLElement {
  const { transactions, cycle, name } = anomaly;
  const layout = layoutGraph(transactions, cycle);
  const { width, height } = layout;
  const sentences = cycle.map((edge, index) => sentence(edge, index));
  const arrows = cycle.map((edge, index) => arrow(edge, layout.edges[index], index));
  for (const [index, item] of sentences.entries()) linkHighlights(item, arrows[index]);
  const picture = svg(
    'svg',
    { viewBox: `0 0 ${width} ${height}`, width, height, role: 'group', 'aria-label': `${name}: graph` },
    svg('defs', {}, ...Object.values(names).map(arrowHead)),
    ...arrows,
    ...layout.nodes.map((node) => box(node, owner)),
  );
  const list = cycle.length === 0 ? [] : [element('ol', { class: 'edges', 'aria-label': 'Edges' }, ...sentences)];
  return element('div', { class: 'graph' }, element('div', { class: 'graph-picture' }, picture), ...list);
}

/** Pointing at a sentence shows its arrow, and the other way round. */
function linkHighlights(...elements: readonly (Element | undefined)[]): void {
  for (const one of elements) {
    for (const [event, isOn] of [
      ['pointerenter', true],
      ['pointerleave', false],
    ] as const) {
      one?.addEventListener(event, () => {
        for (const other of elements) other?.classList.toggle('highlighted', isOn);
      });
    }
  }
}

function sentence({ from, to, kind, reason }: EdgeData, index: number): HTMLElement {
  const head = element('strong', {}, `T${from} → T${to}`);
  return element(
    'li',
    { 'data-edge': index },
    head,
    ' ',
    element('span', { class: `kind ${names[kind]}` }, names[kind]),
    ` ${reason}`,
  );
}

function arrowHead(name: string): SVGElement {
  const shape = svg('path', { d: 'M0 0 L10 5 L0 10 z', class: `head ${name}` });
  const size = { viewBox: '0 0 10 10', refX: 9, refY: 5, markerWidth: 8, markerHeight: 8 };
  return svg('marker', { id: `head-${name}`, ...size, orient: 'auto-start-reverse' }, shape);
}

function arrow({ kind, from, to, reason }: EdgeData, edge: GraphEdge | undefined, index: number): SVGElement {
  if (edge === undefined) return svg('g');
  const name = names[kind];
  const { from: start, control, to: end, middle } = edge;
  const d = `M${start.x} ${start.y} Q${control.x} ${control.y} ${end.x} ${end.y}`;
  return svg(
    'g',
    { class: `edge ${name}`, 'data-edge': index, 'data-between': `${from} ${to}` },
    svg('title', {}, reason),
    svg('path', { d, class: 'wide' }),
    svg('path', { d, 'marker-end': `url(#head-${name})` }),
    svg('text', { x: middle.x, y: middle.y, 'text-anchor': 'middle', dy: '0.35em' }, name),
  );
}

function box({ transaction, x, y }: GraphNode, owner: GraphOwner): SVGElement {
  const label = owner.transaction(transaction)?.row[2] ?? '';
  const lettersMax = 24;
  const short = label.length > lettersMax ? `${label.slice(0, lettersMax - 1)}…` : label;
  const corner = { x: x - boxSize.width / 2, y: y - boxSize.height / 2 };
  const made = svg(
    'g',
    {
      class: 'node',
      tabindex: 0,
      role: 'button',
      'aria-label': `T${transaction}: ${label}`,
      'data-transaction': transaction,
    },
    svg('title', {}, label),
    svg('rect', { ...corner, ...boxSize, rx: 8 }),
    svg('text', { x, y: y - 8, 'text-anchor': 'middle', class: 'name' }, `T${transaction}`),
    svg('text', { x, y: y + 12, 'text-anchor': 'middle' }, short),
  );
  made.addEventListener('click', () => {
    owner.onSelect(transaction);
  });
  made.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    owner.onSelect(transaction);
  });
  return made;
}
