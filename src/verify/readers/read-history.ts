/** Reads a history in any of the known formats, which it tells apart by their beginnings. */
import { HistoryError } from '../history-error.ts';
import { faultOf } from '../history-validation.ts';
import type { History } from '../history.ts';
import { models } from '../models/all-models.ts';
import { readJepsenLog } from './jepsen-log.ts';
import { readJsonDocument } from './json-document.ts';
import { readJsonLines } from './json-lines.ts';
import { readKvLog } from './kv-log.ts';
import { linesOf } from './lines.ts';
import type { ReadResult } from './read-result.ts';

export interface ReadOptions {
  /** Instead of the model that the history names. */
  readonly model?: string;
}

/** Throws a `HistoryError` that names the line if the text is no history, or not one of its model. */
export function readHistory(text: string, { model }: ReadOptions = {}): History {
  if (typeof (text as unknown) !== 'string')
    throw new HistoryError('the text of a history must be a string; decodeHistoryText makes one of bytes');
  const { history: read, lineOf } = readAny(text);
  const history = model === undefined ? read : { ...read, model };
  const fault = faultOf(history, models.get(history.model ?? ''));
  if (fault === undefined) return history;
  throw new HistoryError(fault.message, fault.operation === undefined ? 1 : lineOf(fault.operation));
}

function readAny(text: string): ReadResult {
  const next = linesOf(text).next();
  if (next.done === true) throw new HistoryError('there is nothing in it');
  const first = next.value;
  if (first.text.startsWith('{:')) return readKvLog(text);
  if (/^[A-Z]+\s+jepsen\./.test(first.text)) return readJepsenLog(text);
  if (first.text.startsWith('{')) return isDocument(first.text) ? readJsonDocument(text) : readJsonLines(text);
  throw new HistoryError(
    "this is no history: neither JSON lines, nor a JSON object with ops, nor a log of Jepsen's or of Porcupine's",
    first.number,
  );
}

/** One object over several lines, or one with all operations in one line; an event may have an `ops` that is ignored. */
function isDocument(line: string): boolean {
  try {
    const object = JSON.parse(line) as object;
    return Object.hasOwn(object, 'ops') && !Object.hasOwn(object, 'process');
  } catch {
    return true;
  }
}
