/**
 * Histories of what clients have asked and been answered. Times are virtual milliseconds; of what happens while the
 * clock stands still, the later is a little later.
 */
import type { Clock } from '../environment/environment.ts';
import type { Json, Operation } from '../verify/history.ts';

/** What was asked. */
export interface Question {
  readonly f: string;
  readonly key: string | null;
  readonly input: Json;
}

/** `fail`: it certainly did not happen. `info`: nobody knows. */
export type Result =
  | { readonly outcome: 'ok'; readonly output: Json }
  | {
      readonly outcome: 'fail' | 'info';
      readonly reason: string;
      /** The reason is an answer that the question cannot have. */
      readonly isWrong?: true;
    };

/** Of a clock that stands still; a power of two, so that adding it to any time of a run changes it. */
const tick = 2 ** -20;

export class Recorder {
  /** What servers have sent that nothing asked for, in words. */
  readonly wrongAnswers: string[] = [];
  readonly #operations: Operation[] = [];
  readonly #clock: Pick<Clock, 'monotonic'>;
  #latest = -1;
  #processes = 0;

  constructor(clock: Pick<Clock, 'monotonic'>) {
    this.#clock = clock;
  }

  #now(): number {
    this.#latest = Math.max(this.#clock.monotonic(), this.#latest + tick);
    return this.#latest;
  }

  /** How many operations have come to an end. */
  get count(): number {
    return this.#operations.length;
  }

  /** A number for a client that does one thing at a time. */
  newProcess(): number {
    return this.#processes++;
  }

  /** Notes the call; what it answers is to be called with the result. */
  call(process: number, question: Question): (result: Result) => void {
    const call = this.#now();
    return (result) => {
      this.#operations.push({
        ...question,
        process,
        call,
        return: result.outcome === 'info' ? Infinity : this.#now(),
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
