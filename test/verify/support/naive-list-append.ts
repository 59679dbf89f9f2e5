/**
 * Whether a small history of list-append is serializable, by trying all orders: so plain that it is seen to be right.
 */
import type { History, MicroOperation, Operation } from '../../../src/verify/history.ts';

/** Uncertain transactions may be left out; failed ones are. */
export function isSerializable(history: History, strictly: boolean): boolean {
  const transactions = history.operations.filter(({ outcome }) => outcome !== 'fail');
  const state = new Map<string, readonly unknown[]>();
  return canGoOn(transactions, state, strictly ? history : undefined);
}

function canGoOn(
  left: readonly Operation[],
  state: Map<string, readonly unknown[]>,
  timesOf: History | undefined,
): boolean {
  if (left.every(({ outcome }) => outcome === 'info')) return true;
  return left.some((next) => {
    const others = left.filter((other) => other !== next);
    if (timesOf !== undefined && others.some((other) => comesBefore(other, next, timesOf))) return false;
    const after = new Map(state);
    return execute(next, after) && canGoOn(others, after, timesOf);
  });
}

/**
 * In the history `one` stands before `other` if it was called before or at the same time; what a process does stands in
 * order. An uncertain one may be left out, so it keeps nothing waiting: it never returned.
 */
function comesBefore(one: Operation, other: Operation, history: History): boolean {
  if (one.return < other.call) return true;
  const { operations } = history;
  return one.process === other.process && operations.indexOf(one) < operations.indexOf(other);
}

/** `false`: it read something else. */
function execute({ input, output, outcome }: Operation, state: Map<string, readonly unknown[]>): boolean {
  for (const [f, key, value] of (outcome === 'ok' ? output : input) as unknown as readonly MicroOperation[]) {
    const list = state.get(key) ?? [];
    if (f === 'append') state.set(key, [...list, value]);
    else if (value !== null && JSON.stringify(list) !== JSON.stringify(value)) return false;
  }
  return true;
}
