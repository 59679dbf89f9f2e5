/**
 * What must hold of the past, of every database that there is, branches too: each can be read whole, as a node does it, and
 * all that it held within the time for which the past is kept can be had. The truth is what all the records that were ever
 * stored have led to (`TruthStore.stateAt`), whatever has been deleted of them since.
 */
import type { Environment } from '../environment/environment.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { JournalLog } from '../log/journal/journal-log.ts';
import { Past } from '../log/journal/past.ts';
import { Requests } from '../log/journal/requests.ts';
import { Dice } from '../workload/dice.ts';
import { snapshotLimitsOf } from './scenario.ts';
import { requestTimeoutMs, timeoutMs, type ToolUserOptions } from './tool-machines.ts';

type PastCheckOptions = Omit<ToolUserOptions, 'faults' | 'trace'>;

/** Of each database. */
const commitsMax = 4;

export class PastCheck {
  /** States that were compared. */
  count = 0;
  readonly #options: PastCheckOptions;
  readonly #environment: Environment;
  readonly #dice: Dice;

  constructor(options: PastCheckOptions) {
    this.#options = options;
    // What it observes is not what nodes do.
    this.#environment = { ...options.world, watcher: undefined };
    this.#dice = new Dice(options.world.random);
  }

  /** Some of the commits that must be kept, the oldest among them. */
  async checkKept(): Promise<void> {
    const { store } = this.#options;
    for (const name of store.databases()) {
      const [oldest, newest] = [this.#oldestKept(name), store.newest(name)];
      const numbers = new Set([oldest, newest]);
      while (numbers.size < Math.min(commitsMax, newest - oldest + 1))
        numbers.add(oldest + this.#dice.below(newest - oldest + 1));
      for (const number of numbers) {
        const found = await this.#stateAt(name, number);
        // That takes its time, and meanwhile it may have become too old.
        if (number >= this.#oldestKept(name)) this.#compare(found, name, number);
      }
    }
  }

  #oldestKept(name: string): number {
    const { scenario, store } = this.#options;
    return store.newestSince(name, this.#environment.clock.now() - Math.max(store.graceMs(name), scenario.retainMs));
  }

  /** A text says why it cannot be had. */
  async #stateAt(name: string, number: number): Promise<Keyspace | string> {
    const { store, databaseCount } = this.#options;
    const requests = new Requests({ store, environment: this.#environment, requestTimeoutMs });
    const past = new Past({ requests, name, databaseCount });
    const state = await past.find({ number }, Infinity);
    if (state.kind === 'unavailable') return state.reason;
    const keyspace = new Keyspace(databaseCount);
    return (await past.load(state, keyspace, Infinity))?.reason ?? keyspace;
  }

  async checkWhole(): Promise<void> {
    const { scenario, store, databaseCount } = this.#options;
    for (const name of store.databases()) {
      const keyspace = new Keyspace(databaseCount);
      const log = new JournalLog({
        ...{ store, name, node: 'reader', environment: this.#environment, databaseCount, requestTimeoutMs },
        pipelineDepth: 1,
        graceMs: scenario.graceMs,
        snapshots: snapshotLimitsOf(scenario),
        mustExist: true,
      });
      const opened = await log.open(keyspace, this.#environment.clock.monotonic() + timeoutMs);
      this.#compare(opened.kind === 'opened' ? keyspace : opened.reason, name, store.newest(name));
    }
  }

  #compare(found: Keyspace | string, name: string, number: number): void {
    const { store, onBroken } = this.#options;
    this.count++;
    const what = `${name} at the commit ${number}`;
    if (typeof found === 'string') {
      onBroken(`${what} cannot be had: ${found}`);
      return;
    }
    const [is, wanted] = [found, store.stateAt(name, number)].map((state) => JSON.stringify(state.dump()));
    if (is !== wanted) onBroken(`${what} is ${is}, not ${wanted}`);
  }
}
