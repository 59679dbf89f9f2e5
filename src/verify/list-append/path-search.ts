/**
 * Breadth-first search for a short cycle of a given pattern through a given edge, over pairs of a node and what the
 * path so far has had (read-write edges, an edge of time). Paths over relays are one edge long.
 */
import type { CyclePattern } from './cycle-kinds.ts';
import { kindBits, type Edge, type Graph } from './graph.ts';

/** What a path has had, in four bits. */
const statesMax = 16;
const lastWasReadWrite = 1;
const oneReadWrite = 2;
const manyReadWrites = 4;
const hadTime = 8;

/** An edge between two transactions, over relays or not. */
export interface Hop {
  readonly edge: Edge;
  readonly to: number;
}

/** Counts down. */
export interface StepBudget {
  left: number;
}

export class PathSearch {
  readonly #graph: Graph;
  /** 1: a node of the component that is searched. */
  readonly #isWithin: Uint8Array;
  /** A *place* is a node and a state. By place: in which search it was reached, over which edge, from which place. */
  readonly #reachedIn: Int32Array;
  readonly #reachedOver: Int32Array;
  readonly #reachedFrom: Int32Array;
  #searches = 0;
  #pattern!: CyclePattern;
  #origin = 0;
  #budget: StepBudget = { left: 0 };

  constructor(graph: Graph, isWithin: Uint8Array) {
    this.#graph = graph;
    this.#isWithin = isWithin;
    this.#reachedIn = new Int32Array(graph.nodeCount * statesMax);
    this.#reachedOver = new Int32Array(graph.nodeCount * statesMax);
    this.#reachedFrom = new Int32Array(graph.nodeCount * statesMax);
  }

  /** A shortest cycle that begins with the edge, if there is one shorter than `lengthMax`. */
  find(start: number, pattern: CyclePattern, lengthMax: number, budget: StepBudget): readonly Hop[] | undefined {
    this.#searches++;
    this.#pattern = pattern;
    this.#origin = (this.#graph.edges[start] as Edge).from;
    this.#budget = budget;
    let layer: number[] = [];
    this.#follow(start, 0, -1, layer);
    for (let length = 2; length < lengthMax && layer.length > 0; length++) {
      const next: number[] = [];
      for (const place of layer) {
        if (budget.left <= 0) return undefined;
        const closing = this.#leave(place, next);
        if (closing !== undefined) return this.#hopsTo(closing);
      }
      layer = next;
    }
    return undefined;
  }

  /** Follows all edges from a transaction; the place from which and the edge over which one closes the cycle. */
  #leave(place: number, next: number[]): Closing | undefined {
    const { offsets, kinds } = this.#graph;
    const node = Math.floor(place / statesMax);
    for (let at = offsets[node] as number; at < (offsets[node + 1] as number); at++) {
      this.#budget.left--;
      if (((kinds[at] as number) & this.#pattern.allowed) === 0) continue;
      const closing = this.#follow(at, place % statesMax, place, next);
      if (closing !== undefined) return closing;
    }
    return undefined;
  }

  /** Follows an edge, and where it leads to a relay all edges from there on, until transactions. */
  #follow(edge: number, stateBefore: number, place: number, next: number[]): Closing | undefined {
    const { offsets, targets, kinds, transactionCount } = this.#graph;
    const state = stateAfter(stateBefore, kinds[edge] as number, this.#pattern);
    if (state === undefined) return undefined;
    const pending: Closing[] = [{ edge, place }];
    for (let closing = pending.pop(); closing !== undefined; closing = pending.pop()) {
      const target = targets[closing.edge] as number;
      if (this.#isWithin[target] === 0) continue;
      if (target === this.#origin) {
        if (place !== -1 && accepts(state, this.#pattern)) return closing;
        continue;
      }
      const reached = target * statesMax + state;
      if (this.#reachedIn[reached] === this.#searches) continue;
      this.#reachedIn[reached] = this.#searches;
      this.#reachedOver[reached] = closing.edge;
      this.#reachedFrom[reached] = closing.place;
      if (target < transactionCount) {
        next.push(reached);
        continue;
      }
      for (let at = (offsets[target + 1] as number) - 1; at >= (offsets[target] as number); at--) {
        this.#budget.left--;
        pending.push({ edge: at, place: reached });
      }
    }
    return undefined;
  }

  #hopsTo(closing: Closing): readonly Hop[] {
    const edges: Edge[] = [];
    for (let { edge, place } = closing; ;) {
      edges.push(this.#graph.edges[edge] as Edge);
      if (place === -1) break;
      edge = this.#reachedOver[place] as number;
      place = this.#reachedFrom[place] as number;
    }
    const hops: Hop[] = [];
    let to = this.#origin;
    for (const edge of edges) {
      if (edge.from >= this.#graph.transactionCount) continue;
      hops.push({ edge, to });
      to = edge.from;
    }
    return hops.reverse();
  }
}

interface Closing {
  readonly edge: number;
  readonly place: number;
}

/** `undefined`: the pattern has no such edge there. */
function stateAfter(state: number, kind: number, { readWrites, time }: CyclePattern): number | undefined {
  if (readWrites === 'any') return 0;
  const had = (state & hadTime) | (kind === time ? hadTime : 0);
  const count = state & (oneReadWrite | manyReadWrites);
  if (kind !== kindBits['read-write']) return had | count;
  if (readWrites === 'one' && count !== 0) return undefined;
  if (readWrites === 'apart' && (state & lastWasReadWrite) !== 0) return undefined;
  return had | (count === 0 ? oneReadWrite : manyReadWrites) | (readWrites === 'apart' ? lastWasReadWrite : 0);
}

/** Whether a path back to its origin is a cycle of the pattern; its first edge is a read-write one if it has any. */
function accepts(state: number, { readWrites, time }: CyclePattern): boolean {
  if (time !== 0 && (state & hadTime) === 0) return false;
  if (readWrites === 'one') return (state & oneReadWrite) !== 0;
  if (readWrites === 'many') return (state & manyReadWrites) !== 0;
  if (readWrites === 'apart') return (state & manyReadWrites) !== 0 && (state & lastWasReadWrite) === 0;
  return true;
}
