/** Brings faults upon machines, links and the bucket, at times that chance chooses, and takes them away in the end. */
import type { Environment } from '../environment/environment.ts';
import type { Faults } from '../store/faulty-store.ts';
import { Dice } from '../workload/dice.ts';
import type { Link } from './network.ts';
import { storeFaults, type FaultName, type Scenario, type WorldFaultName } from './scenario.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { Trace } from './trace.ts';
import type { TruthStore } from './truth-store.ts';

export interface ChaosOptions {
  readonly scenario: Scenario;
  readonly world: Environment;
  readonly nodes: readonly SimulatedNode[];
  readonly links: readonly Link[];
  readonly store: TruthStore;
  readonly trace: Trace;
  /** Breaks one connection that is open. */
  readonly resetOne: () => boolean;
}

/** Mean time between two of a kind, in milliseconds, at the usual rate. */
const everyMs: Readonly<Record<Exclude<WorldFaultName, 'disconnect' | 'clockDrift'>, number>> = {
  storeCut: 1500,
  linkCut: 500,
  reset: 300,
  crash: 2000,
  pause: 1500,
  clockJump: 1500,
  readOnlyStore: 4000,
  hostileHead: 6000,
  handEdit: 700,
};

export class Chaos {
  readonly counts: Partial<Record<FaultName, number>> = {};
  readonly #options: ChaosOptions;
  readonly #dice: Dice;
  #isOver = false;
  #isHostile = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
    this.#dice = new Dice(options.world.random);
  }

  begin(): void {
    const { scenario, nodes } = this.#options;
    const enabled = storeFaults.filter((fault) => scenario.faults.has(fault));
    const faults: Faults = Object.fromEntries(
      enabled.map((fault) => [fault, scenario.storeFaultRate / enabled.length]),
    );
    for (const node of nodes) {
      node.setStoreFaults(faults);
      if (!scenario.faults.has('clockDrift')) continue;
      node.clockError.drift = this.#dice.between(-0.02, 0.02);
      this.count('clockDrift');
    }
    for (const fault of Object.keys(everyMs) as (keyof typeof everyMs)[]) {
      if (scenario.faults.has(fault)) this.#next(fault);
    }
  }

  /** No more faults, and those that last end. Clocks stay wrong. */
  async end(): Promise<void> {
    const { nodes, links, store } = this.#options;
    this.#isOver = true;
    for (const node of nodes) {
      node.setStoreFaults({});
      Object.assign(node.storeLink, { requestsCut: false, responsesCut: false });
      node.resume();
      if (!node.isUp) node.start();
    }
    for (const link of links) Object.assign(link, { forthCut: false, backCut: false });
    store.isReadOnly = false;
    if (this.#isHostile) await store.restore();
    this.#isHostile = false;
    this.#collectStoreCounts();
  }

  count(fault: FaultName): void {
    this.counts[fault] = (this.counts[fault] ?? 0) + 1;
  }

  #collectStoreCounts(): void {
    for (const { faulty } of this.#options.nodes) {
      for (const fault of storeFaults) {
        if (faulty.counts[fault] > 0) this.counts[fault] = (this.counts[fault] ?? 0) + faulty.counts[fault];
      }
    }
  }

  #next(fault: keyof typeof everyMs): void {
    const meanMs = everyMs[fault] / this.#options.scenario.worldFaultRate;
    this.#later(-Math.log(1 - this.#dice.fraction()) * meanMs, () => {
      const what = this.#bring(fault);
      if (what !== undefined) {
        this.count(fault);
        this.#options.trace.add('chaos', `${fault} ${what}`);
      }
      this.#next(fault);
    });
  }

  #later(delayMs: number, run: () => void): void {
    this.#options.world.timers.set(() => {
      if (!this.#isOver) run();
    }, delayMs);
  }

  /** Says what was done; `undefined`: there was nothing to do it to. */
  #bring(fault: keyof typeof everyMs): string | undefined {
    const { nodes, store, resetOne } = this.#options;
    const node = this.#dice.pick(nodes);
    const lastsMs = this.#dice.pick([10, 200, 3000]) * this.#dice.fraction();
    switch (fault) {
      case 'crash':
        return this.#crash(node, lastsMs);
      case 'pause':
        node.pause();
        this.#later(lastsMs, () => {
          node.resume();
        });
        return `${node.name} for ${lastsMs.toFixed(0)} ms`;
      case 'clockJump':
        node.clockError.offsetMs += this.#dice.between(-1, 1) * this.#dice.pick([50, 5000, 3_600_000]);
        return `${node.name} is now off by ${node.clockError.offsetMs.toFixed(0)} ms`;
      case 'storeCut':
        return this.#cutStore(node, lastsMs);
      case 'linkCut':
        return this.#cutLink(this.#dice.pick(this.#options.links), lastsMs);
      case 'reset':
        return resetOne() ? 'of a connection' : undefined;
      case 'readOnlyStore':
        store.isReadOnly = true;
        this.#later(lastsMs, () => {
          store.isReadOnly = false;
        });
        return `for ${lastsMs.toFixed(0)} ms`;
      case 'handEdit':
        return store.edit(this.#dice.pick(['1', '2'])) ? 'of the database' : undefined;
      case 'hostileHead':
        return this.#overwriteHead(lastsMs);
    }
  }

  #crash(node: SimulatedNode, lastsMs: number): string | undefined {
    // A start takes a while: nodes that are killed again and again before its end would serve nobody in any world.
    if (!node.isUp || (!node.isReady && this.#dice.chance(0.9))) return undefined;
    node.kill();
    this.#later(lastsMs, () => {
      if (!node.isUp) node.start();
    });
    return `${node.name} for ${lastsMs.toFixed(0)} ms`;
  }

  #cutStore(node: SimulatedNode, lastsMs: number): string {
    const way = this.#dice.pick(['requestsCut', 'responsesCut'] as const);
    node.storeLink[way] = true;
    this.#later(lastsMs, () => {
      node.storeLink[way] = false;
    });
    return `${node.name} ${way} for ${lastsMs.toFixed(0)} ms`;
  }

  #cutLink(link: Link, lastsMs: number): string {
    const ways = this.#dice.pick([['forthCut'], ['backCut'], ['forthCut', 'backCut']] as const);
    for (const way of ways) link[way] = true;
    this.#later(lastsMs, () => {
      for (const way of ways) link[way] = false;
    });
    return `${ways.join(' and ')} for ${lastsMs.toFixed(0)} ms`;
  }

  #overwriteHead(lastsMs: number): string | undefined {
    const { store } = this.#options;
    if (this.#isHostile) return undefined;
    this.#isHostile = true;
    const body = this.#dice.pick(['', '{', 'null', '{"a":1}', '\0\0\0', '{"a":{"valthree":99}}', '[{}]']);
    void store.overwrite(body);
    this.#later(lastsMs, () => {
      void store.restore().then(() => {
        this.#isHostile = false;
      });
    });
    return `with ${JSON.stringify(body)} for ${lastsMs.toFixed(0)} ms`;
  }
}
