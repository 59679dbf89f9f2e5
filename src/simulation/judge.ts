/** Hands what clients have seen to the checkers: single keys to the model of Valkey's strings, transactions to theirs. */
import type { History, Operation } from '../verify/history.ts';
import { checkLinearizability } from '../verify/linearizability.ts';
import { valkeyModel } from '../verify/models/valkey.ts';
import type { HistoryVerdict } from '../verify/verdict.ts';

export interface Judgement {
  readonly history: History;
  readonly verdict: HistoryVerdict;
}

/** More than a run of this size has ever needed by far; a run that needs more is looked at, not let pass. */
const stepsMax = 20_000_000;

export function judge(operations: readonly Operation[]): readonly Judgement[] {
  const history = historyOf(
    'valkey',
    operations.filter(({ f }) => f !== 'txn'),
  );
  return [{ history, verdict: checkLinearizability(history, valkeyModel, { stepsMax }) }];
}

function historyOf(model: string, operations: readonly Operation[]): History {
  return { model, initial: undefined, nullReadIsWildcard: false, operations };
}
