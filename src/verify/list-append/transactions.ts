/**
 * The transactions of a history as the checker sees them: what each appended to every key, and what it read of it. A
 * read that follows appends of its own transaction ends in them; what stands before them is the *base*, the state that
 * the transaction found. Everything about order is inferred from bases.
 *
 * A transaction must be consistent in itself: a later read of a key is the earlier one and its own appends since. What
 * breaks that is recorded here (`Contradiction`), since it can be seen without looking at any other transaction.
 */
import { HistoryError } from '../history-error.ts';
import type { History, Json, MicroOperation, Operation, Outcome } from '../history.ts';
import { faultOf } from '../history-validation.ts';
import { showJson } from '../json.ts';
import { microOperationsOf } from '../readers/transactions.ts';
import { endsWith, isSameValue } from './values.ts';

/** One list that a transaction read. */
export interface View {
  readonly transaction: number;
  readonly key: string;
  readonly list: readonly Json[];
  /** How many elements of the list were there when the transaction began: all but its own appends at the end. */
  readonly baseLength: number;
  /** Its base is known and not that of an earlier read: it tells what came before the transaction and after. */
  readonly isExternal: boolean;
}

/** A read that does not fit what its own transaction had read and appended before. */
export interface Contradiction {
  readonly view: View;
  /** What it should have read; of a list of which only the end is known, the end. */
  readonly expected: readonly Json[];
  readonly isOnlyEnd: boolean;
}

export interface Transaction {
  /** Index into the history's operations; people see it as `T7`. */
  readonly index: number;
  readonly operation: Operation;
  readonly outcome: Outcome;
  /** In order, by key. */
  readonly appends: ReadonlyMap<string, readonly Json[]>;
  /** Only of those that completed. */
  readonly views: readonly View[];
  readonly contradictions: readonly Contradiction[];
}

/** Throws a `HistoryError` that names the operation if the history is not one of transactions of appends and reads. */
export function transactionsOf(history: History): readonly Transaction[] {
  const fault = faultOf(history, undefined);
  if (fault !== undefined) fail(fault.operation, fault.message);
  const { initial } = history;
  if (initial !== undefined && initial !== null && !(Array.isArray(initial) && initial.length === 0)) {
    fail(undefined, `lists begin empty in histories of list-append, not as ${showJson(initial)}`);
  }
  return history.operations.map((operation, index) => transactionOf(operation, index, history.nullReadIsWildcard));
}

function fail(operation: number | undefined, message: string): never {
  throw new HistoryError(operation === undefined ? message : `operation ${operation}: ${message}`);
}

function transactionOf(operation: Operation, index: number, nullReadIsWildcard: boolean): Transaction {
  const { f, input, output, outcome } = operation;
  if (f !== 'txn') fail(index, `in a history of list-append every f is "txn", not ${showJson(f)}`);
  const asked = microOperationsOf(input, false);
  if (typeof asked === 'string') fail(index, asked);
  const reader = new KeyReader(index);
  if (outcome !== 'ok') {
    for (const [step, key, value] of asked) if (step === 'append') reader.append(key, value);
  } else {
    const answered = microOperationsOf(output, true);
    if (typeof answered === 'string') fail(index, answered);
    if (!isAnswerTo(answered, asked)) fail(index, 'its output is not the answer to its input');
    for (const [step, key, value] of answered) {
      if (step === 'append') reader.append(key, value);
      else if (value !== null || !nullReadIsWildcard) reader.read(key, value ?? []);
    }
  }
  const { appends, views, contradictions } = reader;
  return { index, operation, outcome, appends, views, contradictions };
}

function isAnswerTo(answered: readonly MicroOperation[], asked: readonly MicroOperation[]): boolean {
  return (
    answered.length === asked.length &&
    answered.every(([step, key, value], at) => {
      const [askedStep, askedKey, askedValue] = asked[at] as MicroOperation;
      return step === askedStep && key === askedKey && (step === 'r' || isSameValue(value, askedValue));
    })
  );
}

/** Follows one transaction through its steps. */
class KeyReader {
  readonly appends = new Map<string, Json[]>();
  readonly views: View[] = [];
  readonly contradictions: Contradiction[] = [];
  readonly #transaction: number;
  /** By key: what was read last, and how many appends of its own came before that. */
  readonly #last = new Map<string, { readonly view: View; readonly appended: number }>();

  constructor(transaction: number) {
    this.#transaction = transaction;
  }

  append(key: string, value: Json): void {
    const own = this.appends.get(key);
    if (own === undefined) this.appends.set(key, [value]);
    else own.push(value);
  }

  read(key: string, list: readonly Json[]): void {
    const own = this.appends.get(key) ?? [];
    const last = this.#last.get(key);
    const expected = last === undefined ? own : [...last.view.list, ...own.slice(last.appended)];
    const fits = endsWith(list, expected) && (last === undefined || list.length === expected.length);
    const baseLength = fits ? (last?.view.baseLength ?? list.length - own.length) : list.length;
    // A read that contradicts an earlier one found another state: it tells as much, if nothing of its own is in it.
    const isExternal = fits ? last === undefined : own.length === 0;
    const view = { transaction: this.#transaction, key, list, baseLength, isExternal };
    this.views.push(view);
    this.#last.set(key, { view, appended: own.length });
    if (!fits) this.contradictions.push({ view, expected, isOnlyEnd: last === undefined });
  }
}
