/**
 * Whether the graph has cycles, and examples of them, named. As in Elle the components of the whole graph are searched
 * for each kind of cycle, the worst first, without those kinds that what was found in the same component implies.
 */
import type { AnomalyList } from './anomaly-list.ts';
import { componentsOf, type Component } from './components.ts';
import { anyCycle, cycleKinds, kindOf, type CycleKind } from './cycle-kinds.ts';
import { CycleSearch, type Cycle } from './cycle-search.ts';
import { kindBits, type Graph } from './graph.ts';
import type { Transaction } from './transactions.ts';
import { nameOf } from './wording.ts';

/** Of edges, for one component and one kind of cycle, and for all of them: seconds at most. */
const stepsOfOneMax = 2_000_000;
const stepsOfAllMax = 60_000_000;
/** Examples of one kind in one component. */
const ofOneComponentMax = 5;
const dependencyKinds = kindBits['write-write'] | kindBits['write-read'] | kindBits['read-write'];

export interface CyclesFound {
  readonly breakSerializability: boolean;
  readonly breakStrictSerializability: boolean;
  readonly notes: readonly string[];
}

export function findCycles(
  graph: Graph,
  transactions: readonly Transaction[],
  anomalies: AnomalyList,
  isOver: () => boolean,
): CyclesFound {
  const components = componentsOf(graph, anyCycle.allowed);
  if (components.length === 0) return { breakSerializability: false, breakStrictSerializability: false, notes: [] };
  const breakSerializability = componentsOf(graph, dependencyKinds).length > 0;
  const naming = new Naming(graph, transactions, components, anomalies);
  const ordered = components.map(firstOf).sort((left, right) => left.first - right.first);
  let named = 0;
  for (const { at } of ordered) {
    if (isOver() || naming.isOver) break;
    naming.name(at);
    named++;
  }
  const left = components.length - named;
  const groups = left === 1 ? '1 more group of transactions has' : `${left} more groups of transactions have`;
  const notes = left === 0 ? [] : [`${groups} cycles that were not searched for names.`];
  return { breakSerializability, breakStrictSerializability: true, notes };
}

function firstOf(component: Component, at: number): { readonly at: number; readonly first: number } {
  return { at, first: component.reduce((first, node) => Math.min(first, node), Infinity) };
}

class Naming {
  readonly #graph: Graph;
  readonly #components: readonly Component[];
  readonly #anomalies: AnomalyList;
  readonly #search: CycleSearch;
  /** By node, the index of its component; -1: it is in none. */
  readonly #componentOf: Int32Array;
  /** By the kinds of edges that are allowed, by component of the whole graph: the components that it has then. */
  readonly #partsOf = new Map<number, ReadonlyMap<number, readonly Component[]>>();
  #stepsLeft = stepsOfAllMax;

  constructor(
    graph: Graph,
    transactions: readonly Transaction[],
    components: readonly Component[],
    anomalies: AnomalyList,
  ) {
    this.#graph = graph;
    this.#components = components;
    this.#anomalies = anomalies;
    this.#search = new CycleSearch(graph, transactions);
    this.#componentOf = new Int32Array(graph.nodeCount).fill(-1);
    for (const [at, component] of components.entries()) for (const node of component) this.#componentOf[node] = at;
  }

  get isOver(): boolean {
    return this.#stepsLeft <= 0;
  }

  /** At least one cycle of each component is found. */
  name(component: number): void {
    const found = new Set<string>();
    for (const kind of cycleKinds) {
      if (found.has(kind.name)) continue;
      const parts = this.#partsFor(kind).get(component) ?? [];
      for (const part of parts.slice(0, ofOneComponentMax)) this.#find(part, kind, found);
    }
    if (found.size > 0) return;
    const budget = { left: this.#graph.edges.length };
    for (const cycle of this.#search.find(this.#components[component] as Component, anyCycle, budget)) {
      this.#add(cycle);
    }
  }

  #partsFor({ allowed }: CycleKind): ReadonlyMap<number, readonly Component[]> {
    let parts = this.#partsOf.get(allowed);
    if (parts === undefined) {
      const byComponent = new Map<number, Component[]>();
      for (const part of componentsOf(this.#graph, allowed)) {
        const whole = this.#componentOf[part[0] as number] as number;
        const known = byComponent.get(whole);
        if (known === undefined) byComponent.set(whole, [part]);
        else known.push(part);
      }
      this.#partsOf.set(allowed, (parts = byComponent));
    }
    return parts;
  }

  #find(part: Component, kind: CycleKind, found: Set<string>): void {
    const steps = Math.min(stepsOfOneMax, this.#stepsLeft);
    const budget = { left: steps };
    for (const cycle of this.#search.find(part, kind, budget)) {
      // Of a walk that was cut into cycles each is what it is, and worth telling if nothing worse is known.
      const { name, implied } = kindOf(cycle.map((edge) => edge.kind));
      if (name !== kind.name && found.has(name)) continue;
      this.#add(cycle);
      for (const one of implied) found.add(one);
    }
    this.#stepsLeft -= steps - budget.left;
  }

  #add(cycle: Cycle): void {
    const { name, meaning } = kindOf(cycle.map(({ kind }) => kind));
    const transactions = cycle.map(({ from }) => from);
    const circle = [...transactions, transactions[0] as number].map(nameOf).join(' → ');
    const describe = (): string => `Each of ${circle} must come before the next: ${meaning}.`;
    this.#anomalies.add({ name, transactions, cycle: () => cycle, describe });
  }
}
