/**
 * A history as one JSON object with an array `ops`, as converters of published test data write it: operations with
 * their times of call and return, `ok` being `true`, `false` or `"unknown"`. Operations of `list-append` have a `txn`.
 */
import { HistoryError } from '../history-error.ts';
import type { Json, Operation, Outcome } from '../history.ts';
import { isArray, showJson } from '../json.ts';
import { lineOfElement } from './json-position.ts';
import { parseJson } from './parse-json.ts';
import type { ReadResult } from './read-result.ts';
import { microOperationsOf } from './transactions.ts';

type JsonObject = Readonly<Record<string, Json>>;

export function readJsonDocument(text: string): ReadResult {
  const document = parseDocument(text);
  const { ops, model, init, nullReadIsWildcard = false } = document;
  if (ops === undefined || !isArray(ops)) throw new HistoryError('ops must be an array of operations', 1);
  if (model !== undefined && typeof model !== 'string') throw new HistoryError('model must be a string', 1);
  if (typeof nullReadIsWildcard !== 'boolean') throw new HistoryError('nullReadIsWildcard must be true or false', 1);
  const read = ops.map((value, index) => {
    const operation = operationOf(value);
    if (typeof operation !== 'string') return { operation, index };
    throw new HistoryError(`ops[${index}]: ${operation}`, lineOfElement(text, 'ops', index));
  });
  read.sort((left, right) => left.operation.call - right.operation.call || left.index - right.index);
  const operations = read.map(({ operation }) => operation);
  return {
    history: { model, initial: init, nullReadIsWildcard, operations },
    lineOf: (operation) => lineOfElement(text, 'ops', read[operation]?.index ?? 0),
  };
}

const operationNames = new Set(['process', 'f', 'key', 'input', 'output', 'txn', 'call', 'return']);

function parseDocument(text: string): JsonObject {
  const isRead = ([head, , name]: readonly (string | undefined)[]): boolean =>
    head === 'init' || (head === 'ops' && name !== undefined && operationNames.has(name));
  return parseJson(text, { isRead, firstLine: 1 }) as JsonObject;
}

const outcomes = new Map<Json | undefined, Outcome>([
  [true, 'ok'],
  [false, 'fail'],
  ['unknown', 'info'],
]);

/** A string says what is wrong. */
function operationOf(value: Json): Operation | string {
  if (typeof value !== 'object' || value === null || isArray(value))
    return `it must be an object, not ${showJson(value)}`;
  const { process, call, return: returned = null, ok, ...rest } = value as JsonObject;
  const outcome = outcomes.get(ok);
  if (outcome === undefined) return `ok must be true, false or "unknown", not ${showJson(ok ?? null)}`;
  if (!Number.isSafeInteger(process)) return `process must be a whole number, not ${showJson(process ?? null)}`;
  if (typeof call !== 'number') return `call must be a number, not ${showJson(call ?? null)}`;
  if (outcome === 'info' ? returned !== null : typeof returned !== 'number') {
    return `return must be ${outcome === 'info' ? 'null where ok is "unknown"' : 'a number'}, not ${showJson(returned)}`;
  }
  const what = 'txn' in rest ? transactionOf(rest, outcome) : callOf(rest, outcome);
  if (typeof what === 'string') return what;
  return { process: process as number, ...what, call, return: (returned as number | null) ?? Infinity, outcome };
}

type What = Pick<Operation, 'f' | 'key' | 'input' | 'output'>;

function callOf({ f, key = null, input = null, output = null }: JsonObject, outcome: Outcome): What | string {
  if (typeof f !== 'string') return `f must be a string, not ${showJson(f ?? null)}`;
  if (key !== null && typeof key !== 'string' && typeof key !== 'number')
    return `key must be a string, not ${showJson(key)}`;
  return { f, key: key === null ? null : String(key), input, output: outcome === 'ok' ? output : null };
}

function transactionOf({ txn = null }: JsonObject, outcome: Outcome): What | string {
  const input = microOperationsOf(txn, false);
  const output = microOperationsOf(txn, true);
  if (typeof input === 'string') return input;
  if (typeof output === 'string') return output;
  return { f: 'txn', key: null, input, output: outcome === 'ok' ? output : null };
}
