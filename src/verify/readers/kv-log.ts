/**
 * Porcupine's test data of a key-value store, a map in Clojure's notation a line:
 *
 *     {:process 0, :type :invoke, :f :append, :key "0", :value "x 0 0 y"}
 */
import { HistoryError } from '../history-error.ts';
import type { Outcome } from '../history.ts';
import { linesOf, type Line } from './lines.ts';
import { Pairing, type Complete, type HistoryEvent } from './pairing.ts';
import type { ReadResult } from './read-result.ts';

const quoted = String.raw`"((?:[^"\\]|\\.)*)"`;
const linePattern = new RegExp(
  String.raw`^\{:process (\d+), :type :(invoke|ok|fail|info), :f :(get|put|append), :key ${quoted}, :value (nil|${quoted})\}$`,
);

/** Writes repeat there what they have written. */
const complete: Complete = ({ f }, { type, value }) => ({
  outcome: type as Outcome,
  output: type === 'ok' && f === 'get' ? value : null,
});

export function readKvLog(text: string): ReadResult {
  const pairing = new Pairing(complete);
  for (const line of linesOf(text)) pairing.add(readEvent(line));
  const { operations, lines } = pairing.finish();
  return {
    history: { model: 'kv', initial: '', nullReadIsWildcard: false, operations },
    lineOf: (operation) => lines[operation] as number,
  };
}

function readEvent({ text, number }: Line): HistoryEvent {
  const [, process, type, f = '', key = '', written, value = ''] = linePattern.exec(text) ?? [];
  if (process === undefined) {
    throw new HistoryError('a line must be {:process 0, :type :invoke, :f :get, :key "key", :value nil}', number);
  }
  return {
    line: number,
    process: Number(process),
    type: type as 'invoke' | Outcome,
    f,
    key: unescape(key, number),
    value: written === 'nil' ? null : unescape(value, number),
    time: number,
  };
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f', '"': '"', '\\': '\\' };

function unescape(text: string, line: number): string {
  return text.replaceAll(/\\(u[0-9a-fA-F]{4}|.)/g, (_, name: string) => {
    if (name.length === 5) return String.fromCharCode(Number.parseInt(name.slice(1), 16));
    const character = escapes[name];
    if (character === undefined) throw new HistoryError(`the escape \\${name} is not known`, line);
    return character;
  });
}
