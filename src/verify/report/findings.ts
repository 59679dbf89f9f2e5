/**
 * What is wrong, as sentences: the text alternative of the pictures. It stands in the page itself, so that it is there
 * for screen readers, for searches and where scripts are off; each finding says what of the pictures shows it.
 */
import type { LinearizabilityVerdict, TransactionsVerdict, HistoryVerdict } from '../verdict.ts';
import { count, describeOperation } from './display-text.ts';
import type { LinearizabilityData, PartitionData, ReportData, TransactionsData } from './report-data.ts';

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

/** The operation that stopped the longest linearization of each key; those that are certain come first. */
function linearizabilityFindings({ partitions }: LinearizabilityData): readonly Finding[] {
  const found = partitions.flatMap((partition, index) => {
    const stuck = partition.linearizations[0]?.stuck ?? null;
    return partition.verdict === 'ok' || stuck === null ? [] : [{ partition, index, stuck }];
  });
  const certain = found.filter(({ partition }) => partition.verdict === 'illegal');
  const others = found.filter(({ partition }) => partition.verdict !== 'illegal');
  return [...certain, ...others].map(({ partition, index, stuck }) => describeStuck(partition, index, stuck));
}

function describeStuck(partition: PartitionData, index: number, stuck: number): Finding {
  const operation = partition.operations[stuck];
  const { key, verdict, linearizations, operations, states } = partition;
  const steps = linearizations[0]?.steps ?? [];
  const [process, , , , call, returned] = operation ?? [0, '', null, null, 0, null];
  const what = operation === undefined ? '' : describeOperation(operation);
  const where = `client ${process}, called at ${call}${returned === null ? '' : `, returned at ${returned}`}`;
  const state = steps.length === 0 ? undefined : states[steps.at(-1) ?? 0];
  const ending = verdict === 'illegal' ? 'has no place' : 'is where the search stopped';
  return {
    text: `Key ${key}: ${what} (${where}) ${ending}.`,
    because: [
      state === undefined
        ? 'Nothing can come before it.'
        : `The longest order found places ${steps.length / 2} of ${count(operations.length, 'operation')} and ends in the state ${state}.`,
    ],
    target: [index, 0],
  };
}

function anomalyFindings({ anomalies }: TransactionsData): readonly Finding[] {
  return anomalies.map(({ name, description, cycle }, index) => ({
    text: `${name}: ${description}`,
    because: cycle.map(({ reason }) => reason),
    target: [index],
  }));
}
