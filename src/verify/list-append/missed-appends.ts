/**
 * Anomalies that are cycles of two transactions, under the names that people know them by: two that read the same and
 * both appended (a lost update), and reads that miss what had returned before they were called, whether others have seen
 * it (a stale read) or nobody ever (a lost append). They are found key by key, without any search, so that each
 * is found where a search of the graph shows only examples.
 */
import type { Dependency } from '../verdict.ts';
import type { AnomalyList } from './anomaly-list.ts';
import type { Append } from './appends.ts';
import { missed } from './dependencies.ts';
import { explainRealTime } from './real-time.ts';
import type { Transaction, View } from './transactions.ts';
import type { VersionOrder } from './version-order.ts';
import { nameOf, showKey, showNames, showRead, showValue } from './wording.ts';

/** They break serializability. */
export function findLostUpdates(
  transactions: readonly Transaction[],
  orders: readonly VersionOrder[],
  anomalies: AnomalyList,
): void {
  for (const order of orders) new KeyMisses(transactions, order, anomalies).findLostUpdates();
}

/** They break strict serializability only. */
export function findLateReads(
  transactions: readonly Transaction[],
  orders: readonly VersionOrder[],
  anomalies: AnomalyList,
): void {
  for (const order of orders) {
    const key = new KeyMisses(transactions, order, anomalies);
    key.findStaleReads();
    key.findLostAppends();
  }
}

class KeyMisses {
  readonly #transactions: readonly Transaction[];
  readonly #order: VersionOrder;
  readonly #anomalies: AnomalyList;
  /** Reads that tell what their transaction found, in order of calls. */
  readonly #views: readonly View[];

  constructor(transactions: readonly Transaction[], order: VersionOrder, anomalies: AnomalyList) {
    this.#transactions = transactions;
    this.#order = order;
    this.#anomalies = anomalies;
    this.#views = order.views.filter(({ isExternal }) => isExternal);
  }

  /** Of transactions that read the same and then appended only the first can have come right after what it read. */
  findLostUpdates(): void {
    const { key } = this.#order;
    const byLength = new Map<number, View[]>();
    for (const view of this.#views) {
      const appendsAfter = view.list.length === view.baseLength && this.#appendOf(view.transaction) !== undefined;
      if (!appendsAfter) continue;
      const same = byLength.get(view.baseLength);
      if (same === undefined) byLength.set(view.baseLength, [view]);
      else same.push(view);
    }
    for (const views of byLength.values()) {
      const [first, second] = views;
      if (first === undefined || second === undefined) continue;
      const transactions = views.map(({ transaction }) => transaction);
      this.#anomalies.add({
        name: 'lost-update',
        transactions,
        cycle: () => [this.#miss(first, second.transaction), this.#miss(second, first.transaction)],
        describe: () =>
          `Lost update: ${showNames(transactions)} all appended to ${showKey(key)} after reading the same of it: ` +
          `${showRead(first.transaction, key, first.list)}.`,
      });
    }
  }

  findStaleReads(): void {
    const { sources } = this.#order;
    // By position, the append from there on of which the transaction returned first.
    const firstReturned = new Array<Append | undefined>(sources.length + 1);
    for (let at = sources.length - 1; at >= 0; at--) {
      const [source, later] = [sources[at], firstReturned[at + 1]];
      const isFirst = source?.kind === 'append' && this.#returnOf(source.append) < this.#returnOf(later);
      firstReturned[at] = isFirst ? source.append : later;
    }
    for (const view of this.#views) {
      const append = firstReturned[view.baseLength];
      if (append === undefined || this.#returnOf(append) >= this.#callOf(view)) continue;
      this.#addLate('stale-read', view, append, 'Stale read');
    }
  }

  findLostAppends(): void {
    const told = new Set<number>();
    for (const append of this.#order.unread) {
      // The next after it that read the key; what came before it or at the same time may have missed it.
      const view = this.#firstCalledAfter(this.#returnOf(append));
      if (view === undefined || told.has(append.transaction)) continue;
      told.add(append.transaction);
      this.#addLate('lost-append', view, append, 'Lost append, which no read has ever seen');
    }
  }

  #addLate(name: 'stale-read' | 'lost-append', view: View, append: Append, what: string): void {
    const [from, to] = [append.transaction, view.transaction];
    const [before, after] = [this.#transactions[from] as Transaction, this.#transactions[to] as Transaction];
    this.#anomalies.add({
      name,
      transactions: [from, to],
      cycle: () => [
        { from: to, to: from, kind: 'read-write', reason: missed(view, append) },
        { from, to, kind: 'real-time', reason: explainRealTime(before, after) },
      ],
      describe: () =>
        `${what}: ${showRead(to, view.key, view.list)}, without ${showValue(append.value)}, though ` +
        `${nameOf(from)}, which appended it, had returned before ${nameOf(to)} was called.`,
    });
  }

  #miss(view: View, by: number): Dependency {
    const reason = missed(view, this.#appendOf(by) as Append);
    return { from: view.transaction, to: by, kind: 'read-write', reason };
  }

  #appendOf(transaction: number): Append | undefined {
    const values = this.#transactions[transaction]?.appends.get(this.#order.key);
    const value = values?.[0];
    if (values === undefined || value === undefined) return undefined;
    return { transaction, value, ordinal: 0, ordinals: values.length };
  }

  #returnOf(append: Append | undefined): number {
    return append === undefined ? Infinity : (this.#transactions[append.transaction]?.operation.return ?? Infinity);
  }

  #callOf(view: View): number {
    return this.#transactions[view.transaction]?.operation.call ?? -Infinity;
  }

  #firstCalledAfter(time: number): View | undefined {
    let [low, high] = [0, this.#views.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#callOf(this.#views[middle] as View) > time) high = middle;
      else low = middle + 1;
    }
    return this.#views[low];
  }
}
