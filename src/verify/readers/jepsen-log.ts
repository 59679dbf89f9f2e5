/**
 * The log of a Jepsen test of a compare-and-set register in etcd, as it was printed and as checkers have used it since:
 *
 *     INFO  jepsen.util - 2	:invoke	:cas	[3 0]
 *     INFO  jepsen.util - 2	:fail	:cas	[3 0]
 *
 * There a `cas` that fails and repeats its pair is an answer: the value was another. One that fails with a reason in
 * place of the pair (`:connection-refused`) tells nothing of the value; and if the reason is that no answer came, it may
 * have taken place all the same. `nil` is the value of a register never written.
 */
import { HistoryError } from '../history-error.ts';
import type { Json, Outcome } from '../history.ts';
import { canonicalJson, isArray } from '../json.ts';
import { linesOf, type Line } from './lines.ts';
import { Pairing, type Complete, type HistoryEvent } from './pairing.ts';
import type { ReadResult } from './read-result.ts';

const linePattern = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(\S.*)$/;

/** The reason of a request that was sent and got no answer. What was refused was not sent, or not taken. */
const unanswered = /^:.*(time|lost|reset|closed|broken)/;

function isUnanswered({ f, type, value }: Pick<HistoryEvent, 'f' | 'type' | 'value'>): boolean {
  return f !== 'read' && type === 'fail' && typeof value === 'string' && unanswered.test(value);
}

const complete: Complete = (invocation, completion) => {
  const { f, value: asked } = invocation;
  const { type, value, line } = completion;
  if (f === 'cas' && isArray(value) && canonicalJson(value) !== canonicalJson(asked))
    throw new HistoryError(`it ends another cas than the one of line ${invocation.line}`, line);
  if (f === 'cas' && type === 'ok') return { outcome: 'ok', output: true };
  if (f === 'cas' && type === 'fail' && isArray(value)) return { outcome: 'ok', output: false };
  if (isUnanswered(completion)) return { outcome: 'info', output: null };
  return { outcome: type as Outcome, output: type === 'ok' && f === 'read' ? value : null };
};

export function readJepsenLog(text: string): ReadResult {
  const pairing = new Pairing(complete);
  for (const event of renumbered(readEvents(text))) pairing.add(event);
  const { operations, lines } = pairing.finish();
  return {
    history: { model: 'cas-register', initial: null, nullReadIsWildcard: false, operations },
    lineOf: (operation) => lines[operation] as number,
  };
}

/** Jepsen lets a process that failed go on; where the operation may still take place, what follows is by another. */
function* renumbered(events: readonly HistoryEvent[]): Generator<HistoryEvent> {
  const numbers = new Map<number, number>();
  let free = 1 + events.reduce((most, { process }) => Math.max(most, process), 0);
  for (const event of events) {
    const { process } = event;
    yield { ...event, process: numbers.get(process) ?? process };
    if (isUnanswered(event)) numbers.set(process, free++);
  }
}

function readEvents(text: string): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (const line of linesOf(text)) {
    // What else was logged, by the nemesis or by other parts of Jepsen, is not about the register.
    if (/^\S+\s+jepsen\.util\s+-\s+\d/.test(line.text)) events.push(readEvent(line));
    else if (!/^[A-Z]+\s+[\w.]+\s+-\s/.test(line.text))
      throw new HistoryError('this is no line of a Jepsen log', line.number);
  }
  return events;
}

function readEvent({ text, number }: Line): HistoryEvent {
  const [, process, type, f = '', value = ''] = linePattern.exec(text) ?? [];
  if (process === undefined) {
    throw new HistoryError(
      'a line must be "INFO jepsen.util - process :type :f value", with read, write or cas as f',
      number,
    );
  }
  const event = {
    line: number,
    process: Number(process),
    type: type as 'invoke' | Outcome,
    f,
    key: null,
    time: number,
  };
  return { ...event, value: valueOf(value.trim(), event) };
}

/** A reason, which stands for the value of what did not complete, is a string that begins with a colon. */
function valueOf(text: string, { f, type, line }: Pick<HistoryEvent, 'f' | 'type' | 'line'>): Json {
  if (text === 'nil') return null;
  if (text.startsWith(':') && (type === 'fail' || type === 'info')) return text;
  const pair = /^\[(-?\d+) (-?\d+)\]$/.exec(text);
  if (f === 'cas' && pair !== null) return [pair[1], pair[2]].map((digits) => numberOf(digits as string, line));
  if (f !== 'cas' && /^-?\d+$/.test(text)) return numberOf(text, line);
  throw new HistoryError(`the value of ${f} must be nil, a number or, of cas, a pair of numbers`, line);
}

function numberOf(digits: string, line: number): number {
  const value = Number(digits);
  if (Number.isSafeInteger(value)) return value;
  throw new HistoryError(`${digits} is too large to be kept as a number`, line);
}
