/** The reduced edges of the graph against all pairs that they stand for, and that they are few. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { componentsOf } from '../../src/verify/list-append/components.ts';
import { addDependencies } from '../../src/verify/list-append/dependencies.ts';
import { GraphBuilder, kindBits, type Graph } from '../../src/verify/list-append/graph.ts';
import { addRealTime } from '../../src/verify/list-append/real-time.ts';
import { transactionsOf } from '../../src/verify/list-append/transactions.ts';
import { versionOrdersOf } from '../../src/verify/list-append/version-order.ts';
import { historyOf, type ShortTransaction } from './support/list-append-history.ts';

function realTimeGraph(transactions: readonly ShortTransaction[]): Graph {
  const parsed = transactionsOf(historyOf(transactions));
  const graph = new GraphBuilder(parsed.length);
  addRealTime(parsed, graph);
  return graph.build();
}

function dependencyGraph(transactions: readonly ShortTransaction[]): Graph {
  const parsed = transactionsOf(historyOf(transactions));
  const graph = new GraphBuilder(parsed.length);
  for (const order of versionOrdersOf(parsed, () => false) ?? []) addDependencies(order, graph);
  return graph.build();
}

/** The transactions that can be reached, over relays only or over anything. */
function reachable(graph: Graph, from: number, overTransactions: boolean): ReadonlySet<number> {
  const seen = new Set<number>();
  const pending = [from];
  for (let node = pending.pop(); node !== undefined; node = pending.pop()) {
    for (let at = graph.offsets[node] as number; at < (graph.offsets[node + 1] as number); at++) {
      const target = graph.targets[at] as number;
      if (seen.has(target)) continue;
      seen.add(target);
      if (overTransactions || target >= graph.transactionCount) pending.push(target);
    }
  }
  return new Set([...seen].filter((node) => node < graph.transactionCount));
}

const intervals = fc.array(fc.record({ call: fc.nat(20), lasts: fc.nat(8), isInfo: fc.nat(4).map((n) => n === 0) }), {
  maxLength: 12,
});

describe('real-time edges', () => {
  it('lead from each transaction to exactly those that were called after its return', () => {
    fc.assert(
      fc.property(intervals, (times) => {
        const transactions = times
          .map(({ call, lasts, isInfo }) => ({
            steps: 'rx',
            call,
            return: call + lasts,
            outcome: isInfo ? ('info' as const) : ('ok' as const),
          }))
          .sort((left, right) => left.call - right.call);
        const graph = realTimeGraph(transactions);
        for (const [from, one] of transactions.entries()) {
          const after = transactions.flatMap((other, to) =>
            one.outcome === 'ok' && one.return < other.call ? [to] : [],
          );
          expect([...reachable(graph, from, false)].sort((left, right) => left - right)).toEqual(after);
        }
        expect(graph.edges.length).toBeLessThanOrEqual(3 * transactions.length);
      }),
      { numRuns: 1000 },
    );
  });

  it('are few where half of all has returned before the other half is called', () => {
    const half = (call: number): readonly ShortTransaction[] =>
      Array.from({ length: 5000 }, () => ({ steps: 'rx', call, return: call + 1 }));
    expect(realTimeGraph([...half(0), ...half(5)]).edges.length).toBeLessThanOrEqual(20_000);
  });
});

describe('dependencies on what nobody read', () => {
  const kinds = fc.array(fc.constantFrom('reads', 'appends', 'both'), { minLength: 1, maxLength: 8 });
  const transactionsFor = (all: readonly string[]): readonly ShortTransaction[] =>
    all.map((kind, value) => ({
      steps: [
        ...(kind === 'appends' ? [] : [['r', 'x', []] as const]),
        ...(kind === 'reads' ? [] : [['append', 'x', value] as const]),
      ],
      call: 0,
    }));

  it('lead from each reader to each other appender, and nowhere else', () => {
    fc.assert(
      fc.property(kinds, (all) => {
        const graph = dependencyGraph(transactionsFor(all));
        for (const [from, kind] of all.entries()) {
          const mustFollow = all.flatMap((other, to) =>
            kind !== 'appends' && other !== 'reads' && to !== from ? [to] : [],
          );
          const reached = reachable(graph, from, true);
          expect(mustFollow.filter((to) => !reached.has(to))).toEqual([]);
          // Direct edges say nothing that is not so.
          expect([...reachable(graph, from, false)].filter((to) => !mustFollow.includes(to))).toEqual([]);
        }
        expect(componentsOf(graph, kindBits['read-write'])).toHaveLength(
          all.filter((kind) => kind === 'both').length > 1 ? 1 : 0,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('are few', () => {
    const all = Array.from({ length: 9000 }, (_, at) => ['reads', 'appends', 'both'][at % 3] as string);
    expect(dependencyGraph(transactionsFor(all)).edges.length).toBeLessThanOrEqual(4 * 9000);
  });
});

describe('components', () => {
  it('are those of the naive definition: each reaches each', () => {
    const edge = fc.tuple(fc.nat(9), fc.nat(9));
    fc.assert(
      fc.property(fc.array(edge, { maxLength: 25 }), (pairs) => {
        const builder = new GraphBuilder(10);
        for (const [from, to] of pairs) builder.add({ from, to, kind: 'write-write', reason: () => '' });
        const graph = builder.build();
        const reach = Array.from({ length: 10 }, (_, node) => reachable(graph, node, true));
        const expected = new Set<string>();
        for (const [node, set] of reach.entries()) {
          const members = [...set].filter((other) => reach[other]?.has(node));
          if (members.length > 1) expected.add(members.sort().join());
        }
        const found = componentsOf(graph, kindBits['write-write']).map((component) => [...component].sort().join());
        expect(found.sort()).toEqual([...expected].sort());
        expect(componentsOf(graph, kindBits['read-write'])).toEqual([]);
      }),
      { numRuns: 1000 },
    );
  });
});
