import { describe, expect, it } from 'vitest';
import type { Fault, Faults } from '../../src/store/faulty-store.ts';
import {
  counterViolation,
  EngineCluster,
  layouts,
  resultOf,
  type CounterOperation,
  type Layout,
} from '../support/engine-cluster.ts';

const keys = ['a', 'b', 'c', 'd'];

/** Twelve clients on three nodes count on four keys; then the faults end, and everybody must answer and agree. */
async function countUnder(
  layout: Layout,
  faults: Faults,
  seed: number,
  operationsPerClient = 15,
): Promise<EngineCluster> {
  const cluster = new EngineCluster(seed, 3, {}, layout);
  await cluster.start();
  cluster.setFaults(faults);
  const { environment } = cluster;
  const history = new Map<string, CounterOperation[]>(keys.map((key) => [key, []]));
  const client = async (node: number): Promise<void> => {
    for (let i = 0; i < operationsPerClient; i++) {
      const key = keys[environment.random.uint32() % keys.length]!;
      const kind = environment.random.uint32() % 3 === 0 ? 'read' : 'increment';
      const calledAt = environment.clock.monotonic();
      const reply = await (kind === 'read' ? cluster.read(node, key) : cluster.increment(node, key));
      history.get(key)!.push({ kind, calledAt, returnedAt: environment.clock.monotonic(), result: resultOf(reply) });
      await new Promise<void>((resolve) => environment.timers.set(resolve, environment.random.uint32() % 100));
    }
  };
  await cluster.result(Promise.all(Array.from({ length: 12 }, (_, i) => client(i % 3))));
  cluster.setFaults({});
  // What was delayed may still land.
  await environment.advance(10_000);
  for (const key of keys) {
    const beforeMs = environment.clock.monotonic();
    const values = await cluster.result(Promise.all([0, 1, 2].map((node) => cluster.read(node, key))));
    expect(environment.clock.monotonic() - beforeMs, `seed ${seed}: slow after the faults`).toBeLessThan(2000);
    expect(new Set(values).size, `seed ${seed}: the nodes disagree: ${JSON.stringify(values)}`).toBe(1);
    expect(counterViolation(history.get(key)!, values[0] as number), `seed ${seed}, key ${key}`).toBeUndefined();
  }
  return cluster;
}

const each: Record<string, Faults> = {
  'no fault': {},
  'refused connections': { refused: 0.3 },
  'lost requests': { lostRequest: 0.2 },
  'lost responses': { lostResponse: 0.3 },
  'requests that land late': { late: 0.2 },
  'duplicated requests': { duplicate: 0.3 },
  '409': { conflict: 0.3 },
  '500': { serverError: 0.3 },
  '503 of a gateway': { gatewayError: 0.3 },
  '503 SlowDown': { throttled: 0.3 },
  stalls: { stall: 0.2 },
  'truncated bodies': { truncated: 0.3 },
};

describe.each(layouts)('%s: three nodes, twelve clients, INCR on four keys', (layout) => {
  it.each(Object.entries(each))('under %s: nothing lost, nothing twice, nothing stale', async (_, faults) => {
    for (let seed = 1; seed <= 6; seed++) {
      const cluster = await countUnder(layout, faults, seed);
      for (const fault of Object.keys(faults) as Fault[]) {
        const met = cluster.nodes.reduce((sum, { faulty }) => sum + faulty.counts[fault], 0);
        // A get is truncated only where there is something to get.
        if (fault !== 'truncated') expect(met).toBeGreaterThan(0);
      }
    }
  });

  it('under 20 % faults of every kind at once', async () => {
    const kinds = Object.values(each).flatMap((faults) => Object.keys(faults) as Fault[]);
    const faults = Object.fromEntries(kinds.map((kind) => [kind, 0.2 / kinds.length]));
    for (let seed = 1; seed <= 40; seed++) await countUnder(layout, faults, seed);
  });

  it('under a store that is unreachable most of the time, errors say what happened', async () => {
    const cluster = await countUnder(layout, { lostRequest: 0.5, late: 0.3, refused: 0.2 }, 5, 4);
    const { uncertainTasks } = cluster.nodes[0]!.engine.statistics;
    expect(uncertainTasks).toBeGreaterThan(0);
  });
});

describe.each(layouts)('%s: cost', (layout) => {
  it('settles 10,000 concurrent writes on one node with few requests', async () => {
    const cluster = new EngineCluster(1, 1, {}, layout);
    await cluster.start();
    await cluster.result(Promise.all(Array.from({ length: 10_000 }, (_, i) => cluster.increment(0, `key:${i}`))));
    expect(cluster.nodes[0]!.engine.statistics.writeRounds).toBeLessThanOrEqual(30);
  });
});
