/** Checks a history by the model that it names, or by another: the entrance to all checkers. */
import { HistoryError } from './history-error.ts';
import { headFault } from './history-validation.ts';
import type { History } from './history.ts';
import { checkListAppend } from './list-append/check.ts';
import { checkLinearizability, type CheckLimits } from './linearizability.ts';
import { models } from './models/all-models.ts';
import type { Model } from './models/model.ts';
import type { HistoryVerdict } from './verdict.ts';

const listAppend = 'list-append';

export interface CheckOptions extends CheckLimits {
  /** A name, or a model of one's own; instead of the one that the history names. */
  readonly model?: string | Model;
}

/** Throws a `HistoryError` if there is no such model or the history is not one of it. */
export function checkHistory(history: History, options: CheckOptions = {}): HistoryVerdict {
  const fault = headFault(history);
  if (fault !== undefined) throw new HistoryError(fault);
  const { model = history.model } = options;
  if (typeof model === 'object') return checkLinearizability(history, model, options);
  if (model === undefined) throw new HistoryError(`the history names no model; say which: ${modelNames().join(', ')}`);
  if (model === listAppend) return checkListAppend(history, options);
  const known = models.get(model);
  if (known !== undefined) return checkLinearizability(history, known, options);
  throw new HistoryError(`there is no model ${JSON.stringify(model)}; there are ${modelNames().join(', ')}`);
}

export function modelNames(): readonly string[] {
  return [...models.keys(), listAppend];
}
