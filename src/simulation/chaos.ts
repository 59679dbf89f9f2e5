/** Brings faults upon machines, links and the bucket, at times that chance chooses, and takes them away in the end. */
import type { Faults } from '../store/faulty-store.ts';
import { Dice } from '../workload/dice.ts';
import type { Link } from './network.ts';
import { faultNames, storeFaults, type FaultName, type Scenario, type WorldFaultName } from './scenario.ts';
import type { SimulatedNode } from './simulated-node.ts';
import type { Trace } from './trace.ts';
import type { TruthStore } from './truth-store.ts';
import type { VirtualEnvironment } from './virtual-environment.ts';

export interface ChaosOptions {
  readonly scenario: Scenario;
  readonly world: VirtualEnvironment;
  readonly nodes: readonly SimulatedNode[];
  readonly links: readonly Link[];
  readonly store: TruthStore;
  readonly trace: Trace;
  /** Breaks one connection that is open. */
  readonly resetOne: (dice: Dice) => boolean;
}

/** These are so from the beginning, or are brought by the clients. */
type FaultOfWholeRun = 'disconnect' | 'clockDrift' | 'clockSkew' | 'sameName' | 'fewKeys';

/** Mean time between two of a kind, in milliseconds, at the usual rate. */
const everyMs: Readonly<Record<Exclude<WorldFaultName, FaultOfWholeRun>, number>> = {
  storeCut: 1500,
  linkCut: 500,
  reset: 300,
  crash: 2000,
  pause: 1500,
  suspend: 1500,
  clockJump: 1500,
  lowMemory: 3000,
  readOnlyStore: 4000,
  hostileHead: 6000,
  handEdit: 700,
};

export class Chaos {
  readonly counts: Partial<Record<FaultName, number>> = {};
  readonly #options: ChaosOptions;
  /** For each kind of fault of its own, so that leaving one out changes nothing for the others. */
  readonly #dice: Readonly<Record<FaultName, Dice>>;
  #isOver = false;
  #isHostile = false;

  constructor(options: ChaosOptions) {
    this.#options = options;
    const dice = faultNames.map((name) => [name, new Dice(options.world.stream(name).random)] as const);
    this.#dice = Object.fromEntries(dice) as Record<FaultName, Dice>;
  }

  begin(): void {
    const { scenario, nodes } = this.#options;
    for (const node of nodes) {
      node.setStoreFaults(faultsOf(scenario));
      this.#setClock(node);
    }
    if (scenario.faults.has('sameName') && nodes.length > 1) this.count('sameName');
    if (scenario.faults.has('fewKeys')) this.count('fewKeys');
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
      node.limitMemory(0);
      if (!node.isUp) node.start();
    }
    for (const link of links) Object.assign(link, { forthCut: false, backCut: false });
    store.isReadOnly = false;
    if (this.#isHostile) await store.restore();
    this.#isHostile = false;
    this.#collectStoreCounts();
  }

  #setClock(node: SimulatedNode): void {
    const { scenario } = this.#options;
    if (scenario.faults.has('clockDrift')) {
      node.clockError.drift = this.#dice.clockDrift.between(-0.02, 0.02);
      this.count('clockDrift');
    }
    if (scenario.faults.has('clockSkew')) {
      node.clockError.offsetMs = someTime(this.#dice.clockSkew);
      this.count('clockSkew');
    }
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
    const dice = this.#dice[fault];
    this.#later(-Math.log(1 - dice.fraction()) * meanMs, () => {
      const what = this.#bring(fault, dice);
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
  #bring(fault: keyof typeof everyMs, dice: Dice): string | undefined {
    const { nodes, store, resetOne } = this.#options;
    const node = dice.pick(nodes);
    const lastsMs = dice.pick([10, 200, 3000]) * dice.fraction();
    switch (fault) {
      case 'crash':
        return this.#crash(node, lastsMs, dice);
      case 'pause':
      case 'suspend':
        node.pause(fault === 'suspend' ? 'machine' : 'process');
        this.#later(lastsMs, () => {
          node.resume();
        });
        return `${node.name} for ${lastsMs.toFixed(0)} ms`;
      case 'clockJump':
        node.clockError.offsetMs += someTime(dice);
        return `${node.name} is now off by ${node.clockError.offsetMs.toFixed(0)} ms`;
      case 'lowMemory':
        // Less than anything takes: nothing may grow until somebody sees to it.
        node.limitMemory(1);
        this.#later(lastsMs, () => {
          node.limitMemory(0);
        });
        return `${node.name} for ${lastsMs.toFixed(0)} ms`;
      case 'storeCut':
        return this.#cutStore(node, lastsMs, dice);
      case 'linkCut':
        return this.#cutLink(dice.pick(this.#options.links), lastsMs, dice);
      case 'reset':
        return resetOne(dice) ? 'of a connection' : undefined;
      case 'readOnlyStore':
        store.isReadOnly = true;
        this.#later(lastsMs, () => {
          store.isReadOnly = false;
        });
        return `for ${lastsMs.toFixed(0)} ms`;
      case 'handEdit':
        return store.edit(dice.pick(['1', '2'])) ? 'of the database' : undefined;
      case 'hostileHead':
        return this.#overwriteHead(lastsMs, dice);
    }
  }

  #crash(node: SimulatedNode, lastsMs: number, dice: Dice): string | undefined {
    // A start takes a while: nodes that are killed again and again before its end would serve nobody in any world.
    if (!node.isUp || (!node.isReady && dice.chance(0.9))) return undefined;
    node.kill();
    this.#later(lastsMs, () => {
      if (!node.isUp) node.start();
    });
    return `${node.name} for ${lastsMs.toFixed(0)} ms`;
  }

  #cutStore(node: SimulatedNode, lastsMs: number, dice: Dice): string {
    const way = dice.pick(['requestsCut', 'responsesCut'] as const);
    node.storeLink[way] = true;
    this.#later(lastsMs, () => {
      node.storeLink[way] = false;
    });
    return `${node.name} ${way} for ${lastsMs.toFixed(0)} ms`;
  }

  #cutLink(link: Link, lastsMs: number, dice: Dice): string {
    const ways = dice.pick([['forthCut'], ['backCut'], ['forthCut', 'backCut']] as const);
    for (const way of ways) link[way] = true;
    this.#later(lastsMs, () => {
      for (const way of ways) link[way] = false;
    });
    return `${ways.join(' and ')} for ${lastsMs.toFixed(0)} ms`;
  }

  #overwriteHead(lastsMs: number, dice: Dice): string | undefined {
    const { store } = this.#options;
    if (this.#isHostile) return undefined;
    this.#isHostile = true;
    const body = dice.pick(['', '{', 'null', '{"a":1}', '\0\0\0', '{"a":{"valthree":99}}', '[{}]']);
    void store.overwrite(body);
    this.#later(lastsMs, () => {
      void store.restore().then(() => {
        this.#isHostile = false;
      });
    });
    return `with ${JSON.stringify(body)} for ${lastsMs.toFixed(0)} ms`;
  }
}

/** What single requests to the store meet. */
export function faultsOf({ faults, storeFaultRate }: Scenario): Faults {
  const enabled = storeFaults.filter((fault) => faults.has(fault));
  return Object.fromEntries(enabled.map((fault) => [fault, storeFaultRate]));
}

function someTime(dice: Dice): number {
  return dice.between(-1, 1) * dice.pick([50, 5000, 3_600_000]);
}
