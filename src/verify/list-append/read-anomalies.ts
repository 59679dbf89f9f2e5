/**
 * What can be seen to be wrong in lists themselves, without any cycle: each of these breaks serializability. The names
 * are those of Adya's thesis (G1a, G1b) and of Elle: Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from
 * Experimental Observations, VLDB 2020, section 4 and 6.
 */
import type { Json } from '../history.ts';
import type { AnomalyList } from './anomaly-list.ts';
import type { Append, Source } from './appends.ts';
import type { Contradiction, Transaction, View } from './transactions.ts';
import { isSameValue } from './values.ts';
import type { Deviation, VersionOrder } from './version-order.ts';
import { nameOf, showKey, showList, showNames, showRead, showValue } from './wording.ts';

export function findReadAnomalies(
  transactions: readonly Transaction[],
  orders: readonly VersionOrder[],
  anomalies: AnomalyList,
): void {
  for (const { contradictions } of transactions) {
    for (const contradiction of contradictions) addInternal(contradiction, anomalies);
  }
  for (const order of orders) new KeyReads(transactions, order, anomalies).find();
}

function addInternal({ view, expected, isOnlyEnd }: Contradiction, anomalies: AnomalyList): void {
  const { transaction, key, list } = view;
  anomalies.add({
    name: 'internal',
    transactions: [transaction],
    describe: () =>
      `${showRead(transaction, key, list)}, which ${isOnlyEnd ? 'does not end in' : 'is not'} ${showList(expected)}, ` +
      (isOnlyEnd ? 'its own appends until then.' : 'what it had read and appended itself until then.'),
  });
}

class KeyReads {
  readonly #transactions: readonly Transaction[];
  readonly #order: VersionOrder;
  readonly #anomalies: AnomalyList;

  constructor(transactions: readonly Transaction[], order: VersionOrder, anomalies: AnomalyList) {
    this.#transactions = transactions;
    this.#order = order;
    this.#anomalies = anomalies;
  }

  find(): void {
    const { spine, sources, views, deviations } = this.#order;
    if (spine !== undefined) {
      this.#findBadElements(spine, sources, 0, views);
      this.#findDirtyUpdates(sources, spine);
      this.#findOwnOrder(spine, sources);
    }
    for (const view of views) {
      this.#findIntermediateRead(view, sources[view.baseLength - 1]);
      this.#findFutureReads(view, sources, this.#order.positionOf);
    }
    for (const deviation of deviations) this.#findInDeviation(deviation);
  }

