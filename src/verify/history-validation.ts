/** What must be true of every history before a checker relies on it, whoever made it. */
import type { History, Operation } from './history.ts';
import type { Model } from './models/model.ts';

/** What is wrong, and the index of the operation, if it is about one. */
export interface HistoryFault {
  readonly message: string;
  readonly operation: number | undefined;
}

/** Without a model, what the model would say is not checked. */
export function faultOf(history: History, model: Model | undefined): HistoryFault | undefined {
  const initialFault = history.initial === undefined ? undefined : model?.validateInitial(history.initial);
  if (initialFault !== undefined) return { message: initialFault, operation: undefined };
  const order = new ProcessOrder();
  for (const [index, operation] of history.operations.entries()) {
    const message = timeFault(operation) ?? order.faultOf(operation) ?? model?.validate(operation);
    if (message !== undefined) return { message, operation: index };
  }
  return undefined;
}

function timeFault({ call, return: returned, outcome }: Operation): string | undefined {
  if (!Number.isFinite(call)) return 'the time of the call must be a number';
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
