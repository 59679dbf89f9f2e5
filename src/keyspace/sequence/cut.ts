/** How a node that has become too wide is cut into several. */

/** Items of a leaf, children of a branch: many make a flat tree, few are moved and copied quickly. */
export const widthMax = 64;
/** At an end a node is left with this much, so that a few pushes and pops there, in turns, do not cut and drop nodes. */
const endWidth = 48;

/** Where a sequence grows: at one of its ends or between them. */
export type Edge = 'left' | 'right' | 'middle';

/**
 * Cuts what is wider than a node may be. In the middle the pieces are about equally wide. At an end, where more is
 * likely to follow, they are well filled but the outermost, which has what is left over.
 */
export function cut<T>(items: readonly T[], edge: Edge): T[][] {
  if (items.length <= widthMax) return [items.slice()];
  const count = Math.ceil(items.length / (edge === 'middle' ? widthMax : endWidth));
  return Array.from({ length: count }, (_, piece) =>
    items.slice(boundary(piece, count, items.length, edge), boundary(piece + 1, count, items.length, edge)),
  );
}

/** Where a piece begins. */
function boundary(piece: number, count: number, length: number, edge: Edge): number {
  if (edge === 'right') return Math.min(length, piece * endWidth);
  if (edge === 'left') return Math.max(0, length - (count - piece) * endWidth);
  return Math.floor((piece * length) / count);
}
