/**
 * JSON of a history, without loss: `JSON.parse` rounds numbers that have more digits than a double and says nothing, and
 * two values or two times that differ in the file would be equal in the history. Such numbers are refused.
 */
import { HistoryError } from '../history-error.ts';
import type { Json } from '../history.ts';
import { jsonFault } from '../json-validation.ts';
import { endOfString } from './json-position.ts';

/** The names from the root to a value; in an array, `undefined`. */
type JsonPath = readonly (string | undefined)[];

export interface ParseOptions {
  /** Whether anybody reads what stands there: what recorders note beside it may be as long as it likes. */
  readonly isRead: (path: JsonPath) => boolean;
  /** The number of the line in which the text begins. */
  readonly firstLine: number;
}

/** Throws a `HistoryError` that names the line. */
export function parseJson(text: string, { isRead, firstLine }: ParseOptions): Json {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (cause) {
    const { message } = cause as Error;
    const position = /position (\d+)/.exec(message)?.[1];
    // Without a position, it is the end that was not expected.
    const line = firstLine + lineBreaks(text, position === undefined ? text.length : Number(position));
    throw new HistoryError(`this is not JSON: ${message}`, line);
  }
  const fault = jsonFault(value);
  if (fault !== undefined) throw new HistoryError(`the value ${fault}`, firstLine);
  const rounded = roundedNumber(text, isRead);
  if (rounded !== undefined) throw new HistoryError(rounded.message, firstLine + lineBreaks(text, rounded.at));
  return value;
}

const times = new Set<string | undefined>(['time', 'call', 'return']);

function roundedNumber(text: string, isRead: ParseOptions['isRead']): { message: string; at: number } | undefined {
  // Nearly all texts have no such number.
  if (!/\d[\d.]{14}\d/.test(text)) return undefined;
  for (const { token, at, path } of numbersOf(text)) {
    if (!isRounded(token) || !isRead(path)) continue;
    const isTime = path.some((name) => times.has(name));
    const advice = isTime ? 'subtract an offset from the times' : 'write it as a string';
    return { message: `${token} has more digits than a number can keep: ${advice}`, at };
  }
  return undefined;
}

/** 17 digits are enough to tell any two doubles apart, and what prints doubles prints no more. */
const digitsMax = 17;

function isRounded(token: string): boolean {
  const value = Number(token);
  if (!Number.isFinite(value)) return true;
  if (/^-?\d+$/.test(token)) return !Number.isSafeInteger(value);
  const digits = token
    .replace(/[eE].*$/, '')
    .replaceAll(/[-.]/g, '')
    .replace(/^0+/, '');
  return digits.length > digitsMax;
}

/** The numbers in a valid JSON text. */
function* numbersOf(text: string): Generator<{ token: string; at: number; path: JsonPath }> {
  const number = /-?\d[\d.eE+-]*/y;
  const colon = /\s*:/y;
  const path: (string | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    if (character === '{' || character === '[') path.push(undefined);
    else if (character === '}' || character === ']') path.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      colon.lastIndex = end;
      if (colon.test(text)) path[path.length - 1] = JSON.parse(text.slice(at, end)) as string;
      at = end - 1;
    } else if (character === '-' || (character >= '0' && character <= '9')) {
      number.lastIndex = at;
      const token = number.exec(text)?.[0] ?? character;
      yield { token, at, path };
      at += token.length - 1;
    }
  }
}

function lineBreaks(text: string, end: number): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at !== -1 && at < end; at = text.indexOf('\n', at + 1)) count++;
  return count;
}
