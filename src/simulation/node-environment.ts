/**
 * The environment of one life of a node: its own wrong clock, and timers that stand still while it is paused and are
 * gone when it is killed. Randomness is the world's.
 *
 * A pause is of the process or of the whole machine. The clock of a machine that is suspended stands still too: the
 * monotonic one of Linux (`CLOCK_MONOTONIC`), and with it all timers, knows nothing of that time, the wall clock does.
 */
import type { Environment, Random, Timer } from '../environment/environment.ts';
import type { Watcher } from '../environment/properties.ts';

/** A node's wall clock against the world's. It outlives the node's crashes, as a machine's does. */
export interface ClockError {
  offsetMs: number;
  /** Milliseconds that it gains or loses in one. */
  drift: number;
}

interface NodeTimer {
  timer: Timer | undefined;
  /** By the monotonic clock of the node. */
  readonly dueMs: number;
  readonly run: () => void;
}

/** What stands still: the process alone (`SIGSTOP`, a long collection of garbage), or its clock too. */
export type PauseKind = 'process' | 'machine';

export class NodeEnvironment implements Environment {
  readonly random: Random;
  readonly clock;
  readonly timers;
  readonly compression: Environment['compression'];
  readonly watcher: Watcher | undefined;
  readonly #world: Environment;
  readonly #pending = new Set<NodeTimer>();
  /** What was due while the node was paused. */
  #held: (() => void)[] | undefined;
  /** Since when, by the world's clock, the machine is suspended. */
  #suspendedAt: number | undefined;
  /** For how long it was before that. */
  #suspendedMs = 0;
  #isDead = false;

  constructor(world: Environment, error: ClockError) {
    this.#world = world;
    this.random = world.random;
    this.compression = world.compression;
    this.watcher = world.watcher;
    const { clock } = world;
    this.clock = {
      now: () => Math.floor(clock.now() + error.offsetMs + clock.monotonic() * error.drift),
      monotonic: () => (this.#suspendedAt ?? clock.monotonic()) - this.#suspendedMs,
    };
    this.timers = {
      set: (callback: () => void, delayMs: number): Timer => this.#set(callback, delayMs),
      clear: (timer: Timer) => {
        this.#clear(timer as NodeTimer);
      },
      soon: (callback: () => void) => {
        this.#set(callback, 0);
      },
    };
  }

  get isDead(): boolean {
    return this.#isDead;
  }

  /** Runs it now, or when the pause ends, or never. For all that reaches the node from outside. */
  deliver(run: () => void): void {
    if (this.#isDead) return;
    if (this.#held === undefined) run();
    else this.#held.push(run);
  }

  /** Nothing runs, everything waits. */
  pause(kind: PauseKind): void {
    this.#held ??= [];
    if (kind === 'machine') this.#suspendedAt ??= this.#world.clock.monotonic();
  }

  resume(): void {
    if (this.#suspendedAt !== undefined) this.#suspendedMs += this.#world.clock.monotonic() - this.#suspendedAt;
    this.#suspendedAt = undefined;
    this.#release();
  }

  /** What has waited runs first, in order, whatever comes meanwhile. */
  #release(): void {
    this.#world.timers.soon(() => {
      const next = this.#held?.shift();
      if (next === undefined) {
        this.#held = undefined;
      } else {
        next();
        this.#release();
      }
    });
  }

  /** `kill -9`: whatever it was about to do does not happen. */
  kill(): void {
    this.#isDead = true;
    this.#held = undefined;
    for (const { timer } of this.#pending) if (timer !== undefined) this.#world.timers.clear(timer);
    this.#pending.clear();
  }

  #set(callback: () => void, delayMs: number): NodeTimer {
    const own: NodeTimer = { timer: undefined, dueMs: this.clock.monotonic() + delayMs, run: callback };
    // A promise that goes on after the kill may still come here.
    if (this.#isDead) return own;
    this.#pending.add(own);
    this.#arm(own);
    return own;
  }

  #arm(own: NodeTimer): void {
    const suspendedMs = this.#suspendedMs;
    own.timer = this.#world.timers.set(() => {
      this.deliver(() => {
        // What is due by the world's clock is not yet by that of a machine that has been suspended.
        if (this.#suspendedMs > suspendedMs && this.#pending.has(own)) this.#arm(own);
        else if (this.#pending.delete(own)) own.run();
      });
    }, own.dueMs - this.clock.monotonic());
  }

  #clear(own: NodeTimer): void {
    if (own.timer !== undefined) this.#world.timers.clear(own.timer);
    this.#pending.delete(own);
  }
}