  /** From the first element that the spine does not have there, since what is before was seen in the spine. */
  #findInDeviation({ view, sources }: Deviation): void {
    const spine = this.#order.spine as View;
    let from = 0;
    const end = Math.min(view.list.length, spine.list.length);
    while (from < end && isSameValue(view.list[from] as Json, spine.list[from] as Json)) from++;
    this.#anomalies.add({
      name: 'incompatible-order',
      transactions: [view.transaction, spine.transaction],
      describe: () =>
        `${showRead(view.transaction, view.key, view.list)}, and ` +
        `${showRead(spine.transaction, spine.key, spine.list)}: they differ at position ${from + 1}, and neither list ` +
        'can have become the other by appends.',
    });
    this.#findBadElements(view, sources, from, [view]);
    this.#findIntermediateRead(view, sources[view.baseLength - 1]);
    this.#findFutureReads(view, sources, (value) => view.list.findIndex((other) => isSameValue(other, value)));
  }

  #findBadElements(view: View, sources: readonly Source[], from: number, readers: readonly View[]): void {
    for (let at = from; at < sources.length; at++) {
      const source = sources[at] as Source;
      if (source.kind === 'append' || source.kind === 'ambiguous') continue;
      const value = showValue(view.list[at] as Json);
      const key = showKey(view.key);
      // All who read so far saw it; the first to do so stands for them.
      const reader = readers.find(({ list }) => list.length > at) ?? view;
      const read = (): string => showRead(reader.transaction, view.key, reader.list);
      if (source.kind === 'aborted') this.#addAbortedRead(reader, source.append);
      else if (source.kind === 'duplicate') {
        this.#anomalies.add({
          name: 'duplicate-elements',
          transactions: [reader.transaction],
          describe: () => `${read()}, in which ${value} stands more often than it was appended to ${key}.`,
        });
      } else {
        this.#anomalies.add({
          name: 'garbage-read',
          transactions: [reader.transaction],
          describe: () => `${read()}, but nobody ever appended ${value} to ${key}.`,
        });
      }
    }
  }

  #addAbortedRead(reader: View, { transaction, value }: Append): void {
    this.#anomalies.add({
      name: 'G1a',
      transactions: [transaction, reader.transaction],
      describe: () =>
        `Aborted read: ${showRead(reader.transaction, reader.key, reader.list)}, with ${showValue(value)} of ` +
        `${nameOf(transaction)}, which had failed.`,
    });
  }

  /** A transaction that took place built on values of one that did not (Elle's dirty update). */
  #findDirtyUpdates(sources: readonly Source[], spine: View): void {
    let aborted: Append | undefined;
    for (const source of sources) {
      if (source.kind === 'aborted') aborted ??= source.append;
      if (source.kind !== 'append' || aborted === undefined) continue;
      const [before, { append: after }] = [aborted, source];
      // Of one that may have happened it is not known whether it was committed.
      if (this.#transactions[after.transaction]?.outcome !== 'ok') continue;
      aborted = undefined;
      this.#anomalies.add({
        name: 'dirty-update',
        transactions: [before.transaction, after.transaction],
        describe: () =>
          `${nameOf(after.transaction)} appended ${showValue(after.value)} to ${showKey(spine.key)} on top of ` +
          `${showValue(before.value)} of ${nameOf(before.transaction)}, which had failed.`,
      });
    }
  }

  /** Appends of one transaction must stand in the order in which it made them. */
  #findOwnOrder(spine: View, sources: readonly Source[]): void {
    const last = new Map<number, Append>();
    for (const source of sources) {
      if (source.kind !== 'append') continue;
      const { append } = source;
      const before = last.get(append.transaction);
      last.set(append.transaction, append);
      if (before === undefined || before.ordinal < append.ordinal) continue;
      this.#anomalies.add({
        name: 'incompatible-order',
        transactions: [append.transaction, spine.transaction],
        describe: () =>
          `${showRead(spine.transaction, spine.key, spine.list)}, but ${nameOf(append.transaction)} had appended ` +
          `${showValue(append.value)} before ${showValue(before.value)}.`,
      });
    }
  }

  #findIntermediateRead(view: View, last: Source | undefined): void {
    if (!view.isExternal || last?.kind !== 'append') return;
    const { transaction, value, ordinal, ordinals } = last.append;
    if (transaction === view.transaction || ordinal === ordinals - 1) return;
    this.#anomalies.add({
      name: 'G1b',
      transactions: [transaction, view.transaction],
      describe: () =>
        `Intermediate read: ${showRead(view.transaction, view.key, view.list)}, with ${showValue(value)} of ` +
        `${nameOf(transaction)} but without what ${nameOf(transaction)} appended to it afterwards.`,
    });
  }

  /** What it had found before it appended it itself; `positionOf`: where a value first stands in the list. */
  #findFutureReads(view: View, sources: readonly Source[], positionOf: (value: Json) => number | undefined): void {
    const { transaction, key, list, baseLength } = view;
    const appends = this.#transactions[transaction]?.appends.get(key) ?? [];
    for (const value of appends.slice(list.length - baseLength)) {
      const position = positionOf(value) ?? baseLength;
      const source = position < baseLength ? sources[position] : undefined;
      if (source?.kind !== 'append' || source.append.transaction !== transaction) continue;
      this.#anomalies.add({
        name: 'future-read',
        transactions: [transaction],
        describe: () => `${showRead(transaction, key, list)} before it appended ${showValue(value)} to it itself.`,
      });
    }
  }
}

/** Which appends were of which transaction cannot be told of these values. */
export function describeAmbiguities({ key, ambiguous }: VersionOrder): readonly string[] {
  return ambiguous.map(({ value, possible }) => {
    const names = showNames([...new Set(possible.map(({ transaction }) => transaction))]);
    return `Of ${showKey(key)}, ${showValue(value)} was appended by ${names}: whose append was read is not decided.`;
  });
}
