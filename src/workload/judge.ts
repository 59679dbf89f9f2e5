/** Hands what clients have seen to the checkers: single keys to the model of Valkey's strings, transactions to theirs. */
import { checkHistory } from '../verify/check.ts';
import type { History, Operation } from '../verify/history.ts';
import type { HistoryVerdict } from '../verify/verdict.ts';

export interface Judgement {
  readonly history: History;
  readonly verdict: HistoryVerdict;
}

/** More than a run of this size has ever needed by far; a run that needs more is looked at, not let pass. */
const stepsMax = 20_000_000;

export function judge(operations: readonly Operation[]): readonly Judgement[] {
  const isTransaction = ({ f }: Operation): boolean => f === 'txn';
  const strings = historyOf(
    'valkey',
    operations.filter((operation) => !isTransaction(operation)),
  );
  const lists = historyOf('list-append', operations.filter(isTransaction));
  return [strings, lists].map((history) => ({ history, verdict: checkHistory(history, { stepsMax }) }));
}

function historyOf(model: string, operations: readonly Operation[]): History {
  return { model, initial: undefined, nullReadIsWildcard: false, operations };
}
