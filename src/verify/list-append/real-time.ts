/**
 * Edges of time: what a process did before it did something else, and what had returned before something else was
 * called. Intervals are closed, so equal times are no order, except within one process.
 *
 * "Returned before called" relates almost all pairs. It is reduced to a chain of relays, one for each moment at which
 * something is called after something has returned since the last such moment: a transaction leads to the first relay
 * after its return, and the last relay before its call leads to it. So there are at most three edges a transaction.
 */
import type { GraphBuilder, Reason } from './graph.ts';
import type { Transaction } from './transactions.ts';
import { nameOf } from './wording.ts';

/** Of transactions that may have taken place, in order of their calls. */
export function addProcessOrder(transactions: readonly Transaction[], graph: GraphBuilder): void {
  const last = new Map<number, number>();
  const reason: Reason = (from, to) =>
    `${nameOf(from)} and then ${nameOf(to)} were done by one process, one after the other.`;
  for (const { index, operation } of transactions) {
    const from = last.get(operation.process);
    if (from !== undefined) graph.add({ from, to: index, kind: 'process', reason });
    last.set(operation.process, index);
  }
}

/** Of transactions that may have taken place, in order of their calls. */
export function addRealTime(transactions: readonly Transaction[], graph: GraphBuilder): void {
  const kind = 'real-time';
  const byIndex = new Map(transactions.map((transaction) => [transaction.index, transaction]));
  const reason: Reason = (from, to) =>
    explainRealTime(byIndex.get(from) as Transaction, byIndex.get(to) as Transaction);
  const byReturn = transactions
    .filter(({ operation }) => operation.return !== Infinity)
    .sort((left, right) => left.operation.return - right.operation.return);
  let returned = 0;
  let relay: number | undefined;
  for (const { index, operation } of transactions) {
    const first = returned;
    while ((byReturn[returned]?.operation.return ?? Infinity) < operation.call) returned++;
    if (returned > first) {
      const next = graph.addRelay();
      if (relay !== undefined) graph.add({ from: relay, to: next, kind, reason });
      relay = next;
      for (const before of byReturn.slice(first, returned)) graph.add({ from: before.index, to: relay, kind, reason });
    }
    if (relay !== undefined) graph.add({ from: relay, to: index, kind, reason });
  }
}

export function explainRealTime(from: Transaction, to: Transaction): string {
  return (
    `${nameOf(from.index)} had returned (at ${from.operation.return}) before ${nameOf(to.index)} was called ` +
    `(at ${to.operation.call}).`
  );
}
