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
import { nodeProperties, type Watcher } from '../environment/properties.ts';
import type { KeyEvent } from '../keyspace/event.ts';
import { markOf, type Keyspace } from '../keyspace/keyspace.ts';
import {
  newLoadProgress,
  type AppendOutcome,
  type Changes,
  type Failure,
  type LoadProgress,
  type Log,
  type SnapshotStatistics,
  type TurnStatistics,
  type VerifyOutcome,
} from '../log/log.ts';
import { error, type Reply } from '../resp/reply.ts';
import { ExpiryCycle } from './expiry-cycle.ts';
import type { EngineLimits } from './limits.ts';
import { Round } from './round.ts';
import { countEffects, newEngineStatistics, type EngineStatistics } from './statistics.ts';
import type { Task } from './task.ts';
import { TaskClock } from './task-clock.ts';

export interface EngineOptions {
  readonly log: Log;
  readonly keyspace: Keyspace;
  readonly environment: Environment;
  readonly limits: EngineLimits;
  /** The reply for an error thrown by a task; whoever knows the commands knows which are expected. */
  readonly replyToError: (error: unknown) => Reply;
}

/** A clock is not looked at for every task: arrival times are known to this part of the time that a task may take. */
const arrivalsPerTimeout = 32;

/** A task that is to run again, as nothing of it was written. */
interface Waiting {
  readonly task: Task;
  readonly arrivedAtMs: number;
}

function changesOf(outcome: AppendOutcome | undefined): Changes | undefined {
  return outcome !== undefined && 'changes' in outcome ? outcome.changes : undefined;
}

/** The rounds that had arrived before these changes were asked for: all up to the one that they were asked for by. */
function provenBy({ isPartial }: Changes, rounds: readonly Round[], bearer: Round): readonly Round[] {
  return isPartial === true ? [] : rounds.slice(0, rounds.indexOf(bearer) + 1);
}

