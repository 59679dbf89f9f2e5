/** The search for cycles against all simple cycles of small random graphs. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../src/verify/list-append/components.ts';
import { anyCycle, cycleKinds, kindOf, type CycleKind } from '../../src/verify/list-append/cycle-kinds.ts';
import { CycleSearch, type Cycle } from '../../src/verify/list-append/cycle-search.ts';
import { GraphBuilder, type Edge } from '../../src/verify/list-append/graph.ts';
import { transactionsOf } from '../../src/verify/list-append/transactions.ts';
import type { DependencyKind } from '../../src/verify/verdict.ts';
import { historyOf } from './support/list-append-history.ts';

const nodes = 6;
const transactions = transactionsOf(historyOf(Array<string>(nodes).fill('rx')));

const kinds = fc.constantFrom<DependencyKind>('write-write', 'write-read', 'read-write', 'process', 'real-time');
const edges: fc.Arbitrary<readonly Edge[]> = fc.array(
  fc.record({ from: fc.nat(nodes - 1), to: fc.nat(nodes - 1), kind: kinds, reason: fc.constant(() => '') }),
  { maxLength: 14 },
);

/** The lengths of the shortest simple cycles by their names. */
function shortestByName(all: readonly Edge[]): ReadonlyMap<string, number> {
  const shortest = new Map<string, number>();
  const extend = (path: readonly Edge[]): void => {
    const [first, last] = [path[0] as Edge, path.at(-1) as Edge];
    if (last.to === first.from) {
      const { name } = kindOf(path.map(({ kind }) => kind));
      shortest.set(name, Math.min(shortest.get(name) ?? Infinity, path.length));
      return;
    }
    for (const edge of all) {
      if (edge.from === last.to && edge.to !== edge.from && !path.slice(1).some(({ from }) => from === edge.to)) {
        extend([...path, edge]);
      }
    }
  };
  for (const edge of all) if (edge.from !== edge.to) extend([edge]);
  return shortest;
}

function isOfDependencies(edge: Edge): boolean {
  return edge.kind !== 'process' && edge.kind !== 'real-time';
}

/** A walk that was cut has as a whole what was searched for; one that was not is it. */
function expectToFit(walk: readonly Cycle[], kind: CycleKind): void {
  const all = walk.flat().map((edge) => edge.kind);
  if (all.length === 0) return;
  if (kind.name.endsWith('-process')) expect(all).toContain('process');
  if (kind.name.endsWith('-realtime')) expect(all).toContain('real-time');
  const readWrites = all.filter((one) => one === 'read-write').length;
  if (kind.readWrites === 'apart' || kind.readWrites === 'many') expect(readWrites).toBeGreaterThan(1);
  if (walk.length > 1) return;
  const { readWrites: found } = kindOf(all);
  expect(found).toBe(kind.readWrites === 'many' && found === 'apart' ? 'apart' : kind.readWrites);
}

describe('CycleSearch', () => {
  it('finds simple cycles that are what they are called, the shortest where any walk will do', () => {
    fc.assert(
      fc.property(edges, (all) => {
        // Time alone makes no cycles.
        fc.pre(componentsOf(graphOf(all.filter((edge) => !isOfDependencies(edge))), anyCycle.allowed).length === 0);
        const graph = graphOf(all);
        const search = new CycleSearch(graph, transactions);
        const expected = shortestByName(all);
        for (const kind of cycleKinds) {
          const walks = componentsOf(graph, kind.allowed).map((part) => search.find(part, kind, { left: 1e6 }));
          const found = walks.flat();
          for (const cycle of found) {
            expect(new Set(cycle.map(({ from }) => from)).size).toBe(cycle.length);
            for (const [at, { from, to, kind: edgeKind }] of cycle.entries()) {
              expect(to).toBe((cycle[at + 1] ?? cycle[0])?.from);
              expect(all.some((edge) => edge.from === from && edge.to === to && edge.kind === edgeKind)).toBe(true);
            }
          }
          // A closed walk that is no simple cycle falls apart into others, so that this one may be missed then.
          const names = found.map((cycle) => kindOf(cycle.map((edge) => edge.kind)).name);
          if (expected.has(kind.name)) expect(found.length).toBeGreaterThan(0);
          for (const walk of walks) expectToFit(walk, kind);
          if (['G0', 'G1c', 'G-single-item'].includes(kind.name)) {
            const lengths = found.filter((_, at) => names[at] === kind.name).map(({ length }) => length);
            expect(Math.min(...lengths)).toBe(expected.get(kind.name) ?? Infinity);
            expect(new Set(names).size).toBeLessThanOrEqual(1);
          }
        }
      }),
      { numRuns: 3000 },
    );
  });
});

function graphOf(all: readonly Edge[]): ReturnType<GraphBuilder['build']> {
  const builder = new GraphBuilder(nodes);
  for (const edge of all) builder.add(edge);
  return builder.build();
}
