/**
 * The engine: makes commands durable in rounds. A task executes as it arrives, on the keyspace, speculatively; its
 * reply is held until one storage request, sent after it arrived, has shown that the state it ran on is the newest:
 * the write that commits its effects, or, where there are none, a read that finds nothing new. A conflict rolls
 * everything back, takes over what is new and runs the tasks again; nobody notices.
 *
 * Invariants:
 * - No reply leaves before its round is proven, and rounds are settled in order: a later one may stand on an earlier.
 * - The keyspace is the last state handed over by the log plus the effects of `#sealed` and `#open`, in that order.
 * - A task with effects is in exactly one write that may still succeed: it runs again only after its write certainly
 *   lost.
 */
import type { Environment } from '../environment/environment.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { AppendOutcome, Log, VerifyOutcome } from '../log/log.ts';
import { error, type Reply } from '../resp/reply.ts';
import { ExpiryCycle } from './expiry-cycle.ts';
import type { EngineLimits } from './limits.ts';
import { Round } from './round.ts';
import { newEngineStatistics, type EngineStatistics } from './statistics.ts';
import type { Task } from './task.ts';

export interface EngineOptions {
  readonly log: Log;
  readonly keyspace: Keyspace;
  readonly environment: Environment;
  readonly limits: EngineLimits;
  /** The reply for an error thrown by a task; whoever knows the commands knows which are expected. */
  readonly replyToError: (error: unknown) => Reply;
}

