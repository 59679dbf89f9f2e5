/** Values and operations as texts for people: visible, in one line, and none longer than a person reads. */
import type { Json } from '../history.ts';
import { canonicalJson, isArray, shorten } from '../json.ts';
import { showKey, visible } from '../visible-text.ts';
import type { OperationRow } from './report-data.ts';

const valueLengthMax = 2_000;

export function showValue(value: Json): string {
  return visible(shorten(canonicalJson(value), valueLengthMax));
}

/** `read → 3`, `write 3`, `cas [1,2] → true`; that a write has answered nothing is not worth saying. */
export function describeOperation([, f, input, output, , , outcome]: OperationRow): string {
  const asked = input === null ? f : `${f} ${input}`.trim();
  if (outcome === 'info') return `${asked} → ?`;
  if (outcome === 'fail') return `${asked} → failed`;
  return output === null ? asked : `${asked} → ${output}`;
}

/** A transaction's steps: `append x 1, read y = [2 3]`. What is not shaped like steps is shown as it is. */
export function describeTransaction(steps: Json): string {
  if (!isArray(steps)) return showValue(steps);
  return visible(shorten(steps.map(describeStep).join(', '), valueLengthMax));
}

function describeStep(step: Json): string {
  if (!isArray(step) || typeof step[1] !== 'string') return canonicalJson(step);
  const [f, key, value = null] = step;
  if (f === 'append') return `append ${showKey(key)} ${canonicalJson(value)}`;
  if (f === 'r') return `read ${showKey(key)} = ${value === null ? '?' : showList(value)}`;
  return canonicalJson(step);
}

/** `[1 2 3]`, as in the sentences about anomalies. */
function showList(value: Json): string {
  return isArray(value) ? `[${value.map(canonicalJson).join(' ')}]` : canonicalJson(value);
}

export function count(number: number, noun: string, plural = `${noun}s`): string {
  return `${groupDigits(number)} ${number === 1 ? noun : plural}`;
}

/** Three digits together, apart by a narrow space; what follows the point is left alone. */
export function groupDigits(number: number): string {
  const [whole = '', rest] = String(number).split('.');
  if (!/^-?\d+$/.test(whole)) return String(number);
  const grouped = whole.replace(/(?<=\d)(?=(\d{3})+$)/g, '\u202f');
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}
