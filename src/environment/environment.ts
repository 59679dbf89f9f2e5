import type { Watcher } from './properties.ts';

/**
 * Everything that the code from `resp` down to `store`'s interface may not reach for by itself: time, chance and
 * timers. It is injected, so that a whole cluster can run in one thread from one seed (`docs/architecture.md`).
 * Lint forbids `Date.now`, `Math.random`, `setTimeout`, `process` and `node:*` I/O in those folders.
 */
export interface Environment {
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  readonly compression: Compression;
  /** Collects what has died young, at once; left out where that cannot be asked for. */
  readonly collectYoung?: (() => void) | undefined;
  /** Whoever watches the properties of what runs; usually nobody. */
  readonly watcher?: Watcher | undefined;
}

export interface Clock {
  /** Wall-clock time in milliseconds since 1970. May jump either way; never trusted for correctness. */
  now(): number;
  /** Milliseconds from an arbitrary start, with a fraction; never goes back. For durations and deadlines. */
  monotonic(): number;
}

export interface Random {
  /** An unsigned 32-bit integer, every value equally likely. */
  uint32(): number;
}

/** Gzip (RFC 1952). Injected, as a real process compresses beside its event loop. */
interface Compression {
  compress(bytes: Uint8Array): Promise<Uint8Array>;
  /** Rejects what is not gzip, or is longer than this. */
  decompress(bytes: Uint8Array, lengthMax: number): Promise<Uint8Array>;
}

/** A timer that has been set; opaque to its owner. */
export type Timer = object;

interface Timers {
  set(callback: () => void, delayMs: number): Timer;
  clear(timer: Timer): void;
  /** Runs the callback after the I/O that is ready now has been handled: that is how a round collects its batch. */
  soon(callback: () => void): void;
}
