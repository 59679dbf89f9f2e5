/**
 * What a process did first, where time does not tell: at one time all is concurrent, but an operation that a process
 * calls at the very time at which its previous one returned comes after it all the same.
 */
import type { Operation } from './history.ts';

/** For each operation the one, by index, that it must follow for that reason; -1: none. They are in order of calls. */
export function tiesOf(operations: readonly Operation[]): Int32Array {
  const last = new Map<number, number>();
  return Int32Array.from(operations, ({ process, call }, index) => {
    const previous = last.get(process) ?? -1;
    last.set(process, index);
    return operations[previous]?.return === call ? previous : -1;
  });
}

/** Whether an order of all or some operations respects them. */
export function respectsTies(order: readonly number[], operations: readonly Operation[]): boolean {
  const ties = tiesOf(operations);
  if (ties.every((previous) => previous === -1)) return true;
  const placed = new Set<number>();
  const awaited = new Set(order);
  return order.every((operation) => {
    placed.add(operation);
    const previous = ties[operation] as number;
    return !awaited.has(previous) || placed.has(previous);
  });
}
