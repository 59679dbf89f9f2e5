/**
 * Our own format (docs/verification.md): an event a line, after a header that may be left out. As in Jepsen, a process
 * invokes an operation and ends it with `ok`, `fail` or `info`. Names that are not known are ignored in events, where
 * recorders like to note more, and refused in the header, which decides the verdict.
 */
import { HistoryError } from '../history-error.ts';
import type { Json, Outcome } from '../history.ts';
import { isArray, showJson } from '../json.ts';
import { parseJson } from './parse-json.ts';
import { linesOf, type Line } from './lines.ts';
import { Pairing, type HistoryEvent } from './pairing.ts';
import type { ReadResult } from './read-result.ts';
import { microOperationsOf } from './transactions.ts';

export const formatName = 'valthree-history';
export const formatVersion = 1;

interface Header {
  readonly model: string | undefined;
  readonly initial: Json | undefined;
  readonly nullReadIsWildcard: boolean;
}

type JsonObject = Readonly<Record<string, Json>>;

const types = new Set<Json | undefined>(['invoke', 'ok', 'fail', 'info']);
const eventNames = new Set(['process', 'type', 'f', 'key', 'value', 'time']);
const headerNames = new Set(['format', 'version', 'model', 'initial', 'nullReadIsWildcard']);

export function readJsonLines(text: string): ReadResult {
  const pairing = new Pairing();
  let header: Header = { model: undefined, initial: undefined, nullReadIsWildcard: false };
  let first = true;
  let hasTimes: boolean | undefined;
  for (const line of linesOf(text)) {
    const object = parseObject(line);
    const isHeader = Object.hasOwn(object, 'format') && !Object.hasOwn(object, 'process');
    if (isHeader && !first) throw new HistoryError('a header stands in the first line or nowhere', line.number);
    first = false;
    if (isHeader) {
      header = readHeader(object, line.number);
      continue;
    }
    // What Jepsen's nemesis does is no operation of a client.
    if (object['process'] === 'nemesis' || object['process'] === ':nemesis') continue;
    const { time } = object;
    hasTimes ??= time !== undefined;
    if (hasTimes !== (time !== undefined))
      throw new HistoryError('either all events have a time or none has', line.number);
    pairing.add(readEvent(object, line.number));
  }
  const { operations, lines } = pairing.finish();
  return { history: { ...header, operations }, lineOf: (operation) => lines[operation] as number };
}

function parseObject({ text, number }: Line): JsonObject {
  const value = parseJson(text, { isRead: ([name]) => isKnown(name), firstLine: number });
  if (typeof value !== 'object' || value === null || isArray(value)) {
    throw new HistoryError(`an event must be a JSON object, not ${showJson(value)}`, number);
  }
  return value;
}

function isKnown(name: string | undefined): boolean {
  return name !== undefined && (eventNames.has(name) || headerNames.has(name));
}

function readHeader(object: JsonObject, line: number): Header {
  const { format, version, model, initial, nullReadIsWildcard = false } = object;
  if (format !== formatName)
    throw new HistoryError(`the format must be "${formatName}", not ${showJson(format ?? null)}`, line);
  if (version !== formatVersion) {
    throw new HistoryError(
      `version ${showJson(version ?? null)} of the format is not known; this program knows ${formatVersion}`,
      line,
    );
  }
  const unknown = Object.keys(object).find((name) => !headerNames.has(name));
  if (unknown !== undefined) throw new HistoryError(`the header has an unknown name, ${showJson(unknown)}`, line);
  if (model !== undefined && typeof model !== 'string') throw new HistoryError('the model must be a string', line);
  if (typeof nullReadIsWildcard !== 'boolean') throw new HistoryError('nullReadIsWildcard must be true or false', line);
  return { model, initial, nullReadIsWildcard };
}

/** Without times, the order of the lines is the order of time. */
function readEvent(object: JsonObject, line: number): HistoryEvent {
  const { process, type, f, key = null, value = null, time = line } = object;
  const refuse = (message: string): never => {
    throw new HistoryError(message, line);
  };
  if (!Number.isSafeInteger(process)) refuse(`process must be a whole number, not ${showJson(process ?? null)}`);
  if (!types.has(type)) refuse(`type must be invoke, ok, fail or info, not ${showJson(type ?? null)}`);
  if (typeof f !== 'string') return refuse(`f must be a string, not ${showJson(f ?? null)}`);
  if (typeof time !== 'number' || !Number.isFinite(time)) return refuse(`time must be a number, not ${showJson(time)}`);
  const event = { line, process: process as number, type: type as 'invoke' | Outcome, f, time };
  if (f === 'txn') return { ...event, key: null, value: readTransaction(value, event.type, line) };
  if (key !== null && typeof key !== 'string' && typeof key !== 'number')
    return refuse(`key must be a string, not ${showJson(key)}`);
  return { ...event, key: key === null ? null : String(key), value };
}

function readTransaction(value: Json, type: 'invoke' | Outcome, line: number): Json {
  if (type === 'fail' || type === 'info') return null;
  const operations = microOperationsOf(value, type === 'ok');
  if (typeof operations === 'string') throw new HistoryError(operations, line);
  return operations;
}
