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

/**
 * The same operations with times that tell of ties, and how to find them in the original: at each time first the calls
 * that follow nothing, then the returns that are awaited, then the calls that await them, then all other returns. That
 * says more than is known, of operations of several processes that are tied at one time: an order of these is one of
 * the originals, and that there is none means nothing.
 */
export function withTiesInTimes(operations: readonly Operation[]): {
  readonly operations: readonly Operation[];
  readonly originals: readonly number[];
} {
  const ties = tiesOf(operations);
  const awaited = new Set(ties);
  const times = [...new Set(operations.flatMap((operation) => [operation.call, operation.return]))];
  const ranks = new Map(times.sort((left, right) => left - right).map((time, rank) => [time, 4 * rank]));
  const at = (time: number, order: number): number => (time === Infinity ? time : (ranks.get(time) as number) + order);
  const retimed = operations.map((operation, index) => {
    const call = at(operation.call, ties[index] === -1 ? 0 : 2);
    const returned = at(operation.return, awaited.has(index) ? 1 : 3);
    // One that takes no time and is tied on both sides keeps its first tie.
    return { index, operation: { ...operation, call, return: Math.max(call, returned) } };
  });
  retimed.sort((left, right) => left.operation.call - right.operation.call);
  return { operations: retimed.map(({ operation }) => operation), originals: retimed.map(({ index }) => index) };
}
