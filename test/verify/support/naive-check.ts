/** Whether a small history is linearizable: every order is tried, nothing is remembered. */
import type { History, Json, Operation } from '../../../src/verify/history.ts';
import { canonicalJson } from '../../../src/verify/json.ts';
import { initialState, referenceObjects, type ReferenceObject } from './reference-objects.ts';

export function naiveCheck(history: History): 'ok' | 'illegal' {
  const object = referenceObjects[history.model!]!;
  const keys = new Set(history.operations.map(({ key }) => key));
  const legal = [...keys].every((key) => {
    const operations = history.operations.filter((operation) => operation.key === key && operation.outcome !== 'fail');
    return canGoOn(operations, initialState(object, history.initial), { object, wildcard: history.nullReadIsWildcard });
  });
  return legal ? 'ok' : 'illegal';
}

interface Rules {
  readonly object: ReferenceObject;
  /** A read that answers `null` tells nothing. */
  readonly wildcard: boolean;
}

function canGoOn(left: readonly Operation[], state: Json, rules: Rules): boolean {
  if (left.every(({ outcome }) => outcome === 'info')) return true;
  const deadline = Math.min(...left.map((operation) => operation.return));
  return left.some((operation) => {
    if (operation.call > deadline) return false;
    // What the process did before comes first, also at the same time.
    if (left.find(({ process }) => process === operation.process) !== operation) return false;
    const rest = left.filter((one) => one !== operation);
    return rules.object
      .execute(state, operation.f, operation.input, operation)
      .some((executed) => explains(executed.output, operation, rules) && canGoOn(rest, executed.state, rules));
  });
}

function explains(output: Json, { f, outcome, output: answered }: Operation, { object, wildcard }: Rules): boolean {
  if (outcome === 'info' || (answered === null && object.quiet.includes(f))) return true;
  if (wildcard && f === 'read' && answered === null) return true;
  if (f === 'set' || f === 'write' || f === 'put') return true;
  return canonicalJson(output) === canonicalJson(answered);
}
