/** Whether a small history is linearizable: every order is tried, nothing is remembered. */
import type { History, Json, Operation } from '../../../src/verify/history.ts';
import { canonicalJson } from '../../../src/verify/json.ts';
import { referenceObjects, type ReferenceObject } from './reference-objects.ts';

export function naiveCheck(history: History): 'ok' | 'illegal' {
  const object = referenceObjects[history.model!]!;
  const keys = new Set(history.operations.map(({ key }) => key));
  const legal = [...keys].every((key) => {
    const operations = history.operations.filter((operation) => operation.key === key && operation.outcome !== 'fail');
    return canGoOn(operations, object.initial, object);
  });
  return legal ? 'ok' : 'illegal';
}

function canGoOn(left: readonly Operation[], state: Json, object: ReferenceObject): boolean {
  if (left.every(({ outcome }) => outcome === 'info')) return true;
  const deadline = Math.min(...left.map((operation) => operation.return));
  return left.some((operation) => {
    if (operation.call > deadline) return false;
    const rest = left.filter((one) => one !== operation);
    return object
      .execute(state, operation.f, operation.input, operation)
      .some((executed) => explains(executed.output, operation, object) && canGoOn(rest, executed.state, object));
  });
}

function explains(output: Json, { f, outcome, output: answered }: Operation, object: ReferenceObject): boolean {
  if (outcome === 'info' || (answered === null && object.quiet.includes(f))) return true;
  if (f === 'set' || f === 'write' || f === 'put') return true;
  return canonicalJson(output) === canonicalJson(answered);
}
