/** Histories of list-append written shortly: `ax1` appends 1 to x, `rx12` reads x = [1 2], `ry` reads y = []. */
import type { History, Json, MicroOperation, Operation, Outcome } from '../../../src/verify/history.ts';

export interface ShortTransaction {
  /** Steps with single-letter keys and single-digit values, or as they are. */
  readonly steps: string | readonly MicroOperation[];
  /** Default: each its own. */
  readonly process?: number;
  /** Default: one after the other. */
  readonly call?: number;
  readonly return?: number;
  readonly outcome?: Outcome;
}

export function historyOf(transactions: readonly (string | ShortTransaction)[]): History {
  const operations = transactions.map((one, index) =>
    operationOf(typeof one === 'string' ? { steps: one } : one, index),
  );
  operations.sort((left, right) => left.call - right.call);
  return { model: 'list-append', initial: undefined, nullReadIsWildcard: false, operations };
}

/** All at the same time, so that real time says nothing. */
export function concurrent(transactions: readonly (string | ShortTransaction)[]): History {
  return historyOf(
    transactions.map((one) => ({ ...(typeof one === 'string' ? { steps: one } : one), call: 0, return: 1 })),
  );
}

function operationOf(short: ShortTransaction, index: number): Operation {
  const { steps, process = index, outcome = 'ok', call = 10 * index } = short;
  const output = typeof steps === 'string' ? steps.split(' ').map(stepOf) : steps;
  const input = output.map(([f, key, value]): MicroOperation =>
    f === 'r' ? ['r', key, null] : ['append', key, value],
  );
  const returned = outcome === 'info' ? Infinity : (short.return ?? call + 5);
  const answer = outcome === 'ok' ? (output as Json) : null;
  return { process, f: 'txn', key: null, input: input, output: answer, call, return: returned, outcome };
}

function stepOf(text: string): MicroOperation {
  const [f, key = '', ...values] = text;
  const numbers = values.map(Number);
  return f === 'a' ? ['append', key, numbers[0] ?? null] : ['r', key, numbers];
}
