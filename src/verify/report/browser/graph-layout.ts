/**
 * A cycle as a picture: its transactions on a circle in the order of the cycle, its edges as arcs that bend outwards, so
 * that the two edges of a cycle of two lie apart. Transactions without edges stand in a row.
 */

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface GraphNode extends Point {
  readonly transaction: number;
}

export interface GraphEdge {
  /** Of a quadratic Bézier curve; its ends lie on the borders of the boxes. */
  readonly from: Point;
  readonly control: Point;
  readonly to: Point;
  readonly middle: Point;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: readonly GraphNode[];
  /** One for each edge that was given. */
  readonly edges: readonly GraphEdge[];
}

export const boxSize = { width: 190, height: 50 };
const margin = 16;

export function layoutGraph(
  transactions: readonly number[],
  edges: readonly { readonly from: number; readonly to: number }[],
): GraphLayout {
  const inCycle = [...new Set(edges.flatMap(({ from, to }) => [from, to]))];
  const alone = [...new Set(transactions)].filter((transaction) => !inCycle.includes(transaction));
  const circle = placeOnCircle(inCycle);
  const nodes = [...circle, ...placeInRows(alone, circle)];
  const at = new Map(nodes.map((node) => [node.transaction, node]));
  const centre = { x: 0, y: 0 };
  return crop(
    nodes,
    edges.map(({ from, to }) => layoutEdge(at.get(from) ?? centre, at.get(to) ?? centre, centre)),
  );
}

/** Around the origin. */
function placeOnCircle(transactions: readonly number[]): readonly GraphNode[] {
  // Wide enough that neighbours do not touch; boxes are wide, so the circle is an ellipse.
  const radiusX = Math.max(210, (transactions.length * (boxSize.width + 40)) / (2 * Math.PI));
  const radiusY = Math.max(110, radiusX * 0.6);
  // Two stand side by side, more begin at the top.
  const turn = transactions.length === 2 ? Math.PI : -Math.PI / 2;
  return transactions.map((transaction, index) => {
    const angle = turn + (2 * Math.PI * index) / transactions.length;
    return { transaction, x: radiusX * Math.cos(angle), y: radiusY * Math.sin(angle) };
  });
}

/** Below the others. */
function placeInRows(transactions: readonly number[], others: readonly GraphNode[]): readonly GraphNode[] {
  const columns = 4;
  const gap = 20;
  const first = Math.max(0, ...others.map(({ y }) => y + 2 * boxSize.height));
  return transactions.map((transaction, index) => ({
    transaction,
    x: (index % columns) * (boxSize.width + gap),
    y: first + Math.floor(index / columns) * (boxSize.height + gap),
  }));
}

/** Moves everything so that it begins right after the margin. */
function crop(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const middles = edges.map(({ middle }) => middle);
  const xs = [
    ...nodes.flatMap(({ x }) => [x - boxSize.width / 2, x + boxSize.width / 2]),
    ...middles.map(({ x }) => x),
  ];
  const ys = [
    ...nodes.flatMap(({ y }) => [y - boxSize.height / 2, y + boxSize.height / 2]),
    ...middles.map(({ y }) => y),
  ];
  const [left, top] = [Math.min(...xs) - margin, Math.min(...ys) - margin];
  const move = ({ x, y }: Point): Point => ({ x: x - left, y: y - top });
  return {
    width: Math.max(0, Math.max(...xs) + margin - left),
    height: Math.max(0, Math.max(...ys) + margin - top),
    nodes: nodes.map((node) => ({ ...node, ...move(node) })),
    edges: edges.map(({ from, control, to, middle }) => ({
      from: move(from),
      control: move(control),
      to: move(to),
      middle: move(middle),
    })),
  };
}

function layoutEdge(from: Point, to: Point, centre: Point): GraphEdge {
  const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
  const outward = { x: middle.x - centre.x, y: middle.y - centre.y };
  const distance = Math.hypot(outward.x, outward.y);
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  // Through the centre there is no outward: to the left of the way, then, so that the way back lies apart.
  const unit =
    distance > 1
      ? { x: outward.x / distance, y: outward.y / distance }
      : { x: (to.y - from.y) / length, y: -(to.x - from.x) / length };
  const bend = distance > 1 ? 0.18 * length : 0.45 * length;
  const bent = { from, control: { x: middle.x + unit.x * bend, y: middle.y + unit.y * bend }, to };
  const [start, end] = [leave(bent, from, 0, 1), leave(bent, to, 1, 0)];
  return {
    from: pointOn(bent, start, start),
    control: pointOn(bent, start, end),
    to: pointOn(bent, end, end),
    middle: pointOn(bent, (start + end) / 2, (start + end) / 2),
  };
}

interface Curve {
  readonly from: Point;
  readonly control: Point;
  readonly to: Point;
}

/**
 * The blossom of the curve: with one parameter twice a point on it, with two the control point of the part between them.
 */
function pointOn({ from, control, to }: Curve, s: number, t: number): Point {
  const [a, b, c] = [(1 - s) * (1 - t), s * (1 - t) + t * (1 - s), s * t];
  return { x: a * from.x + b * control.x + c * to.x, y: a * from.y + b * control.y + c * to.y };
}

/** The parameter at which the curve leaves the box around one of its ends, by bisection between that end and the other. */
function leave(curve: Curve, centre: Point, insideAt: number, outsideAt: number): number {
  let [inside, outside] = [insideAt, outsideAt];
  for (let step = 0; step < 20; step++) {
    const middle = (inside + outside) / 2;
    const { x, y } = pointOn(curve, middle, middle);
    const isInside = Math.abs(x - centre.x) <= boxSize.width / 2 && Math.abs(y - centre.y) <= boxSize.height / 2;
    if (isInside) inside = middle;
    else outside = middle;
  }
  return outside;
}
