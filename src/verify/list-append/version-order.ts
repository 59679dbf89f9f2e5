/**
 * The order in which the values of one key were appended, as far as reads tell it. Lists only grow, so in any serial
 * order every list that was read is a beginning of every longer one: the longest (the *spine*) has it all. A list that
 * is no beginning of the spine is a violation by itself; what can still be said of it is said by its last element.
 *
 * Appends that no read has seen come after the whole spine, in any order among themselves: nobody read between them.
 */
import type { Json } from '../history.ts';
import { isAmbiguous, KeyAppends, type Append, type AppendsOfValue, type Source } from './appends.ts';
import type { Transaction, View } from './transactions.ts';
import { startsWith, ValueMap } from './values.ts';

/** A list that is no beginning of the spine. */
export interface Deviation {
  readonly view: View;
  readonly sources: readonly Source[];
}

export interface VersionOrder {
  readonly key: string;
  /** The longest list that was read; `undefined`: nobody read anything but the empty list. */
  readonly spine: View | undefined;
  /** Of each element of the spine. */
  readonly sources: readonly Source[];
  /** Lists that are beginnings of the spine, the spine too. */
  readonly views: readonly View[];
  readonly deviations: readonly Deviation[];
  /** Seen by no read, and certain to have happened if its transaction has. */
  readonly unread: readonly Append[];
  /** Values that were read and of which it is not known which of several transactions appended them. */
  readonly ambiguous: readonly AppendsOfValue[];
  /** Where in the spine a value first stands. */
  readonly positionOf: (value: Json) => number | undefined;
}

interface KeyRecord {
  readonly appends: KeyAppends;
  readonly views: View[];
}

/** `undefined`: the time is over. In the order in which the history first names the keys. */
export function versionOrdersOf(
  transactions: readonly Transaction[],
  isOver: () => boolean,
): readonly VersionOrder[] | undefined {
  const orders: VersionOrder[] = [];
  for (const [key, record] of recordsOf(transactions)) {
    if (isOver()) return undefined;
    orders.push(versionOrderOf(key, record));
  }
  return orders;
}

function recordsOf(transactions: readonly Transaction[]): ReadonlyMap<string, KeyRecord> {
  const records = new Map<string, KeyRecord>();
  const recordOf = (key: string): KeyRecord => {
    let record = records.get(key);
    if (record === undefined) records.set(key, (record = { appends: new KeyAppends(), views: [] }));
    return record;
  };
  for (const transaction of transactions) {
    for (const [key, values] of transaction.appends) recordOf(key).appends.add(transaction, values);
    for (const view of transaction.views) recordOf(view.key).views.push(view);
  }
  return records;
}

function versionOrderOf(key: string, { appends, views }: KeyRecord): VersionOrder {
  let spine: View | undefined;
  for (const view of views) if (view.list.length > (spine?.list.length ?? 0)) spine = view;
  const list = spine?.list ?? [];
  const sources = appends.sourcesOf(list);
  const compatible: View[] = [];
  const deviations: Deviation[] = [];
  for (const view of views) {
    if (view === spine || startsWith(list, view.list)) compatible.push(view);
    else deviations.push({ view, sources: appends.sourcesOf(view.list) });
  }
  // Only now is it known what was seen.
  const all = [...appends.all()];
  const unread = all.flatMap(unreadOf);
  const ambiguous = all.filter((ofValue) => ofValue.seenMax > 0 && isAmbiguous(ofValue));
  const positions = positionsOf(list);
  const positionOf = (value: Json): number | undefined => positions.get(value);
  return { key, spine, sources, views: compatible, deviations, unread, ambiguous, positionOf };
}

function unreadOf(ofValue: AppendsOfValue): readonly Append[] {
  if (ofValue.seenMax === 0) return ofValue.possible;
  return isAmbiguous(ofValue) ? [] : ofValue.possible.slice(ofValue.seenMax);
}

function positionsOf(list: readonly Json[]): ValueMap<number> {
  const positions = new ValueMap<number>();
  for (const [at, value] of list.entries()) if (positions.get(value) === undefined) positions.set(value, at);
  return positions;
}