export class Engine {
  /**
   * Called when something has changed: a task has been executed, or other nodes' changes have been taken over. Whoever
   * has waited for that may submit tasks; these then come before all that is still to be run again.
   */
  onChange: (() => void) | undefined;
  /** Called when a round is settled, before its replies: what keyspace notifications tell of its effects. */
  onEvents: ((events: readonly KeyEvent[]) => void) | undefined;
  #statistics = newEngineStatistics();
  readonly #options: EngineOptions;
  readonly #expiry: ExpiryCycle;
  readonly #clock: TaskClock;
  readonly #loading = newLoadProgress();
  #isOpen = false;
  /** Rounds whose request is under way or answered, in order. */
  #sealed: Round[] = [];
  /** The round that collects. */
  #open = new Round();
  /** Until the time that tasks see reaches this, they count as having arrived together. */
  #arrivingUntilMs = -Infinity;
  #appendsUnderWay = 0;
  #verifyUnderWay = false;
  /** A write has failed: no new request until all that are under way are answered. */
  #recovering = false;
  #pumpScheduled = false;
  #waitingForRoom: (() => void)[] = [];
  #waitingForRest: (() => void)[] = [];

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#clock = new TaskClock(options.environment);
    this.#expiry = new ExpiryCycle(this, options);
  }

  get #watcher(): Watcher | undefined {
    return this.#options.environment.watcher;
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
    const outcome = await log.open(keyspace, environment.clock.monotonic() + limits.timeoutMs, this.#loading);
    if (outcome.kind === 'unavailable') throw new Error(outcome.reason);
    this.#isOpen = true;
    this.#expiry.start();
  }

  /** Whether the keyspace is a state of the database: tasks may come. Before that it is being loaded. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How far `start` has come. */
  get loading(): Readonly<LoadProgress> {
    return this.#loading;
  }

  /** Executes the task now; it is settled when its round is. Only when the engine is open. */
  submit(task: Task): void {
    const { environment, limits } = this.#options;
    const isFirst = this.#open.tasks.length === 0;
    if (isFirst) this.#schedulePump(limits.commitIntervalMs);
    if (isFirst || this.#clock.latestMs >= this.#arrivingUntilMs) {
      this.#open.arrive(environment.clock.monotonic());
      this.#arrivingUntilMs = this.now() + limits.timeoutMs / arrivalsPerTimeout;
    }
    this.#execute(this.#open, task);
    this.onChange?.();
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

  /** `undefined` in a layout without snapshots. */
  get snapshots(): SnapshotStatistics | undefined {
    return this.#options.log.snapshots;
  }

  /** `undefined` in a layout where nobody need wait for others. */
  get turns(): TurnStatistics | undefined {
    return this.#options.log.turns;
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
    const before = markOf(recording);
    const sizeBefore = limits.keysMax > 0 ? keyspace.size : 0;
    let reply: Reply;
    keyspace.record(recording);
    try {
      reply = task.execute(this.now());
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

  /** The time that tasks see. */
  now(): number {
    return this.#clock.now();
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
    this.#open = new Round();
    if (round.writes) this.#append(round);
    else this.#verify(round);
    const callbacks = this.#waitingForRoom;
    this.#waitingForRoom = [];
    for (const callback of callbacks) callback();
  }

  #deadlineOf(round: Round): number {
    const { environment, limits } = this.#options;
    return (
      Math.max(round.newestArrivalMs, environment.clock.monotonic() - (limits.timeoutMs * 9) / 10) + limits.timeoutMs
    );
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
      this.#watcher?.observe(nodeProperties.commandsShareCommit, round.tasks.length > 1);
      this.#watcher?.observe(nodeProperties.commitsInOrder, this.#isNextToCommit(round));
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

  #isNextToCommit(round: Round): boolean {
    const before = this.#sealed.slice(0, this.#sealed.indexOf(round));
    return before.every(({ writes, outcome }) => !writes || outcome?.kind === 'committed');
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
        // Sent after every read before it had arrived. It proves those that stand on the same writes as well; before a
        // write of ours somebody else's may have been, and that write is what will show it.
        for (let i = this.#sealed.indexOf(round); i >= 0 && this.#sealed[i]?.writes === false; i--) {
          (this.#sealed[i] as Round).proven = true;
        }
        this.#settleProven();
        break;
      case 'changed':
        if (this.#appendsUnderWay > 0 || this.#recovering) {
          round.askAgain = true;
        } else {
          this.#statistics.conflicts++;
          const rounds = this.#rollBack();
          // The proof was asked for after all these had arrived: it is one of the new state, if they only read it.
          this.#redo(rounds, { changes: outcome.changes, proven: provenBy(outcome.changes, rounds, round) });
        }
        break;
      case 'unclear':
        round.askAgain = true;
        break;
      case 'unavailable':
        this.#failReads(round, outcome);
        this.#rest();
        break;
    }
  }

  /** No proof for this round and the reads before it, whose own proofs were spoilt. */
  #failReads(last: Round, outcome: Failure): void {
    const upToLast = this.#sealed.slice(0, this.#sealed.indexOf(last) + 1);
    const failed = upToLast.filter((round) => !round.writes && !round.proven);
    this.#sealed = this.#sealed.filter((round) => !failed.includes(round));
    for (const round of failed) this.#fail(round, outcome);
  }

  #settleProven(): void {
    let count = 0;
    for (const round of this.#sealed) {
      if (!round.proven) break;
      count++;
      this.#settle(round);
    }
    this.#sealed.splice(0, count);
    this.#expiry.schedule();
    this.#rest();
  }

  #settle(round: Round): void {
    if (round.tasks.length === 0) return;
    this.#count(round);
    if (round.recording.events.length > 0) this.onEvents?.(round.recording.events);
    for (let i = 0; i < round.tasks.length; i++) (round.tasks[i] as Task).settle(round.replies[i] as Reply);
  }

  #count(round: Round): void {
    const statistics = this.#statistics;
    if (round.writes) {
      statistics.writeRounds++;
      statistics.writeRoundTasks += round.tasks.length;
      countEffects(statistics, round.recording.effects);
    } else {
      statistics.readRounds++;
      statistics.readRoundTasks += round.tasks.length;
    }
  }

  /** After a write that did not commit, when nothing is under way any more: the failed fail, the others run again. */
  #recover(): void {
    this.#recovering = false;
    const rounds = this.#rollBack();
    if (rounds.some(({ outcome }) => outcome?.kind === 'conflict')) this.#statistics.conflicts++;
    const again = rounds.filter(({ outcome }) => outcome?.kind !== 'uncertain' && outcome?.kind !== 'unavailable');
    const bearer = rounds.find(({ outcome }) => changesOf(outcome) !== undefined);
    const changes = changesOf(bearer?.outcome);
    // What is new was read after all these had arrived.
    this.#redo(again, changes && { changes, proven: provenBy(changes, rounds, bearer as Round) });
    for (const round of rounds) {
      if (round.outcome?.kind === 'uncertain' || round.outcome?.kind === 'unavailable')
        this.#fail(round, round.outcome);
    }
    this.#rest();
  }

  /** Takes all rounds back, the newest first, and returns them in order. */
  #rollBack(): Round[] {
    const rounds = [...this.#sealed, this.#open];
    for (const round of rounds.toReversed()) {
      this.#options.keyspace.rollback(round.recording);
      round.dissolved = true;
    }
    for (const { tasks } of rounds) for (const task of tasks) task.onUndone?.();
    this.#sealed = [];
    this.#open = new Round();
    this.#arrivingUntilMs = -Infinity;
    return rounds;
  }

  /**
   * Runs the tasks of these rounds again, in order, on what is new. Those of the `proven` rounds which come before any
   * effect, and have none, are settled at once. Whose time is over is told so: a conflict may come again and again.
   */
  #redo(
    rounds: readonly Round[],
    news: { readonly changes: Changes; readonly proven: readonly Round[] } | undefined,
  ): void {
    news?.changes.applyTo(this.#options.keyspace);
    if (news !== undefined) this.#watcher?.observe(nodeProperties.rolledBack, true);
    this.onChange?.();
    const settled = new Round();
    const late: Task[] = [];
    for (const round of rounds) {
      const isProven = news?.proven.includes(round) === true;
      for (const waiting of this.#tasksOf(round, late)) {
        this.#statistics.reexecutions++;
        if (isProven && this.#open.tasks.length === 0) this.#runProven(waiting, settled);
        else this.#runAgain(this.#open, waiting);
      }
    }
    // What arrives from now on is younger than what has been run again.
    this.#arrivingUntilMs = -Infinity;
    this.onChange?.();
    this.#expiry.schedule();
    this.#settle(settled);
    for (const task of late) this.#failTask(task, 'unavailable', 'other nodes have written all the time, try again');
    this.#rest();
  }

  /** Those of a round that have time left; the others are added to `late`. */
  *#tasksOf(round: Round, late: Task[]): Generator<Waiting, void, undefined> {
    const { environment, limits } = this.#options;
    const nowMs = environment.clock.monotonic();
    for (const [index, task] of round.tasks.entries()) {
      const arrivedAtMs = round.arrivedAtMs(index);
      if (nowMs < arrivedAtMs + limits.timeoutMs) yield { task, arrivedAtMs };
      else late.push(task);
    }
  }

  #runAgain(round: Round, { task, arrivedAtMs }: Waiting): void {
    if (round.newestArrivalMs !== arrivedAtMs) round.arrive(arrivedAtMs);
    this.#execute(round, task);
  }

  /** A task whose reply is true if it has no effects; if it has, it is the first of the open round. */
  #runProven(waiting: Waiting, settled: Round): void {
    const alone = new Round();
    this.#runAgain(alone, waiting);
    if (alone.writes) {
      this.#open = alone;
    } else {
      settled.add(waiting.task, alone.replies[0] as Reply);
      for (const event of alone.recording.events) settled.recording.events.push(event);
      this.#watcher?.observe(nodeProperties.readProvenByNews, true);
    }
  }

  #fail(round: Round, { kind, reason }: Failure | { readonly kind: 'uncertain'; readonly reason: string }): void {
    for (const [index, task] of round.tasks.entries()) {
      this.#failTask(task, kind === 'uncertain' && round.taskWrites(index) ? 'uncertain' : 'unavailable', reason);
    }
  }

  #failTask(task: Task, kind: 'uncertain' | 'unavailable', reason: string): void {
    this.#watcher?.observe(nodeProperties[kind], true, { reason });
    if (kind === 'uncertain') {
      this.#statistics.uncertainTasks++;
      task.settle(error(`UNCERTAIN the write may or may not have been applied: ${reason}`));
    } else {
      this.#statistics.unavailableTasks++;
      task.settle(error(`UNAVAILABLE nothing was written: ${reason}`));
    }
  }

  #rest(): void {
    if (this.#sealed.length > 0 || this.#open.tasks.length > 0 || this.#appendsUnderWay > 0) return;
    const callbacks = this.#waitingForRest;
    this.#waitingForRest = [];
    for (const callback of callbacks) callback();
  }
}
