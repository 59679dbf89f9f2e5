/** Transactions of the `list-append` model, as all formats write them: arrays of `["append", key, value]` and `["r", key, list]`. */
import type { Json, MicroOperation } from '../history.ts';
import { isArray, showJson } from '../json.ts';

/** With the lists that were read (`complete`), or without them. A string says what is wrong. */
export function microOperationsOf(value: Json, complete: boolean): readonly MicroOperation[] | string {
  if (!isArray(value)) return `a transaction must be an array of operations, not ${showJson(value)}`;
  const operations: MicroOperation[] = [];
  for (const one of value) {
    const operation = microOperationOf(one, complete);
    if (typeof operation === 'string') return operation;
    operations.push(operation);
  }
  return operations;
}

function microOperationOf(value: Json, complete: boolean): MicroOperation | string {
  const wrong = `an operation of a transaction must be ["append", key, value] or ["r", key, list], not ${showJson(value)}`;
  if (!isArray(value) || value.length !== 3) return wrong;
  const [f, key, argument = null] = value;
  if (typeof key !== 'string' && typeof key !== 'number') return wrong;
  if (f === 'append') return ['append', String(key), argument];
  if (f !== 'r' || (argument !== null && !isArray(argument))) return wrong;
  return ['r', String(key), complete ? argument : null];
}
