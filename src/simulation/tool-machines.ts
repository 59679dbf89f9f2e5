/**
 * Where commands run that are no nodes: each has a process of its own, which may stop in the middle, for a while or for
 * good, and a way to the store on which requests meet what those of the nodes meet.
 */
import type { Environment } from '../environment/environment.ts';
import { FaultyStore, type Faults } from '../store/faulty-store.ts';
import { LatencyStore } from '../store/latency-store.ts';
import type { ObjectStore } from '../store/object-store.ts';
import type { Dice } from '../workload/dice.ts';
import { NodeEnvironment } from './node-environment.ts';
import { NodeStore } from './node-store.ts';
import type { Scenario } from './scenario.ts';
import type { Trace } from './trace.ts';
import type { TruthStore } from './truth-store.ts';

interface ToolMachinesOptions {
  readonly scenario: Pick<Scenario, 'storeLatencyMs' | 'worldFaultRate'>;
  readonly world: Environment;
  readonly dice: Dice;
  readonly store: ObjectStore;
  readonly faults: Faults;
}

/** What those need who use tools in a run. */
export interface ToolUserOptions {
  readonly scenario: Scenario;
  readonly world: Environment;
  readonly store: TruthStore;
  readonly databaseCount: number;
  readonly faults: Faults;
  readonly trace: Trace;
  readonly onBroken: (what: string) => void;
}

/** How long a tool is patient, and with each request. */
export const timeoutMs = 4000;
export const requestTimeoutMs = 500;

export interface ToolMachine {
  readonly environment: Environment;
  readonly store: ObjectStore;
}

export class ToolMachines {
  readonly #options: ToolMachinesOptions;
  readonly #environment: Environment;
  readonly #faulty: FaultyStore;
  readonly #lives: NodeEnvironment[] = [];
  #isOver = false;

  constructor(options: ToolMachinesOptions) {
    this.#options = options;
    const { world, store, scenario, faults } = options;
    // What they observe is not what nodes do.
    this.#environment = { ...world, watcher: undefined };
    const [minMs, maxMs] = scenario.storeLatencyMs;
    const near = new LatencyStore(store, this.#environment, { minMs, maxMs });
    this.#faulty = new FaultyStore(near, this.#environment, faults);
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  /** Nothing goes wrong any more. */
  end(): void {
    this.#isOver = true;
    this.#faulty.faults = {};
    for (const life of this.#lives) life.resume();
  }

  pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#environment.timers.set(resolve, durationMs));
  }

  /** Until somebody uses one again. @param everyMs between two, on average, at the usual rate */
  pauseBetween(everyMs: number): Promise<void> {
    const { dice, scenario } = this.#options;
    return this.pause((-Math.log(1 - dice.fraction()) * everyMs) / scenario.worldFaultRate);
  }

  /** `undefined`: the machine has stopped for good. */
  run<T>(command: (machine: ToolMachine) => Promise<T>): Promise<T | undefined> {
    const { dice } = this.#options;
    const life = new NodeEnvironment(this.#environment, { offsetMs: 0, drift: 0 });
    const link = { requestsCut: false, responsesCut: false };
    const store = new NodeStore(this.#faulty, { node: life, world: this.#environment, link });
    this.#lives.push(life);
    return new Promise((resolve, reject) => {
      const isKilled = dice.chance(0.1);
      const isPaused = dice.chance(0.3);
      const afterMs = dice.fraction() * dice.pick([50, 500]);
      const lastsMs = dice.fraction() * dice.pick([200, 10_000]);
      this.#environment.timers.set(() => {
        if (this.#isOver) return;
        if (isKilled) {
          life.kill();
          resolve(undefined);
        } else if (isPaused) {
          life.pause(dice.pick(['process', 'machine']));
          this.#environment.timers.set(() => {
            life.resume();
          }, lastsMs);
        }
      }, afterMs);
      command({ environment: life, store }).then(resolve, reject);
    });
  }
}

export function describeOutcome(outcome: { readonly kind: string; readonly reason?: string } | undefined): string {
  return outcome === undefined ? 'it has stopped' : `${outcome.kind} ${outcome.reason ?? ''}`;
}
