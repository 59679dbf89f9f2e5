/**
 * The graph of what must come before what. Besides the transactions it has *relays*: nodes that stand for many edges at
 * once, so that every one of m transactions before every one of n others takes m + n edges, not m × n. A path from a
 * transaction over relays to a transaction is one edge between the two; relays only lead on edges of one kind.
 */
import type { DependencyKind } from '../verdict.ts';

/** Bits, so that sets of kinds are numbers. */
export const kindBits = {
  'write-write': 1,
  'write-read': 2,
  'read-write': 4,
  process: 8,
  'real-time': 16,
} as const satisfies Record<DependencyKind, number>;

/** The sentence that says why `from` must come before `to`; for edges into relays `to` is where the path ends. */
export type Reason = (from: number, to: number) => string;

export interface Edge {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  readonly reason: Reason;
}

export interface Graph {
  /** Nodes below this are transactions, the others relays. */
  readonly transactionCount: number;
  readonly nodeCount: number;
  /** The edges from node n are those from `offsets[n]` to `offsets[n + 1]`. */
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly kinds: Uint8Array;
  readonly edges: readonly Edge[];
}

export class GraphBuilder {
  readonly #transactionCount: number;
  readonly #edges: Edge[] = [];
  #nodeCount: number;

  constructor(transactionCount: number) {
    this.#transactionCount = transactionCount;
    this.#nodeCount = transactionCount;
  }

  addRelay(): number {
    return this.#nodeCount++;
  }

  /** A transaction does not come before itself: such an edge is left out. */
  add(edge: Edge): void {
    if (edge.from !== edge.to) this.#edges.push(edge);
  }

  build(): Graph {
    const offsets = new Int32Array(this.#nodeCount + 1);
    for (const { from } of this.#edges) offsets[from + 1] = (offsets[from + 1] as number) + 1;
    for (let node = 0; node < this.#nodeCount; node++) {
      offsets[node + 1] = (offsets[node + 1] as number) + (offsets[node] as number);
    }
    const edges = this.#edges.slice();
    const next = offsets.slice();
    for (const edge of this.#edges) {
      const at = next[edge.from] as number;
      edges[at] = edge;
      next[edge.from] = at + 1;
    }
    return {
      transactionCount: this.#transactionCount,
      nodeCount: this.#nodeCount,
      offsets,
      targets: Int32Array.from(edges, ({ to }) => to),
      kinds: Uint8Array.from(edges, ({ kind }) => kindBits[kind]),
      edges,
    };
  }
}
