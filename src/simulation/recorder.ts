/**
 * Histories of what clients have asked and been answered. Times are positions in the order of everything that has
 * happened in the world, which say more than a clock that stands still between two events.
 */
import type { Json, Operation } from '../verify/history.ts';

/** What was asked. */
export interface Question {
  readonly f: string;
  readonly key: string | null;
  readonly input: Json;
}

/** `fail`: it certainly did not happen. `info`: nobody knows. */
export type Result =
  { readonly outcome: 'ok'; readonly output: Json } | { readonly outcome: 'fail' | 'info'; readonly reason: string };

export class Recorder {
  readonly #operations: Operation[] = [];
  #position = 0;
  #processes = 0;

  /** A number for a client that does one thing at a time. */
  newProcess(): number {
    return this.#processes++;
  }

  /** Notes the call; what it answers is to be called with the result. */
  call(process: number, question: Question): (result: Result) => void {
    const call = this.#position++;
    return (result) => {
      this.#operations.push({
        ...question,
        process,
        call,
        return: result.outcome === 'info' ? Infinity : this.#position++,
        outcome: result.outcome,
        output: result.outcome === 'ok' ? result.output : null,
      });
    };
  }

  /** In the order of their calls. */
  operations(): readonly Operation[] {
    return this.#operations.toSorted((a, b) => a.call - b.call);
  }
}
