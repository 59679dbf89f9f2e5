/**
 * Short cycles of a given pattern in a component.
 *
 * Searches begin at the edges of the rarest kind of the pattern, those that lead back furthest in time first: one of
 * them must be in a cycle, and it is probably in a short one. They are bounded by steps, not by a clock, so that
 * they give the same cycles every time. That they miss a kind of cycle costs a name and never the verdict, which rests on
 * the components.
 */
import type { Dependency } from '../verdict.ts';
import type { Component } from './components.ts';
import type { CyclePattern } from './cycle-kinds.ts';
import type { Graph } from './graph.ts';
import { PathSearch, type Hop, type StepBudget } from './path-search.ts';
import type { Transaction } from './transactions.ts';

export type Cycle = readonly Dependency[];

export class CycleSearch {
  readonly #graph: Graph;
  readonly #transactions: readonly Transaction[];
  readonly #isWithin: Uint8Array;
  readonly #paths: PathSearch;
  /** When the transaction, or the first that a relay leads to, returned. */
  readonly #returnOf: Float64Array;

  constructor(graph: Graph, transactions: readonly Transaction[]) {
    this.#graph = graph;
    this.#transactions = transactions;
    this.#isWithin = new Uint8Array(graph.nodeCount);
    this.#paths = new PathSearch(graph, this.#isWithin);
    this.#returnOf = new Float64Array(graph.nodeCount).fill(Infinity);
    for (const { index, operation } of transactions) this.#returnOf[index] = operation.return;
    for (const { from, to } of graph.edges) {
      if (from < graph.transactionCount || to >= graph.transactionCount) continue;
      this.#returnOf[from] = Math.min(this.#returnOf[from] as number, this.#returnOf[to] as number);
    }
  }

  /** The shortest that is found; its parts, each a cycle, if it passes through a transaction twice. */
  find(component: Component, pattern: CyclePattern, budget: StepBudget): readonly Cycle[] {
    for (const node of component) this.#isWithin[node] = 1;
    let shortest: readonly Hop[] | undefined;
    for (const start of this.#startsOf(component, pattern.start)) {
      if (budget.left <= 0) break;
      shortest = this.#paths.find(start, pattern, shortest?.length ?? Infinity, budget) ?? shortest;
      if (shortest?.length === 2) break;
    }
    for (const node of component) this.#isWithin[node] = 0;
    return shortest === undefined ? [] : simpleCyclesOf(shortest).map(cycleOf);
  }

  /** Edges between nodes of the component. */
  #startsOf(component: Component, kindsWanted: number): readonly number[] {
    const { offsets, kinds, targets, transactionCount } = this.#graph;
    const starts: { readonly at: number; readonly back: number }[] = [];
    for (const node of component) {
      if (node >= transactionCount) continue;
      const call = this.#transactions[node]?.operation.call ?? 0;
      for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at++) {
        const target = targets[at] as number;
        if (((kinds[at] as number) & kindsWanted) === 0 || this.#isWithin[target] === 0) continue;
        starts.push({ at, back: call - (this.#returnOf[target] as number) });
      }
    }
    // Those to transactions that never returned are all as far; equal ones keep a fixed order.
    return starts
      .sort((left, right) => (left.back === right.back ? left.at - right.at : right.back - left.back))
      .map(({ at }) => at);
  }
}

/** Cuts a closed walk where it comes to a transaction for the second time. */
function simpleCyclesOf(walk: readonly Hop[]): readonly (readonly Hop[])[] {
  const cycles: (readonly Hop[])[] = [];
  const open: Hop[] = [];
  for (const hop of walk) {
    open.push(hop);
    const from = open.findIndex(({ edge }) => edge.from === hop.to);
    if (from !== -1) cycles.push(open.splice(from));
  }
  return cycles;
}

/** Beginning with the transaction that was called first. */
function cycleOf(hops: readonly Hop[]): Cycle {
  const froms = hops.map(({ edge }) => edge.from);
  const first = froms.indexOf(Math.min(...froms));
  return [...hops.slice(first), ...hops.slice(0, first)].map(({ edge: { from, kind, reason }, to }) => ({
    from,
    to,
    kind,
    reason: reason(from, to),
  }));
}
