/**
 * Makes operations of events. A process invokes an operation and later says what became of it; in between it does
 * nothing else. What is still open at the end of the history may or may not have happened.
 */
import { HistoryError } from '../history-error.ts';
import type { Json, Operation, Outcome } from '../history.ts';

export interface HistoryEvent {
  readonly line: number;
  readonly process: number;
  readonly type: 'invoke' | Outcome;
  readonly f: string;
  readonly key: string | null;
  readonly value: Json;
  readonly time: number;
}

/** Some recorders say of an operation that is over more than its type does. */
export type Complete = (invocation: HistoryEvent, completion: HistoryEvent) => Pick<Operation, 'outcome' | 'output'>;

const asTyped: Complete = (_, { type, value }) => {
  const outcome = type as Outcome;
  return { outcome, output: outcome === 'ok' ? value : null };
};

export class Pairing {
  readonly #complete: Complete;
  readonly #open = new Map<number, HistoryEvent>();
  /** Processes that will never return, and the line that says so. */
  readonly #gone = new Map<number, number>();
  readonly #lastTime = new Map<number, number>();
  readonly #found: { readonly operation: Operation; readonly line: number }[] = [];

  constructor(complete: Complete = asTyped) {
    this.#complete = complete;
  }

  add(event: HistoryEvent): void {
    const { process, time, line } = event;
    const last = this.#lastTime.get(process) ?? -Infinity;
    if (time < last)
      throw new HistoryError(`time ${time} of process ${process} is before ${last}, which it reached earlier`, line);
    this.#lastTime.set(process, time);
    if (event.type === 'invoke') this.#invoke(event);
    else this.#return(event);
  }

  /** In order of their calls. */
  finish(): { readonly operations: readonly Operation[]; readonly lines: readonly number[] } {
    for (const invocation of this.#open.values()) this.#push(invocation, { outcome: 'info', output: null }, Infinity);
    this.#open.clear();
    this.#found.sort((left, right) => left.operation.call - right.operation.call || left.line - right.line);
    return { operations: this.#found.map(({ operation }) => operation), lines: this.#found.map(({ line }) => line) };
  }

  #invoke(event: HistoryEvent): void {
    const { process, line } = event;
    const open = this.#open.get(process);
    if (open !== undefined) {
      throw new HistoryError(
        `process ${process} invokes ${event.f} while ${open.f} of line ${open.line} has not ended`,
        line,
      );
    }
    const gone = this.#gone.get(process);
    if (gone !== undefined) {
      throw new HistoryError(
        `process ${process} ended with info in line ${gone}: what comes next needs a new process number`,
        line,
      );
    }
    this.#open.set(process, event);
  }

  #return(event: HistoryEvent): void {
    const { process, f, key, line } = event;
    const invocation = this.#open.get(process);
    if (invocation === undefined) throw new HistoryError(`process ${process} ends ${f} and has not invoked it`, line);
    if (invocation.f !== f || invocation.key !== key) {
      throw new HistoryError(
        `process ${process} ends ${f} and has invoked something else in line ${invocation.line}`,
        line,
      );
    }
    this.#open.delete(process);
    const result = this.#complete(invocation, event);
    if (result.outcome === 'info') this.#gone.set(process, line);
    this.#push(invocation, result, result.outcome === 'info' ? Infinity : event.time);
  }

  #push(invocation: HistoryEvent, result: Pick<Operation, 'outcome' | 'output'>, returned: number): void {
    const { process, f, key, value: input, time: call, line } = invocation;
    this.#found.push({ operation: { process, f, key, input, call, return: returned, ...result }, line });
  }
}
