/**
 * Large histories of list-append from a seed: clients that run transactions against one store, each of which takes
 * place at a moment between its call and its return. A planted fault breaks some of them.
 */
import { seededRandom } from '../../../src/environment/seeded-random.ts';
import type { History, Json, Operation } from '../../../src/verify/history.ts';

export interface LargeOptions {
  readonly seed: number;
  readonly transactions: number;
  readonly clients: number;
  /** Keys in use at one time; a key is given up for a new one after `appendsMax` appends. */
  readonly keys: number;
  readonly appendsMax: number;
  /** Of ten thousand transactions, how many read what the store had long ago. */
  readonly staleOf10000?: number;
  /** Of ten thousand transactions, how many see another state for each of their reads. */
  readonly fracturedOf10000?: number;
}

interface Planned {
  readonly process: number;
  readonly call: number;
  readonly commit: number;
  readonly return: number;
}

export function largeHistory(options: LargeOptions): History {
  const source = seededRandom(options.seed);
  const random = (): number => source.uint32() / 2 ** 32;
  const store = new Store(options, random);
  const operations = plan(options, random)
    .sort((left, right) => left.commit - right.commit)
    .map((planned) => store.run(planned))
    .sort((left, right) => left.call - right.call);
  return { model: 'list-append', initial: undefined, nullReadIsWildcard: false, operations };
}

/** Uncertain outcomes end a process, and its client goes on as a new one. */
function plan({ transactions, clients }: LargeOptions, random: () => number): Planned[] {
  const free = Array.from({ length: clients }, (_, process) => ({ process, at: random() }));
  return Array.from({ length: transactions }, () => {
    const client = free.reduce((first, one) => (one.at < first.at ? one : first));
    const call = client.at + random();
    const commit = call + random();
    const returned = commit + random();
    client.at = returned;
    return { process: client.process, call, commit, return: returned };
  });
}

class Store {
  readonly #options: LargeOptions;
  readonly #random: () => number;
  readonly #lists = new Map<string, readonly number[]>();
  readonly #keys: string[];
  #keysMade: number;
  #processes: number;
  readonly #processOf = new Map<number, number>();

  constructor(options: LargeOptions, random: () => number) {
    this.#options = options;
    this.#random = random;
    this.#keys = Array.from({ length: options.keys }, (_, at) => `k${at}`);
    this.#keysMade = options.keys;
    this.#processes = options.clients;
  }

  run({ process: client, call, return: returned }: Planned): Operation {
    const process = this.#processOf.get(client) ?? client;
    const chance = this.#random();
    const outcome = chance < 0.02 ? 'info' : chance < 0.04 ? 'fail' : 'ok';
    const happens = outcome === 'ok' || (outcome === 'info' && this.#random() < 0.5);
    if (outcome === 'info') this.#processOf.set(client, this.#processes++);
    const staleness = this.#draw(this.#options.staleOf10000) ? 5 : 0;
    const isFractured = this.#draw(this.#options.fracturedOf10000);
    const own = new Map<string, number[]>();
    const before = new Map<string, readonly number[]>();
    const steps = Array.from({ length: 1 + Math.floor(4 * this.#random()) }, () => {
      const key = this.#keys[Math.floor(this.#keys.length * this.#random())] as string;
      const list = this.#lists.get(key) ?? [];
      const known =
        before.get(key) ?? list.slice(0, Math.max(0, list.length - staleness - (isFractured ? this.#lag() : 0)));
      before.set(key, known);
      const appended = own.get(key) ?? [];
      if (this.#random() < 0.5) return ['r', key, [...known, ...appended]] as const;
      const value = list.length + appended.length + 1;
      // What did not happen leaves no gap behind, so its values must be others.
      const unique = happens ? value : -Math.floor(1e9 * this.#random());
      own.set(key, [...appended, unique]);
      return ['append', key, unique] as const;
    });
    if (happens) this.#keep(own);
    const input = steps.map(([f, key, value]) => [f, key, f === 'r' ? null : value] as const);
    const output = outcome === 'ok' ? (steps as Json) : null;
    const end = outcome === 'info' ? Infinity : returned;
    return { process, f: 'txn', key: null, input, output, call, return: end, outcome };
  }

  #keep(own: ReadonlyMap<string, readonly number[]>): void {
    for (const [key, appended] of own) {
      const list = [...(this.#lists.get(key) ?? []), ...appended];
      this.#lists.set(key, list);
      if (list.length >= this.#options.appendsMax) this.#keys[this.#keys.indexOf(key)] = `k${this.#keysMade++}`;
    }
  }

  #draw(of10000 = 0): boolean {
    return this.#random() * 10_000 < of10000;
  }

  #lag(): number {
    return Math.floor(4 * this.#random());
  }
}
