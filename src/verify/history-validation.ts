/** What must be true of every history before a checker relies on it, whoever made it: types are no proof. */
import type { History, Operation, Outcome } from './history.ts';
import { jsonFault } from './json-validation.ts';
import type { Model } from './models/model.ts';

/** What is wrong, and the index of the operation, if it is about one. */
export interface HistoryFault {
  readonly message: string;
  readonly operation: number | undefined;
}

/** Without a model, what the model would say is not checked. */
export function faultOf(history: History, model: Model | undefined): HistoryFault | undefined {
  const message = headFault(history) ?? initialFault(history, model);
  if (message !== undefined) return { message, operation: undefined };
  const order = new ProcessOrder();
  for (const [index, operation] of history.operations.entries()) {
    const message =
      shapeFault(operation) ?? timeFault(operation) ?? order.faultOf(operation) ?? model?.validate(operation);
    if (message !== undefined) return { message, operation: index };
  }
  return undefined;
}

/** Of all but its operations. */
export function headFault(history: unknown): string | undefined {
  if (typeof history !== 'object' || history === null) return 'a history must be an object';
  const { model, nullReadIsWildcard, operations } = history as Partial<Record<keyof History, unknown>>;
  if (model !== undefined && typeof model !== 'string') return 'the model that a history names must be a string';
  if (typeof nullReadIsWildcard !== 'boolean') return 'nullReadIsWildcard must be true or false';
  return Array.isArray(operations) ? undefined : 'the operations of a history must be an array';
}

function initialFault({ initial }: History, model: Model | undefined): string | undefined {
  if (initial === undefined) return undefined;
  const fault = jsonFault(initial);
  return fault === undefined ? model?.validateInitial(initial) : `the initial value ${fault}`;
}

const outcomes = new Set<unknown>(['ok', 'fail', 'info'] satisfies Outcome[]);

function shapeFault(operation: unknown): string | undefined {
  if (typeof operation !== 'object' || operation === null) return 'it must be an object';
  const { f, key, input, output, outcome } = operation as Partial<Record<keyof Operation, unknown>>;
  if (typeof f !== 'string') return 'f must be a string';
  if (key !== null && typeof key !== 'string') return 'the key must be a string or null';
  if (!outcomes.has(outcome)) return 'the outcome must be ok, fail or info';
  for (const [name, value] of Object.entries({ input, output })) {
    const fault = jsonFault(value);
    if (fault !== undefined) return `the ${name} ${fault}`;
  }
  return undefined;
}

function timeFault({ call, return: returned, outcome }: Operation): string | undefined {
  if (!Number.isFinite(call)) return 'the time of the call must be a number';
  if (typeof returned !== 'number') return 'the time of the return must be a number';
  // NaN is no later time either.
  if (!(returned >= call)) return `it returns at ${returned}, before it is called at ${call}`;
  if (outcome === 'info' && returned !== Infinity)
    return 'an operation that may take place later has no time of return';
  return undefined;
}

/** Operations come in order of their calls, and each process does one thing at a time. */
class ProcessOrder {
  readonly #busyUntil = new Map<number, number>();
  #lastCall = -Infinity;

  faultOf({ process, call, return: returned }: Operation): string | undefined {
    if (!Number.isSafeInteger(process)) return 'the process must be a whole number';
    if (call < this.#lastCall) return `it is called at ${call}, after an operation called later, at ${this.#lastCall}`;
    this.#lastCall = call;
    const busyUntil = this.#busyUntil.get(process) ?? -Infinity;
    this.#busyUntil.set(process, returned);
    if (busyUntil === Infinity) {
      return `process ${process} never returned from an earlier operation; its next one needs a new process number`;
    }
    if (call < busyUntil) return `process ${process} calls it at ${call} and is busy until ${busyUntil}`;
    return undefined;
  }
}
