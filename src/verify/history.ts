/**
 * A history: what clients asked of a system, what it answered, and when. Every checker of this folder takes one, every
 * reader makes one; nothing here knows of Valthree.
 *
 * Times are numbers on one clock that all clients share, in any unit; only their order matters. The interval from
 * `call` to `return` is closed: an operation that returns at the time at which another is called is concurrent with it,
 * unless both are of one process.
 */

/** What JSON can say. Byte strings are JS strings with one character per byte where they are not valid UTF-8. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/**
 * `ok`: completed, the output is known. `fail`: it certainly did not happen, and tells nothing. `info`: it may or may
 * not have happened, at any time after its call.
 */
export type Outcome = 'ok' | 'fail' | 'info';

export interface Operation {
  /** The client: one does one thing at a time. After `info` it never returns; its next operation has a new number. */
  readonly process: number;
  /** What was asked: `read`, `set`, `append`; its model knows the names. */
  readonly f: string;
  /** What it was asked of; `null`: the only object there is. */
  readonly key: string | null;
  readonly input: Json;
  /** `null` unless `ok`. */
  readonly output: Json;
  readonly call: number;
  /** Infinity: not known, as of every `info`. */
  readonly return: number;
  readonly outcome: Outcome;
}

export interface History {
  /** The model that it says it is of; `undefined`: whoever checks it must say. */
  readonly model: string | undefined;
  /** The value of every key at the beginning, in the model's own form; `undefined`: the model's own initial value. */
  readonly initial: Json | undefined;
  /** A read whose output is `null` tells nothing (some recorders write that of reads that timed out). */
  readonly nullReadIsWildcard: boolean;
  /** In order of their calls. */
  readonly operations: readonly Operation[];
}

/** One step of a transaction of the `list-append` model, which stands in `input` (reads: `null`) and `output`. */
export type MicroOperation = readonly ['append', string, Json] | readonly ['r', string, readonly Json[] | null];