export class Engine {
  #statistics = newEngineStatistics();
  readonly #options: EngineOptions;
  readonly #expiry: ExpiryCycle;
  /** Rounds whose request is under way or answered, in order. */
  #sealed: Round[] = [];
  /** The round that collects. */
  #open: Round;
  #appendsUnderWay = 0;
  #verifyUnderWay = false;
  /** A write has failed: no new request until all that are under way are answered. */
  #recovering = false;
  #pumpScheduled = false;
  /** The time that the last task saw: the wall clock, but it never goes back. */
  #nowMs = 0;
  #waitingForRoom: (() => void)[] = [];
  #waitingForRest: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#open = new Round(0);
    this.#expiry = new ExpiryCycle(this, options);
  }

  get statistics(): Readonly<EngineStatistics> {
    return this.#statistics;
  }

  resetStatistics(): void {
    this.#statistics = newEngineStatistics();
  }

  /** Brings the keyspace to the newest state. Rejects with a clear message where the database cannot be read. */
  async start(): Promise<void> {
    const { log, keyspace, environment, limits } = this.#options;
    const outcome = await log.open(keyspace, environment.clock.monotonic() + limits.timeoutMs);
    if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
    this.#expiry.schedule();
  }

  /** Executes the task now; it is settled when its round is. */
  submit(task: Task): void {
    if (this.#open.tasks.length === 0) {
      this.#open = new Round(this.#options.environment.clock.monotonic());
      this.#schedulePump(this.#options.limits.commitIntervalMs);
    }
    this.#execute(this.#open, task);
  }

  /** Whether as many tasks wait as may: whoever submits should hold back until `onRoom`. */
  get congested(): boolean {
    const { batchTasksMax, batchEffectsMax } = this.#options.limits;
    return this.#open.tasks.length >= batchTasksMax || this.#open.recording.effects.length >= batchEffectsMax;
  }

  /** Calls back, once, when there is room for more tasks. */
  onRoom(callback: () => void): void {
    this.#waitingForRoom.push(callback);
  }

  /** Requests to the store that were sent again because one had failed. */
  get retries(): number {
    return this.#options.log.retries;
  }

  /** Tasks that wait for their rounds. */
  get waitingTaskCount(): number {
    return this.#sealed.reduce((sum, round) => sum + round.tasks.length, this.#open.tasks.length);
  }

  /** Resolves when everything that was submitted has been settled. */
  drain(): Promise<void> {
    return new Promise((resolve) => {
      this.#waitingForRest.push(resolve);
      this.#rest();
    });
  }

  /** Settles what waits and ends. No task may follow. */
  async stop(): Promise<void> {
    this.#expiry.setEnabled(false);
    await this.drain();
    await this.#options.log.close();
  }

  /** Turns the deletion of expired keys that nobody asks for on or off. */
  setActiveExpiry(enabled: boolean): void {
    this.#expiry.setEnabled(enabled);
  }

  #execute(round: Round, task: Task): void {
    const { keyspace, limits, replyToError } = this.#options;
    const { recording } = round;
    const before = { effects: recording.effects.length, inverses: recording.inverses.length };
    const sizeBefore = limits.keysMax > 0 ? keyspace.size : 0;
    let reply: Reply;
    keyspace.record(recording);
    try {
      reply = task.execute(this.#now());
    } catch (cause) {
      keyspace.rollback(recording, before);
      reply = replyToError(cause);
    }
    if (limits.keysMax > 0 && keyspace.size > limits.keysMax && keyspace.size > sizeBefore) {
      keyspace.rollback(recording, before);
      reply = error(`ERR at max capacity of ${limits.keysMax} keys`);
    }
    keyspace.record(undefined);
    round.add(task, reply);
  }

  #now(): number {
    this.#nowMs = Math.max(this.#nowMs, this.#options.environment.clock.now());
    return this.#nowMs;
  }

  #schedulePump(delayMs: number): void {
    if (this.#pumpScheduled) return;
    const { timers } = this.#options.environment;
    this.#pumpScheduled = true;
    const pump = (): void => {
      this.#pumpScheduled = false;
      this.#pump();
    };
    if (delayMs > 0) timers.set(pump, delayMs);
    else timers.soon(pump);
  }

  /** Starts the next round, if there is work and a free place. */
  #pump(): void {
    this.#askAgain();
    const round = this.#open;
    if (round.tasks.length === 0 || this.#recovering || this.#pumpScheduled) return;
    if (round.writes ? this.#appendsUnderWay >= this.#options.log.pipelineDepth : this.#verifyUnderWay) return;
    this.#sealed.push(round);
    this.#open = new Round(0);
    if (round.writes) this.#append(round);
    else this.#verify(round);
    const callbacks = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const callback of callbacks) callback();
  }

  #deadlineOf(round: Round): number {
    const { environment, limits } = this.#options;
    return Math.max(round.arrivedAtMs + limits.timeoutMs, environment.clock.monotonic() + limits.timeoutMs / 10);
  }

  #append(round: Round): void {
    const { log, keyspace } = this.#options;
    this.#appendsUnderWay++;
    const promise = log.append({ keyspace, effects: round.recording.effects }, this.#deadlineOf(round));
    void promise.then((outcome) => {
      this.#onAppend(round, outcome);
    });
  }

  #onAppend(round: Round, outcome: AppendOutcome): void {
    this.#appendsUnderWay--;
    round.outcome = outcome;
    if (outcome.kind === 'committed') {
      // The write was sent after every read before it had arrived, so it proves those as well.
      for (const earlier of this.#sealed) {
        earlier.proven = true;
        if (earlier === round) break;
      }
      this.#settleProven();
    } else {
      this.#recovering = true;
    }
    if (this.#recovering && this.#appendsUnderWay === 0) this.#recover();
    this.#pump();
  }

  /** Asks again for the proof that a write under way has spoilt; the last round's proof is every read's before it. */
  #askAgain(): void {
    if (this.#verifyUnderWay || this.#appendsUnderWay > 0) return;
    const round = this.#sealed.findLast((candidate) => candidate.askAgain);
    if (round === undefined) return;
    for (const earlier of this.#sealed) earlier.askAgain = false;
    this.#verify(round);
  }

  #verify(round: Round): void {
    this.#verifyUnderWay = true;
    void this.#options.log.verify(this.#deadlineOf(round)).then((outcome) => {
      this.#verifyUnderWay = false;
      if (!round.dissolved && !round.proven) this.#onVerify(round, outcome);
      this.#pump();
    });
  }

  #onVerify(round: Round, outcome: VerifyOutcome): void {
    switch (outcome.kind) {
      case 'current':
        // Sent after every read before it had arrived, and nobody had come between: it proves those as well.
        for (const earlier of this.#sealed) {
          if (!earlier.writes) earlier.proven = true;
          if (earlier === round) break;
        }
        this.#settleProven();
        break;
      case 'changed':
        if (this.#appendsUnderWay > 0 || this.#recovering) {
          round.askAgain = true;
        } else {
          this.#statistics.conflicts++;
          this.#redo(this.#rollBack(), () => {
            outcome.changes.applyTo(this.#options.keyspace);
          });
        }
        break;
      case 'unavailable':
        this.#sealed = this.#sealed.filter((other) => other !== round);
        this.#fail(round, outcome);
        break;
    }
  }

  #settleProven(): void {
    let count = 0;
    for (const round of this.#sealed) {
      if (!round.proven) break;
      count++;
      this.#count(round);
      for (let i = 0; i < round.tasks.length; i++) (round.tasks[i] as Task).settle(round.replies[i] as Reply);
    }
    this.#sealed.splice(0, count);
    this.#expiry.schedule();
    this.#rest();
  }

  #count(round: Round): void {
    const statistics = this.#statistics;
    if (round.writes) {
      statistics.writeRounds++;
      statistics.writeRoundTasks += round.tasks.length;
      statistics.effects += round.recording.effects.length;
    } else {
      statistics.readRounds++;
      statistics.readRoundTasks += round.tasks.length;
    }
  }

  /** After a write that did not commit, when nothing is under way any more: the failed fail, the others run again. */
  #recover(): void {
    this.#recovering = false;
    const rounds = this.#rollBack();
    const again: Round[] = [];
    let applyChanges: (() => void) | undefined;
    for (const round of rounds) {
      const { outcome } = round;
      if (outcome?.kind === 'uncertain' || outcome?.kind === 'unavailable') {
        this.#fail(round, outcome);
        continue;
      }
      again.push(round);
      if (outcome?.kind !== 'conflict' || applyChanges !== undefined) continue;
      this.#statistics.conflicts++;
      applyChanges = () => {
        outcome.changes.applyTo(this.#options.keyspace);
      };
    }
    this.#redo(again, applyChanges);
  }

  /** Takes all rounds back, the newest first, and returns them in order. */
  #rollBack(): Round[] {
    const rounds = [...this.#sealed, this.#open];
    for (const round of rounds.toReversed()) {
      this.#options.keyspace.rollback(round.recording);
      round.dissolved = true;
    }
    this.#sealed = [];
    this.#open = new Round(0);
    return rounds;
  }

  #redo(rounds: readonly Round[], applyChanges: (() => void) | undefined): void {
    applyChanges?.();
    const tasks = rounds.flatMap((round) => round.tasks);
    this.#expiry.schedule();
    if (tasks.length === 0) {
      this.#rest();
      return;
    }
    this.#statistics.reexecutions += tasks.length;
    const first = rounds.find((round) => round.tasks.length > 0) as Round;
    this.#open = new Round(first.arrivedAtMs);
    for (const task of tasks) this.#execute(this.#open, task);
  }

  #fail(round: Round, outcome: { readonly kind: 'uncertain' | 'unavailable'; readonly reason: string }): void {
    const uncertain = error(`UNCERTAIN the write may or may not have been applied: ${outcome.reason}`);
    const unavailable = error(`UNAVAILABLE nothing was written: ${outcome.reason}`);
    for (const [index, task] of round.tasks.entries()) {
      const isUncertain = outcome.kind === 'uncertain' && round.taskWrites(index);
      if (isUncertain) this.#statistics.uncertainTasks++;
      else this.#statistics.unavailableTasks++;
      task.settle(isUncertain ? uncertain : unavailable);
    }
    this.#rest();
  }

  #rest(): void {
    if (this.#sealed.length > 0 || this.#open.tasks.length > 0 || this.#appendsUnderWay > 0) return;
    const callbacks = this.#waitingForRest;
    this.#waitingForRest = [];
    for (const callback of callbacks) callback();
  }
}
