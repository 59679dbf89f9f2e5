/**
 * Strongly connected components: Tarjan, Depth-First Search and Linear Graph Algorithms, 1972; without recursion, since
 * histories are longer than stacks are deep.
 */
import type { Graph } from './graph.ts';

/** Nodes of which each can be reached from each: through any of them there is a cycle. */
export type Component = readonly number[];

const unseen = 0;

/** Those of more than one node, along edges of the given kinds (a set of `kindBits`). */
export function componentsOf(graph: Graph, kinds: number): readonly Component[] {
  return new Search(graph, kinds).run();
}

class Search {
  readonly #graph: Graph;
  readonly #kinds: number;
  /** The order in which nodes were first seen, from 1. */
  readonly #seenAt: Int32Array;
  readonly #low: Int32Array;
  readonly #nextEdge: Int32Array;
  readonly #isOpen: Uint8Array;
  readonly #open: number[] = [];
  readonly #path: number[] = [];
  readonly #components: Component[] = [];
  #count = 0;

  constructor(graph: Graph, kinds: number) {
    this.#graph = graph;
    this.#kinds = kinds;
    this.#seenAt = new Int32Array(graph.nodeCount);
    this.#low = new Int32Array(graph.nodeCount);
    this.#nextEdge = graph.offsets.slice(0, graph.nodeCount);
    this.#isOpen = new Uint8Array(graph.nodeCount);
  }

  run(): readonly Component[] {
    for (let root = 0; root < this.#graph.nodeCount; root++) {
      if (this.#seenAt[root] !== unseen) continue;
      this.#enter(root);
      while (this.#path.length > 0) this.#step(this.#path.at(-1) as number);
    }
    return this.#components;
  }

  #enter(node: number): void {
    this.#seenAt[node] = this.#low[node] = ++this.#count;
    this.#isOpen[node] = 1;
    this.#open.push(node);
    this.#path.push(node);
  }

  #step(node: number): void {
    const at = this.#nextEdge[node] as number;
    if (at === this.#graph.offsets[node + 1]) {
      this.#leave(node);
      return;
    }
    this.#nextEdge[node] = at + 1;
    const target = this.#graph.targets[at] as number;
    if (((this.#graph.kinds[at] as number) & this.#kinds) === 0) return;
    if (this.#seenAt[target] === unseen) this.#enter(target);
    else if (this.#isOpen[target] === 1) this.#lower(node, this.#seenAt[target] as number);
  }

  #leave(node: number): void {
    this.#path.pop();
    const parent = this.#path.at(-1);
    if (parent !== undefined) this.#lower(parent, this.#low[node] as number);
    if (this.#low[node] !== this.#seenAt[node]) return;
    const component = this.#open.splice(this.#open.lastIndexOf(node));
    for (const member of component) this.#isOpen[member] = 0;
    if (component.length > 1) this.#components.push(component);
  }

  #lower(node: number, low: number): void {
    this.#low[node] = Math.min(this.#low[node] as number, low);
  }
}
