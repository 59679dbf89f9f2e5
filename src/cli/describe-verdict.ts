/** A verdict in a few lines, and for programs. */
import { describeOperation, explain, type Explanation } from '../verify/explanation.ts';
import type {
  HistoryVerdict,
  LinearizabilityVerdict,
  PartitionVerdict,
  TransactionsVerdict,
  Verdict,
} from '../verify/verdict.ts';
import { showKey, visible } from '../verify/visible-text.ts';

const violationsMax = 3;

export function describeVerdict(verdict: HistoryVerdict, file: string, seconds: number): string {
  const lines = verdict.kind === 'transactions' ? describeTransactions(verdict) : describeKeys(verdict);
  const time = seconds < 0.1 ? `${(seconds * 1000).toFixed(0)} ms` : `${seconds.toFixed(1)} s`;
  const first = `${file}: ${headline(verdict)} (${verdict.model}, ${sizeOf(verdict)}, ${time})`;
  // Much of it was written by whoever wrote the history.
  return [first, ...lines.map((line) => `  ${line}`)].map((line) => `${visible(line)}\n`).join('');
}

/** One line of JSON. */
export function summarizeVerdict(verdict: HistoryVerdict, file: string, seconds: number): string {
  const { kind, model } = verdict;
  const common = { file, kind, model, verdict: verdict.verdict, seconds: Number(seconds.toFixed(3)) };
  if (verdict.kind === 'transactions') {
    const { serializable, anomalies, transactions, notes } = verdict;
    return `${JSON.stringify({ ...common, serializable, transactions: transactions.length, anomalies, notes })}\n`;
  }
  const keys = verdict.partitions.map((partition) => ({
    key: partition.key,
    verdict: partition.verdict,
    operations: partition.operations.length,
    violation: explain(partition),
  }));
  return `${JSON.stringify({ ...common, keys })}\n`;
}

function headline(verdict: HistoryVerdict): string {
  const property = verdict.kind === 'transactions' ? 'strictly serializable' : 'linearizable';
  const texts: Record<Verdict, string> = {
    ok: property,
    illegal: `not ${property}`,
    unknown: 'not decided within the bounds of time and memory',
  };
  return texts[verdict.verdict];
}

function sizeOf(verdict: HistoryVerdict): string {
  if (verdict.kind === 'transactions') return counted(verdict.transactions.length, 'transaction');
  const operations = verdict.partitions.reduce((sum, partition) => sum + partition.operations.length, 0);
  return `${counted(operations, 'operation')} on ${counted(verdict.partitions.length, 'key')}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function describeKeys({ partitions }: LinearizabilityVerdict): readonly string[] {
  const illegal = partitions.filter(({ verdict }) => verdict === 'illegal');
  const undecided = partitions.filter(({ verdict }) => verdict === 'unknown');
  const lines = illegal.slice(0, violationsMax).flatMap(describeViolation);
  if (illegal.length > violationsMax) lines.push(`and ${illegal.length - violationsMax} more keys`);
  if (undecided.length > 0) {
    const names = undecided.slice(0, 10).map(({ key }) => showKey(key));
    lines.push(`not decided: ${counted(undecided.length, 'key')} (${names.join(', ')})`);
  }
  return lines;
}

function describeViolation(partition: PartitionVerdict): readonly string[] {
  const explanation = explain(partition);
  if (explanation === undefined) return [];
  const { process, call, return: returned } = explanation.operation;
  const time = `called at ${call}, returned at ${returned}`;
  return [
    `cannot be placed: client ${process}: ${describeOperation(explanation.operation)} (${time})`,
    `  ${whatWasPossible(explanation)}`,
  ];
}

function whatWasPossible({ placed, operations, states }: Explanation): string {
  if (placed === 0) return 'no order was found that places anything before it';
  const progress = `the longest order found places ${placed} of ${counted(operations, 'operation')}`;
  return states.length === 0 ? progress : `${progress}; before it the value could be ${states.join(', or ')}`;
}

function describeTransactions({
  anomalies,
  serializable,
  verdict,
  notes = [],
}: TransactionsVerdict): readonly string[] {
  const lines = anomalies
    .slice(0, violationsMax)
    .flatMap(({ name, description, cycle }) => [
      `${name}: ${description}`,
      ...cycle.map(({ reason }) => `  ${reason}`),
    ]);
  if (anomalies.length > violationsMax) lines.push(`and ${anomalies.length - violationsMax} more anomalies`);
  if (verdict === 'illegal' && serializable === 'ok') lines.push('without regard to real time it is serializable');
  return [...lines, ...notes];
}
