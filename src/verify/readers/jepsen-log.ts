/**
 * The log of a Jepsen test of a compare-and-set register in etcd, as it was printed and as checkers have used it since:
 *
 *     INFO  jepsen.util - 2	:invoke	:cas	[3 0]
 *     INFO  jepsen.util - 2	:fail	:cas	[3 0]
 *
 * There a failed `cas` is an answer (the value was another), and `nil` is the value of a register never written.
 */
import { HistoryError } from '../history-error.ts';
import type { Json, Outcome } from '../history.ts';
import { linesOf, type Line } from './lines.ts';
import { Pairing, type Complete, type HistoryEvent } from './pairing.ts';
import type { ReadResult } from './read-result.ts';

const linePattern = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(\S.*)$/;

const complete: Complete = (invocation, { type, value }) => {
  if (invocation.f === 'cas' && type === 'ok') return { outcome: 'ok', output: true };
  if (invocation.f === 'cas' && type === 'fail') return { outcome: 'ok', output: false };
  return { outcome: type as Outcome, output: type === 'ok' && invocation.f === 'read' ? value : null };
};

export function readJepsenLog(text: string): ReadResult {
  const pairing = new Pairing(complete);
  for (const line of linesOf(text)) {
    // What else was logged, by the nemesis or by other parts of Jepsen, is not about the register.
    if (/^\S+\s+jepsen\.util\s+-\s+\d/.test(line.text)) pairing.add(readEvent(line));
    else if (!/^[A-Z]+\s+[\w.]+\s+-\s/.test(line.text))
      throw new HistoryError('this is no line of a Jepsen log', line.number);
  }
  const { operations, lines } = pairing.finish();
  return {
    history: { model: 'cas-register', initial: null, nullReadIsWildcard: false, operations },
    lineOf: (operation) => lines[operation] as number,
  };
}

function readEvent({ text, number }: Line): HistoryEvent {
  const [, process, type, f = '', value = ''] = linePattern.exec(text) ?? [];
  if (process === undefined) {
    throw new HistoryError(
      'a line must be "INFO jepsen.util - process :type :f value", with read, write or cas as f',
      number,
    );
  }
  return {
    line: number,
    process: Number(process),
    type: type as 'invoke' | Outcome,
    f,
    key: null,
    value: valueOf(value.trim(), f, number),
    time: number,
  };
}

function valueOf(text: string, f: string, line: number): Json {
  if (text === 'nil' || text.startsWith(':')) return null;
  const pair = /^\[(-?\d+) (-?\d+)\]$/.exec(text);
  if (f === 'cas' && pair !== null) return [Number(pair[1]), Number(pair[2])];
  if (f !== 'cas' && /^-?\d+$/.test(text)) return Number(text);
  throw new HistoryError(`the value of ${f} must be nil, a number or, of cas, a pair of numbers`, line);
}
