/**
 * Deletes what has expired although nobody asks for it: a timer for the next expiry, then an ordinary task. Where
 * nothing expires there is no timer, so an idle node makes no requests.
 */
import type { Environment, Timer } from '../environment/environment.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { View } from '../keyspace/view.ts';
import { isError, ok } from '../resp/reply.ts';
import type { Task } from './task.ts';

/** What one task deletes: a bound on the pause of the others. Fields of one hash go together, which costs less. */
const batch = { keysMax: 1000, fieldsMax: 10_000 };
/** The timer is late by up to so much, at random, so that nodes seldom race for the same deletion. */
const jitterMs = 64;
/** After a failure of the store. */
const retryMs = 1000;
/** Timers of Node hold at most 2^31 - 1 ms. */
const delayMsMax = 2 ** 31 - 1;

/** What this needs of the engine. */
interface ExpiryEngine {
  submit(task: Task): void;
  /** The time that tasks see. */
  now(): number;
}

export class ExpiryCycle {
  readonly #engine: ExpiryEngine;
  readonly #keyspace: Keyspace;
  readonly #environment: Environment;
  /** Whether the keyspace is a state of the database. */
  #started = false;
  #enabled = true;
  #timer: Timer | undefined;
  #timerAt = Infinity;
  #running = false;

  constructor(engine: ExpiryEngine, options: { readonly keyspace: Keyspace; readonly environment: Environment }) {
    this.#engine = engine;
    this.#keyspace = options.keyspace;
    this.#environment = options.environment;
  }

  start(): void {
    this.#started = true;
    this.schedule();
  }

  setEnabled(enabled: boolean): void {
    this.#enabled = enabled;
    if (!enabled) this.#clear();
    else this.schedule();
  }

  /** Sets the timer for the next expiry, unless it is set for that or for an earlier time. */
  schedule(notBeforeMs = 0): void {
    if (!this.#started || !this.#enabled || this.#running) return;
    const expireAt = this.#nextExpiry();
    if (expireAt === undefined || expireAt >= this.#timerAt) return;
    this.#clear();
    const { random, timers } = this.#environment;
    const delayMs = Math.max(expireAt - this.#engine.now() + 1, notBeforeMs) + (random.uint32() % jitterMs);
    this.#timerAt = expireAt;
    this.#timer = timers.set(
      () => {
        this.#clear();
        this.#run();
      },
      Math.min(delayMs, delayMsMax),
    );
  }

  #nextExpiry(): number | undefined {
    let earliest: number | undefined;
    for (let db = 0; db < this.#keyspace.databaseCount; db++) {
      const database = this.#keyspace.database(db);
      for (const next of [database.nextExpiry(), database.nextFieldExpiry()]) {
        if (next !== undefined && (earliest === undefined || next.expireAt < earliest)) earliest = next.expireAt;
      }
    }
    return earliest;
  }

  #run(): void {
    this.#running = true;
    this.#engine.submit({
      execute: (now) => {
        for (let db = 0; db < this.#keyspace.databaseCount; db++) {
          new View(this.#keyspace, { db, now, touches: false }).expire(batch);
        }
        return ok;
      },
      settle: (reply) => {
        this.#running = false;
        this.schedule(isError(reply) ? retryMs : 0);
      },
    });
  }

  #clear(): void {
    if (this.#timer !== undefined) this.#environment.timers.clear(this.#timer);
    this.#timer = undefined;
    this.#timerAt = Infinity;
  }
}
