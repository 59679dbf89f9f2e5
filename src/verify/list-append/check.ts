/**
 * Whether a history of transactions, each of which appends to lists and reads them, is strictly serializable, and
 * whether it is serializable, in the manner of Elle: Kingsbury and Alvaro, Elle: Inferring Isolation Anomalies from
 * Experimental Observations, VLDB 2020. A read of a list tells all that was appended to it and in which order; so the
 * dependencies of transactions are known, and what is left is to look for cycles. It takes about linear time.
 *
 * Transactions that failed have not happened. Uncertain ones (`info`) have happened if somebody read what they
 * appended; if nobody did it makes no difference.
 *
 * Where the values that are appended to one key are all different, both verdicts are exact. Where several transactions
 * append the same value and it was read, it is not known whose it was: what is found to be wrong is wrong all the same,
 * but where nothing is found the verdict is `unknown`, and the notes say of which values.
 */
import type { History } from '../history.ts';
import type { TransactionsVerdict, Verdict } from '../verdict.ts';
import { AnomalyList } from './anomaly-list.ts';
import { findCycles } from './cycles.ts';
import { addDependencies } from './dependencies.ts';
import { GraphBuilder, type Graph } from './graph.ts';
import { findLateReads, findLostUpdates } from './missed-appends.ts';
import { describeAmbiguities, findReadAnomalies } from './read-anomalies.ts';
import { addProcessOrder, addRealTime } from './real-time.ts';
import { transactionsOf, type Transaction } from './transactions.ts';
import { versionOrdersOf, type VersionOrder } from './version-order.ts';

export interface ListAppendOptions {
  /** Whether the time is over; asked now and then. Nothing in this folder has a clock. */
  readonly isOver?: () => boolean;
}

const timeIsOver = 'The time was over before the history was checked.';
const notesMax = 25;

/** Throws a `HistoryError` if the history is not one of such transactions. */
export function checkListAppend(history: History, options: ListAppendOptions = {}): TransactionsVerdict {
  const isOver = options.isOver ?? ((): boolean => false);
  const transactions = transactionsOf(history);
  const anomalies = new AnomalyList();
  const verdictOf = (strict: Verdict, serializable: Verdict, notes: readonly string[]): TransactionsVerdict => ({
    kind: 'transactions',
    model: 'list-append',
    verdict: strict,
    ...(strict === 'unknown' && notes.includes(timeIsOver) ? { limit: 'time' } : {}),
    serializable,
    transactions: history.operations,
    anomalies: anomalies.all,
    notes: [...notes, ...anomalies.notes()],
  });
  const orders = versionOrdersOf(transactions, isOver);
  if (orders === undefined) return verdictOf('unknown', 'unknown', [timeIsOver]);
  findReadAnomalies(transactions, orders, anomalies);
  findLostUpdates(transactions, orders, anomalies);
  const readsAreWrong = !anomalies.isEmpty;
  const undecided = orders.flatMap(describeAmbiguities);
  if (isOver()) {
    const verdict = readsAreWrong ? 'illegal' : 'unknown';
    return verdictOf(verdict, verdict, [timeIsOver, ...few(undecided)]);
  }

  const cycles = findCycles(graphOf(transactions, orders), transactions, anomalies, isOver);
  if (cycles.breakStrictSerializability) findLateReads(transactions, orders, anomalies);
  const judge = (isWrong: boolean): Verdict => (isWrong ? 'illegal' : undecided.length > 0 ? 'unknown' : 'ok');
  return verdictOf(
    judge(readsAreWrong || cycles.breakStrictSerializability),
    judge(readsAreWrong || cycles.breakSerializability),
    [...few(undecided), ...cycles.notes],
  );
}

function graphOf(transactions: readonly Transaction[], orders: readonly VersionOrder[]): Graph {
  const graph = new GraphBuilder(transactions.length);
  for (const order of orders) addDependencies(order, graph);
  const possible = transactions.filter(({ outcome }) => outcome !== 'fail');
  addProcessOrder(possible, graph);
  addRealTime(possible, graph);
  return graph.build();
}

function few(notes: readonly string[]): readonly string[] {
  return notes.length <= notesMax ? notes : [...notes.slice(0, notesMax), `And ${notes.length - notesMax} more.`];
}
