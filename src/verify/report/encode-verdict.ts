/** Makes of a verdict what the report's page is told, within bounds that a browser can bear. */
import type { Json, Operation } from '../history.ts';
import { isArray, shorten } from '../json.ts';
import type {
  HistoryVerdict,
  LinearizabilityVerdict,
  LinearizationStep,
  PartitionVerdict,
  TransactionsVerdict,
} from '../verdict.ts';
import { showKey, visible } from '../visible-text.ts';
import { describeTransaction, showValue } from './display-text.ts';
import type {
  LinearizabilityData,
  LinearizationData,
  OperationRow,
  PartitionData,
  PartitionErrorData,
  ReportData,
  TransactionData,
  TransactionsData,
} from './report-data.ts';

/** Steps of all linearizations of a report together: some ten megabytes. The longest of every partition is always kept. */
const stepsMaxDefault = 1_000_000;
const stateLengthMax = 1_000;
const sentenceLengthMax = 4_000;

export function encodeVerdict(verdict: HistoryVerdict, stepsMax = stepsMaxDefault): ReportData {
  return verdict.kind === 'linearizability' ? encodeLinearizability(verdict, stepsMax) : encodeTransactions(verdict);
}

function encodeLinearizability({ partitions }: LinearizabilityVerdict, stepsMax: number): LinearizabilityData {
  let stepsLeft = stepsMax;
  return {
    kind: 'linearizability',
    partitions: partitions.map((partition) => {
      const encoded = encodePartition(partition, stepsLeft);
      for (const { steps } of encoded.linearizations) stepsLeft -= steps.length / 2;
      return encoded;
    }),
  };
}

function encodePartition(partition: PartitionVerdict, stepsMax: number): PartitionData {
  const { key, verdict, operations } = partition;
  const sorted = [...partition.linearizations].sort((left, right) => right.length - left.length);
  let steps = 0;
  const kept = sorted.filter(({ length }, index) => {
    steps += length;
    return index === 0 || steps <= stepsMax;
  });
  const states = new Texts();
  const linearizations = kept.map((linearization) => encodeLinearization(linearization, operations, states));
  const error = errorOf(partition, linearizations);
  // Where not even one operation can come first, the order that is drawn is empty, and stopped by what is wrong.
  if (linearizations.length === 0 && error !== null) linearizations.push({ steps: [], stuck: error.operation });
  return {
    key: showKey(key),
    verdict,
    operations: operations.map((operation) => encodeOperation(operation)),
    linearizations,
    states: states.all,
    omitted: sorted.length - kept.length,
    error,
  };
}

function errorOf(
  { verdict, operations, firstViolation }: PartitionVerdict,
  linearizations: readonly LinearizationData[],
): PartitionErrorData | null {
  if (verdict === 'ok') return null;
  const stuck = linearizations[0]?.stuck ?? null;
  if (verdict === 'unknown') return stuck === null ? null : { operation: stuck, linearization: 0 };
  const operation = firstViolation ?? stuck ?? stuckOperation([], operations);
  if (operation === undefined) return null;
  const stopped = linearizations.findIndex((linearization) => linearization.stuck === operation);
  const without = stopped === -1 ? linearizations.findIndex(({ steps }) => !hasStep(steps, operation)) : stopped;
  return { operation, linearization: Math.max(0, without) };
}

function hasStep(steps: readonly number[], operation: number): boolean {
  return steps.some((number, position) => position % 2 === 0 && number === operation);
}

function encodeLinearization(
  linearization: readonly LinearizationStep[],
  operations: readonly Operation[],
  states: Texts,
): LinearizationData {
  return {
    steps: linearization.flatMap(({ operation, state }) => [operation, states.number(state)]),
    stuck: stuckOperation(linearization, operations) ?? null,
  };
}

/**
 * The operation that ended the linearization: whatever came next would have had to take place before the first return
 * among the operations that are left, so it is the one that returns first which could not be placed.
 */
export function stuckOperation(
  linearization: readonly LinearizationStep[],
  operations: readonly Operation[],
): number | undefined {
  const placed = new Set(linearization.map(({ operation }) => operation));
  let stuck: number | undefined;
  for (const [index, { outcome, return: returned }] of operations.entries()) {
    if (outcome !== 'ok' || placed.has(index)) continue;
    if (stuck === undefined || returned < (operations[stuck] as Operation).return) stuck = index;
  }
  return stuck;
}

function encodeOperation(operation: Operation): OperationRow {
  const { process, f, input, output, outcome } = operation;
  const shownInput = input === null ? null : showValue(input);
  // Where something was asked, an answer of nothing says nothing; where nothing was, the answer is all there is.
  const shownOutput = outcome !== 'ok' || (output === null && input !== null) ? null : showValue(output);
  return row(process, visible(shorten(f)), shownInput, shownOutput, operation);
}

function row(
  process: number,
  f: string,
  input: string | null,
  output: string | null,
  { call, return: returned, outcome }: Operation,
): OperationRow {
  return [process, f, input, output, call, Number.isFinite(returned) ? returned : null, outcome];
}

function encodeTransactions({ transactions, anomalies }: TransactionsVerdict): TransactionsData {
  const sentence = (text: string): string => visible(shorten(text, sentenceLengthMax));
  return {
    kind: 'transactions',
    transactions: transactions.map(encodeTransaction),
    anomalies: anomalies.map(({ name, description, transactions: involved, cycle }) => ({
      name: visible(shorten(name)),
      description: sentence(description),
      transactions: involved,
      cycle: cycle.map(({ from, to, kind, reason }) => ({ from, to, kind, reason: sentence(reason) })),
    })),
  };
}

/** What it did, with what it read, if that is known, else what it was asked to do. */
function encodeTransaction(operation: Operation): TransactionData {
  const steps = operation.outcome === 'ok' && operation.output !== null ? operation.output : operation.input;
  return {
    row: row(operation.process, '', describeTransaction(steps), null, operation),
    keys: [...new Set(keysOf(steps))].map(showKey),
  };
}

function keysOf(steps: Json): readonly string[] {
  if (!isArray(steps)) return [];
  return steps.flatMap((step) => (isArray(step) && typeof step[1] === 'string' ? [step[1]] : []));
}

/** Each text once: a state stands at many steps of many linearizations. */
class Texts {
  readonly #numbers = new Map<string, number>();
  readonly all: string[] = [];

  number(text: string): number {
    let number = this.#numbers.get(text);
    if (number === undefined) {
      number = this.all.length;
      this.#numbers.set(text, number);
      this.all.push(visible(shorten(text, stateLengthMax)));
    }
    return number;
  }
}
