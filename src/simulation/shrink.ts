/**
 * Makes a failing run smaller: fewer clients, operations, nodes, keys, kinds of faults, as long as it still fails. The
 * smaller run is another run of the same seed, not a part of the first, so what fails may look different in it.
 */
import { scenarioOf, type Scenario } from './scenario.ts';

export interface ShrinkOptions {
  readonly fails: (scenario: Scenario) => Promise<boolean>;
  readonly runsMax: number;
  /** Asked before each run: what has been found is good enough. */
  readonly isOver: () => boolean;
  readonly onSmaller: (scenario: Scenario) => void;
}

export async function shrink(scenario: Scenario, options: ShrinkOptions): Promise<Scenario> {
  let smallest = scenario;
  let runs = 0;
  for (;;) {
    let found = false;
    for (const smaller of smallerThan(smallest)) {
      if (runs++ >= options.runsMax || options.isOver()) return smallest;
      // What follows from the rest follows from what is left of it.
      const candidate = scenarioOf(smaller.seed, smaller);
      if (!(await options.fails(candidate))) continue;
      smallest = candidate;
      found = true;
      options.onSmaller(smallest);
      break;
    }
    if (!found) return smallest;
  }
}

/** The boldest first. */
function* smallerThan(scenario: Scenario): Generator<Scenario, void, undefined> {
  const { operations, clients, nodes, keys, types, faults, branches, imports } = scenario;
  for (const divisor of [8, 4, 2]) {
    if (operations >= divisor * 2) yield { ...scenario, operations: Math.ceil(operations / divisor) };
  }
  if (clients > 3) yield { ...scenario, clients: Math.ceil(clients / 2) };
  if (clients > 1) yield { ...scenario, clients: clients - 1 };
  if (nodes > 1) yield { ...scenario, nodes: nodes - 1 };
  if (branches > 0) yield { ...scenario, branches: 0 };
  if (imports > 0) yield { ...scenario, imports: 0 };
  if (keys > 1) yield { ...scenario, keys: 1 };
  if (types.length > 1) for (const type of types) yield { ...scenario, types: types.filter((other) => other !== type) };
  if (faults.size > 2) {
    const names = [...faults];
    yield { ...scenario, faults: new Set(names.slice(names.length / 2)) };
    yield { ...scenario, faults: new Set(names.slice(0, names.length / 2)) };
  }
  for (const fault of faults) yield { ...scenario, faults: new Set([...faults].filter((other) => other !== fault)) };
  if (operations > 1) yield { ...scenario, operations: operations - 1 };
}
