/** A history as independent objects: linearizability is local (Herlihy and Wing), so each key is judged by itself. */
import type { History, Operation } from './history.ts';

export interface Partition {
  readonly key: string | null;
  /** In order of their calls; without those that certainly did not happen. */
  readonly operations: readonly Operation[];
}

/** In the order in which the history first names the keys. */
export function partitionByKey({ operations }: History): readonly Partition[] {
  const byKey = new Map<string | null, Operation[]>();
  for (const operation of operations) {
    if (operation.outcome === 'fail') continue;
    const known = byKey.get(operation.key);
    if (known === undefined) byKey.set(operation.key, [operation]);
    else known.push(operation);
  }
  return [...byKey].map(([key, own]) => ({ key, operations: own.sort((left, right) => left.call - right.call) }));
}
