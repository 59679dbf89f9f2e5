/** Writes our own format, see `json-lines.ts`: what is read back is the same history. */
import type { History, Operation } from '../history.ts';
import { formatName, formatVersion } from './json-lines.ts';

/** The lines, without their ends. */
export function* historyLines(history: History): Generator<string> {
  const { model, initial, nullReadIsWildcard } = history;
  yield JSON.stringify({
    format: formatName,
    version: formatVersion,
    ...(model === undefined ? {} : { model }),
    ...(initial === undefined ? {} : { initial }),
    ...(nullReadIsWildcard ? { nullReadIsWildcard } : {}),
  });
  for (const { operation, isCall, time } of eventsOf(history)) {
    const { process, f, key, input, output, outcome } = operation;
    const type = isCall ? 'invoke' : outcome;
    yield JSON.stringify({ process, type, f, key, value: isCall ? input : output, time });
  }
}

export function writeHistory(history: History): string {
  return [...historyLines(history), ''].join('\n');
}

interface Event {
  readonly operation: Operation;
  readonly isCall: boolean;
  readonly time: number;
}

/**
 * In order of time. An `info` stands right behind its call: readers take no time from it. What was answered at an unknown
 * time is answered last, which means the same.
 */
function eventsOf({ operations }: History): readonly Event[] {
  const times = operations.flatMap((operation) => [operation.call, operation.return]).filter(Number.isFinite);
  const last = times.reduce((left, right) => Math.max(left, right), -Infinity);
  const events = operations.flatMap((operation): readonly Event[] => [
    { operation, isCall: true, time: operation.call },
    { operation, isCall: false, time: returnTime(operation, last) },
  ]);
  return events.sort((left, right) => left.time - right.time);
}

function returnTime({ outcome, call, return: returned }: Operation, last: number): number {
  if (outcome === 'info') return call;
  return returned === Infinity ? last : returned;
}
