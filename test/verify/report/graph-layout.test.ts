import { describe, expect, it } from 'vitest';
import { boxSize, layoutGraph, type Point } from '../../../src/verify/report/browser/graph-layout.ts';

function cycle(length: number): readonly { from: number; to: number }[] {
  return Array.from({ length }, (_, from) => ({ from, to: (from + 1) % length }));
}

function isOnBorder({ x, y }: Point, box: Point): boolean {
  const [across, down] = [Math.abs(x - box.x) - boxSize.width / 2, Math.abs(y - box.y) - boxSize.height / 2];
  return Math.max(across, down) > -0.01 && Math.max(across, down) < 0.5;
}

describe('layout of a cycle', () => {
  it.each([2, 3, 4, 7, 30])('of %i: boxes apart, within the picture, edges from border to border', (length) => {
    const { nodes, edges, width, height } = layoutGraph([], cycle(length));
    expect(nodes.map(({ transaction }) => transaction)).toEqual([...Array(length).keys()]);
    for (const [index, node] of nodes.entries()) {
      expect(node.x - boxSize.width / 2).toBeGreaterThanOrEqual(0);
      expect(node.x + boxSize.width / 2).toBeLessThanOrEqual(width);
      expect(node.y - boxSize.height / 2).toBeGreaterThanOrEqual(0);
      expect(node.y + boxSize.height / 2).toBeLessThanOrEqual(height);
      for (const other of nodes.slice(index + 1)) {
        const apart = Math.abs(node.x - other.x) >= boxSize.width || Math.abs(node.y - other.y) >= boxSize.height;
        expect(apart, `T${node.transaction} and T${other.transaction}`).toBe(true);
      }
    }
    for (const [index, edge] of edges.entries()) {
      expect(isOnBorder(edge.from, nodes[index] as Point)).toBe(true);
      expect(isOnBorder(edge.to, nodes[(index + 1) % length] as Point)).toBe(true);
    }
  });

  it('of two keeps the edges apart', () => {
    const { edges } = layoutGraph([0, 1], cycle(2));
    expect(Math.abs((edges[0]?.middle.y ?? 0) - (edges[1]?.middle.y ?? 0))).toBeGreaterThan(80);
  });

  it('puts transactions without edges below', () => {
    const { nodes, height } = layoutGraph([0, 9, 8, 7, 6, 5], cycle(2));
    expect(nodes.map(({ transaction }) => transaction)).toEqual([0, 1, 9, 8, 7, 6, 5]);
    expect(Math.min(...nodes.slice(2).map(({ y }) => y))).toBeGreaterThan(nodes[0]?.y ?? Infinity);
    expect(Math.max(...nodes.map(({ y }) => y)) + boxSize.height / 2).toBeLessThan(height);
    expect(layoutGraph([4], []).nodes).toHaveLength(1);
    expect(layoutGraph([], [])).toMatchObject({ width: 0, height: 0 });
  });
});
