/**
 * What the report's page is told: a verdict, made small and ready to be shown. All values are texts by now, since the
 * page only shows them; times are the numbers of the history. It travels as JSON.
 */
import type { DependencyKind, Verdict } from '../verdict.ts';
import type { Outcome } from '../history.ts';

/** An array, since there may be a hundred thousand; `call`, then the time of return, `null` if it is not known. */
export type OperationRow = readonly [
  process: number,
  f: string,
  input: string | null,
  output: string | null,
  call: number,
  returned: number | null,
  outcome: Outcome,
];

export interface LinearizationData {
  /** Alternating: an index into the operations, an index into the states. */
  readonly steps: readonly number[];
  /** The operation that no place was found for after these steps; `null` if nothing that is certain is left. */
  readonly stuck: number | null;
}

/** What is wrong: findings, pictures and keyboard begin with it. */
export interface PartitionErrorData {
  /** Of an illegal partition the first violation, of an undecided one where the search stopped. */
  readonly operation: number;
  /** The linearization that shows it best. */
  readonly linearization: number;
}

export interface PartitionData {
  readonly key: string;
  readonly verdict: Verdict;
  readonly operations: readonly OperationRow[];
  readonly states: readonly string[];
  /** The longest first. */
  readonly linearizations: readonly LinearizationData[];
  /** How many linearizations had to be left out. */
  readonly omitted: number;
  /** Never `null` of an illegal partition. */
  readonly error: PartitionErrorData | null;
}

export interface LinearizabilityData {
  readonly kind: 'linearizability';
  readonly partitions: readonly PartitionData[];
}

export interface TransactionData {
  readonly row: OperationRow;
  readonly keys: readonly string[];
}

export interface EdgeData {
  readonly from: number;
  readonly to: number;
  readonly kind: DependencyKind;
  readonly reason: string;
}

export interface AnomalyData {
  readonly name: string;
  readonly description: string;
  readonly transactions: readonly number[];
  readonly cycle: readonly EdgeData[];
}

export interface TransactionsData {
  readonly kind: 'transactions';
  readonly transactions: readonly TransactionData[];
  readonly anomalies: readonly AnomalyData[];
}

export type ReportData = LinearizabilityData | TransactionsData;
