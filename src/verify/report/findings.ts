/**
 * What is wrong, as sentences: the text alternative of the pictures. It stands in the page itself, so that it is there
 * for screen readers, for searches and where scripts are off; each finding says what of the pictures shows it.
 */
import type { LinearizabilityVerdict, TransactionsVerdict, HistoryVerdict } from '../verdict.ts';
import { count, describeOperation, groupDigits } from './display-text.ts';
import type {
  LinearizabilityData,
  PartitionData,
  PartitionErrorData,
  ReportData,
  TransactionsData,
} from './report-data.ts';

export interface Finding {
  readonly text: string;
  /** Sentences that explain it, one after the other. */
  readonly because: readonly string[];
  /** What shows it: the partition and the linearization, or the anomaly. */
  readonly target: readonly number[];
}

/** The verdict in a sentence. */
export function summarize(verdict: HistoryVerdict): string {
  return verdict.kind === 'linearizability' ? summarizeLinearizability(verdict) : summarizeTransactions(verdict);
}

function summarizeLinearizability({ verdict, model, partitions }: LinearizabilityVerdict): string {
  const operations = partitions.reduce((sum, partition) => sum + partition.operations.length, 0);
  const what = `${count(operations, 'operation')} on ${count(partitions.length, 'key')}, model ${model}`;
  const having = (wanted: string): string => {
    const number = partitions.filter((partition) => partition.verdict === wanted).length;
    return partitions.length === 1 ? '' : ` for ${number} of ${count(partitions.length, 'key')}`;
  };
  if (verdict === 'ok') return `Linearizable: one order explains every answer (${what}).`;
  if (verdict === 'illegal') return `Not linearizable: no order explains the answers${having('illegal')} (${what}).`;
  return `Not decided: the search was over before it knew${having('unknown')} (${what}).`;
}

function summarizeTransactions({ verdict, serializable, transactions, anomalies }: TransactionsVerdict): string {
  const what = `${count(transactions.length, 'transaction')}, ${count(anomalies.length, 'anomaly', 'anomalies')}`;
  if (verdict === 'ok') return `Strictly serializable (${what}).`;
  if (verdict === 'unknown') return `Not decided (${what}).`;
  if (serializable === 'ok')
    return `Not strictly serializable; it would be serializable if time did not count (${what}).`;
  return `Not ${serializable === 'illegal' ? 'even ' : 'strictly '}serializable (${what}).`;
}

export function findings(data: ReportData): readonly Finding[] {
  return data.kind === 'linearizability' ? linearizabilityFindings(data) : anomalyFindings(data);
}

/** What is wrong with each key; what is certain comes first. */
function linearizabilityFindings({ partitions }: LinearizabilityData): readonly Finding[] {
  const found = partitions.flatMap((partition, index) => {
    const { error } = partition;
    return error === null ? [] : [{ partition, index, error }];
  });
  const certain = found.filter(({ partition }) => partition.verdict === 'illegal');
  const others = found.filter(({ partition }) => partition.verdict !== 'illegal');
  return [...certain, ...others].map(({ partition, index, error }) => describeError(partition, index, error));
}

function describeError(partition: PartitionData, index: number, error: PartitionErrorData): Finding {
  const { key, verdict, operations } = partition;
  const operation = operations[error.operation];
  const [process, , , , call, returned] = operation ?? [0, '', null, null, 0, null];
  const what = operation === undefined ? '' : describeOperation(operation);
  const where = `client ${process}, called at ${call}${returned === null ? '' : `, returned at ${returned}`}`;
  const ending = verdict === 'illegal' ? 'has no place' : 'is where the search stopped';
  return {
    text: `Key ${key}: ${what} (${where}) ${ending}.`,
    because: [describeOrders(partition, error)],
    target: [index, error.linearization],
  };
}

function describeOrders(
  { linearizations, operations, states }: PartitionData,
  { linearization }: PartitionErrorData,
): string {
  const [longest = 0, drawn = 0] = [0, linearization].map((index) => (linearizations[index]?.steps.length ?? 0) / 2);
  if (longest === 0) return 'No order was found that places anything before it.';
  const found = `The longest order found places ${groupDigits(longest)} of ${count(operations.length, 'operation')}`;
  const state = states[linearizations[linearization]?.steps.at(-1) ?? -1];
  if (state === undefined) return `${found}.`;
  const which = linearization === 0 ? ' and' : `; the one drawn places ${groupDigits(drawn)} and`;
  return `${found}${which} ends in the state ${state}.`;
}

function anomalyFindings({ anomalies }: TransactionsData): readonly Finding[] {
  return anomalies.map(({ name, description, cycle }, index) => ({
    text: `${name}: ${description}`,
    because: cycle.map(({ reason }) => reason),
    target: [index],
  }));
}
