/**
 * Somebody who goes back in time while the nodes serve: makes branches, of the database and of branches, as they are or
 * were; writes to some of them, and restores them to what they were. What must hold in the end is in `past-check.ts`.
 *
 * Nobody else knows of the branches: what a restore does is seen by no client, so it needs no place in the histories.
 */
import type { Effect } from '../keyspace/effect.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { createBranch } from '../log/journal/create-branch.ts';
import { JournalLog, type JournalLogOptions } from '../log/journal/journal-log.ts';
import { Requests } from '../log/journal/requests.ts';
import { restore } from '../log/journal/restore.ts';
import { transact, type Plan } from '../log/transact.ts';
import { leftToNodes } from '../tools/left-to-nodes.ts';
import { Dice } from '../workload/dice.ts';
import { snapshotLimitsOf } from './scenario.ts';
import {
  describeOutcome,
  requestTimeoutMs,
  timeoutMs,
  ToolMachines,
  type ToolMachine,
  type ToolUserOptions,
} from './tool-machines.ts';

/** Between two things that it does, on average, at the usual rate. */
const everyMs = 700;
const writesMax = 8;
/** What has been done. */
export interface TravelCounts {
  branches: number;
  /** To branches. */
  commits: number;
  restores: number;
}

export const noTravels: Readonly<TravelCounts> = { branches: 0, commits: 0, restores: 0 };

export class TimeTraveller {
  readonly counts: TravelCounts = { ...noTravels };
  readonly #options: ToolUserOptions;
  readonly #dice: Dice;
  readonly #machines: ToolMachines;
  #tried = 0;
  #underWay: Promise<void> = Promise.resolve();

  constructor(options: ToolUserOptions) {
    this.#options = options;
    this.#dice = new Dice(options.world.random);
    this.#machines = new ToolMachines({ ...options, dice: this.#dice });
  }

  begin(): void {
    if (this.#options.scenario.branches > 0) this.#underWay = this.#goOn();
  }

  /** Nothing more is begun, and nothing goes wrong any more. */
  async end(): Promise<void> {
    this.#machines.end();
    await this.#underWay;
  }

  async #goOn(): Promise<void> {
    for (;;) {
      await this.#machines.pauseBetween(everyMs);
      if (this.#machines.isOver) return;
      const branches = this.#branches();
      const isMaking = this.#tried < this.#options.scenario.branches && this.#dice.chance(0.4);
      if (isMaking) await this.#make();
      else if (branches.length > 0 && this.#dice.chance(0.8)) await this.#write(this.#dice.pick(branches));
      else if (branches.length > 0) await this.#restore(this.#dice.pick(branches));
    }
  }

  #branches(): readonly string[] {
    return this.#options.store.databases().filter((name) => name !== 'db');
  }

  #note(what: string): void {
    this.#options.trace.add('traveller', what);
  }

  async #make(): Promise<void> {
    const { store, databaseCount, onBroken } = this.#options;
    const databases = store.databases();
    if (databases.length === 0) return;
    const source = this.#dice.pick(databases);
    const newest = store.newest(source);
    const number = this.#dice.chance(0.5) ? undefined : this.#earlierThan(newest);
    const name = `branch-${++this.#tried}`;
    this.#note(`makes ${name} of ${source} at ${number ?? 'the newest'}`);
    const outcome = await this.#machines.run(({ environment, store: way }) => {
      const requests = new Requests({ store: way, environment, requestTimeoutMs });
      const until = number === undefined ? {} : { number };
      return createBranch({ requests, source, name, databaseCount, until }, environment.clock.monotonic() + timeoutMs);
    });
    this.#note(`has made ${name}: ${describeOutcome(outcome)}`);
    if (outcome?.kind !== 'created') return;
    this.counts.branches++;
    store.confirm(name);
    const isRight = number === undefined ? outcome.number >= newest : outcome.number === number;
    if (!isRight) onBroken(`${name} of ${source} is of the commit ${outcome.number}, not of ${number ?? newest}`);
  }

  #earlierThan(newest: number): number {
    return Math.max(0, newest - this.#dice.below(2 * Math.min(this.#options.scenario.snapshotRecords, 30)));
  }

  async #write(name: string): Promise<void> {
    const writes = 1 + this.#dice.below(writesMax);
    this.#note(`writes ${writes} times to ${name}`);
    const outcome = await this.#machines.run(async (machine) => {
      const { clock } = machine.environment;
      const keyspace = new Keyspace(this.#options.databaseCount);
      const log = new JournalLog(this.#logOptions(name, machine));
      const opened = await log.open(keyspace, clock.monotonic() + timeoutMs);
      if (opened.kind === 'unavailable') return opened;
      for (let i = 0; i < writes; i++) {
        const plan = (): Plan<undefined> => ({ kind: 'plan', effects: [this.#effectOn(keyspace)], summary: undefined });
        const done = await transact({ log, keyspace, clock, timeoutMs, plan });
        if (done.kind !== 'done') return done;
        this.counts.commits++;
        await this.#machines.pause(this.#dice.fraction() * 500);
      }
      return { kind: 'done' } as const;
    });
    this.#note(`has written to ${name}: ${describeOutcome(outcome)}`);
  }

  /** Also on what the clients have written before it became a branch. */
  #effectOn(keyspace: Keyspace): Effect {
    const keys = [...keyspace.database(0).entries()].map(({ key }) => key);
    if (keys.length > 0 && this.#dice.chance(0.3)) return { kind: 'delete', db: 0, key: this.#dice.pick(keys) };
    const key = `t${this.#dice.below(5)}`;
    return { kind: 'setString', db: 0, key, value: String(this.#dice.below(1000)) };
  }

  async #restore(name: string): Promise<void> {
    const { store, onBroken } = this.#options;
    const number = this.#earlierThan(store.newest(name));
    this.#note(`restores ${name} to ${number}`);
    const outcome = await this.#machines.run((machine) => {
      const options = { ...this.#logOptions(name, machine), ...leftToNodes };
      return restore({ ...options, until: { number }, timeoutMs, isRehearsal: false });
    });
    this.#note(`has restored ${name}: ${describeOutcome(outcome)}`);
    if (outcome?.kind !== 'done') return;
    this.counts.restores++;
    // What has expired since is not brought back.
    const now = this.#options.world.clock.now();
    const dumpOf = (state: Keyspace): string =>
      JSON.stringify(state.dump().filter(([, , , expireAt]) => expireAt === undefined || expireAt > now));
    const [wanted, is] = [store.stateAt(name, number), store.stateAt(name, store.newest(name))].map(dumpOf);
    if (wanted !== is) onBroken(`${name} is not what it was at ${number} although it was restored: ${is} / ${wanted}`);
  }

  #logOptions(name: string, { environment, store }: ToolMachine): JournalLogOptions {
    const { scenario, databaseCount } = this.#options;
    return {
      ...{ store, name, node: 'traveller', environment, databaseCount, requestTimeoutMs, pipelineDepth: 1 },
      graceMs: scenario.graceMs,
      snapshots: snapshotLimitsOf(scenario),
      recordLengthMax: scenario.recordLength,
      newsLengthMax: scenario.newsLength,
      mustExist: true,
    };
  }
}
