/** Hands what clients have seen to the checkers: keys to the model of their type, transactions to theirs. */
import { checkHistory } from '../verify/check.ts';
import type { History, Operation } from '../verify/history.ts';
import type { HistoryVerdict } from '../verify/verdict.ts';

export interface Judgement {
  readonly history: History;
  readonly verdict: HistoryVerdict;
}

/** More than a run of this size has ever needed by far; a run that needs more is looked at, not let pass. */
const stepsMax = 20_000_000;

/** By the first letter of the key. */
const models: Readonly<Record<string, string>> = {
  s: 'valkey',
  c: 'valkey',
  h: 'valkey-hash',
  q: 'valkey-lists',
  m: 'valkey-sets',
  z: 'valkey-sorted-set',
};

/** One for each model that something was asked of. */
export function judge(operations: readonly Operation[]): readonly Judgement[] {
  const byModel = new Map<string, Operation[]>();
  for (const operation of operations) {
    const model = modelOf(operation);
    const known = byModel.get(model);
    if (known === undefined) byModel.set(model, [operation]);
    else known.push(operation);
  }
  return [...byModel].map(([model, own]) => {
    const history: History = { model, initial: undefined, nullReadIsWildcard: false, operations: own };
    return { history, verdict: checkHistory(history, { stepsMax }) };
  });
}

function modelOf({ f, key }: Operation): string {
  if (f === 'txn') return 'list-append';
  const model = models[key?.charAt(0) ?? ''];
  if (model === undefined) throw new Error(`no model judges such a key: key=${String(key)}`);
  return model;
}
