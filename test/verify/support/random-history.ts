/**
 * Long histories of many clients on several keys, from a seed: for tests and benchmarks of speed. They are as a real
 * workload makes them: values are unique where the model has values, few operations have an uncertain end, and of those
 * some have taken place.
 */
import type { History, Json } from '../../../src/verify/history.ts';
import { seededRandom } from '../../../src/environment/seeded-random.ts';
import { simulateHistory, type Plan } from './simulate-history.ts';

export interface RandomHistoryOptions {
  readonly seed: number;
  readonly operations: number;
  readonly keys: number;
  readonly clients: number;
  /** Of a thousand operations. */
  readonly uncertainPerMille: number;
  /** Names of operations and how often they are drawn; not all that the model has. */
  readonly mix: Readonly<Record<string, number>>;
  /** How many different values are written to registers, as Jepsen does it; left out: all are different. */
  readonly values?: number;
  /** Nothing answers more than it must: enqueues no lengths. */
  readonly quiet?: boolean;
}

/** What each model is asked to do. Collections are emptied at least as fast as they are filled. */
export const mixes: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  register: { read: 5, write: 5 },
  'cas-register': { read: 4, write: 3, cas: 3 },
  counter: { read: 5, add: 5 },
  kv: { get: 4, put: 1, append: 3 },
  set: { add: 4, remove: 3, contains: 2, read: 1 },
  list: { lpush: 1, rpush: 2, lpop: 2, rpop: 1, read: 1, length: 1 },
  queue: { enqueue: 4, dequeue: 6 },
  valkey: { get: 8, set: 4, del: 1, incr: 1, append: 3, setnx: 1, expire: 1 },
};

export function randomHistory(model: string, options: RandomHistoryOptions): History {
  const random = seededRandom(options.seed);
  const below = (count: number): number => random.uint32() % count;
  const names = Object.entries(options.mix).flatMap(([f, weight]) => Array.from({ length: weight }, () => f));
  const plans = Array.from({ length: options.operations }, (_, index): Plan => {
    const f = names[below(names.length)]!;
    return {
      client: below(options.clients),
      key: `k${below(options.keys)}`,
      f,
      input: inputOf(model, f, index, below, options.values),
      think: below(10),
      beforeEffect: 1 + below(50),
      afterEffect: 1 + below(50),
      fate: below(1000) < options.uncertainPerMille ? (below(2) === 0 ? 'late' : 'lost') : 'ok',
      quiet: options.quiet === true,
      lie: 0,
    };
  });
  return simulateHistory(model, plans);
}

function inputOf(model: string, f: string, index: number, below: (count: number) => number, values = Infinity): Json {
  switch (f) {
    case 'write':
      return values === Infinity ? index : below(values);
    case 'lpush':
    case 'rpush':
    case 'enqueue':
      return index;
    case 'cas':
      return [below(Math.min(values, 5)), below(Math.min(values, 5))];
    case 'add':
      return model === 'set' ? below(100) : 1 + below(3);
    case 'remove':
    case 'contains':
      return below(100);
    case 'put':
    case 'append':
    case 'set':
    case 'setnx':
      return `v${index} `;
    case 'expire':
      return 200;
    default:
      return null;
  }
}
