/** Whole clusters, seed by seed. `VALTHREE_SIMULATION_SEEDS=from:count` runs others, or more. */
import { describe, expect, it } from 'vitest';
import { nodeProperties, type Property } from '../../src/environment/properties.ts';
import { runCampaign } from '../../src/simulation/campaign.ts';
import { faultNames, scenarioOf, type Scenario } from '../../src/simulation/scenario.ts';
import { shrink } from '../../src/simulation/shrink.ts';
import { simulate } from '../../src/simulation/world.ts';

const [firstSeed, seeds] = (process.env['VALTHREE_SIMULATION_SEEDS'] ?? '1:300').split(':').map(Number) as [
  number,
  number,
];

it(`keeps every promise on ${seeds} seeds from ${firstSeed} on, and meets every fault`, async () => {
  const startedAt = performance.now();
  const summary = await runCampaign({
    firstSeed,
    given: {},
    goesOn: (runs) => runs < seeds,
    onRun: () => undefined,
  });
  const injected = Object.values(summary.faults).reduce((sum, count) => sum + count, 0);
  const seconds = (performance.now() - startedAt) / 1000;
  console.log(
    `simulator: ${summary.runs} seeds, ${(summary.runs / seconds).toFixed(1)} a second, ${injected} faults injected, ` +
      `${summary.operations} operations, ${(summary.virtualMs / 1000 / seconds).toFixed(0)} times real time`,
  );
  expect(summary.failed?.failures, `valthree simulate --seed ${summary.failed?.scenario.seed}`).toBeUndefined();
  for (const name of faultNames) expect(summary.faults[name], name).toBeGreaterThan(0);
  expect(summary.imports).toBeGreaterThan(0);
  for (const [what, count] of Object.entries(summary.past)) expect(count, what).toBeGreaterThan(0);
  for (const { kind, message } of Object.values<Property>(nodeProperties)) {
    if (kind !== 'unreachable') expect(summary.properties.get(message) ?? 0, message).toBeGreaterThan(0);
  }
}, 600_000);

describe('a run', () => {
  it('is the same whenever it is run: every event, from the seed alone', async () => {
    for (const seed of [3, 14, 15]) {
      const [first, second] = [await simulate(scenarioOf(seed)), await simulate(scenarioOf(seed))];
      expect(first.events).toBeGreaterThan(100);
      expect([second.traceHash, second.events, second.virtualMs]).toEqual([
        first.traceHash,
        first.events,
        first.virtualMs,
      ]);
    }
    expect((await simulate(scenarioOf(3))).traceHash).not.toBe((await simulate(scenarioOf(4))).traceHash);
  });

  it('without faults: every operation has a definite answer', async () => {
    const { failures, operations } = await simulate(scenarioOf(1, { faults: new Set(), clients: 8, nodes: 3 }));
    expect(failures).toEqual([]);
    expect(operations.length).toBeGreaterThan(8);
    for (const operation of operations) expect(operation.outcome).not.toBe('info');
  });
});

describe('a failing run', () => {
  const scenario = scenarioOf(1, { clients: 9, nodes: 4, operations: 50, keys: 3, faults: new Set(faultNames) });

  it('is made as small as what makes it fail', async () => {
    const fails = ({ clients, operations, faults }: Scenario): boolean =>
      clients >= 2 && operations >= 7 && faults.has('crash') && faults.has('late');
    const steps: Scenario[] = [];
    const smallest = await shrink(scenario, {
      runsMax: 500,
      isOver: () => false,
      fails: (candidate) => Promise.resolve(fails(candidate)),
      onSmaller: (step) => steps.push(step),
    });
    expect(smallest).toMatchObject({ seed: 1, clients: 2, nodes: 1, operations: 7, keys: 1 });
    expect([...smallest.faults].sort()).toEqual(['crash', 'late']);
    expect(steps.at(-1)).toBe(smallest);
  });

  it('is not looked at for longer than allowed', async () => {
    const runsOf = async (bounds: { runsMax: number; msMax: number }): Promise<number> => {
      let runs = 0;
      await shrink(scenario, {
        runsMax: bounds.runsMax,
        isOver: () => runs >= bounds.msMax,
        fails: () => Promise.resolve(++runs % 2 === 0),
        onSmaller: () => undefined,
      });
      return runs;
    };
    expect(await runsOf({ runsMax: 10, msMax: 20 })).toBe(10);
    expect(await runsOf({ runsMax: 10, msMax: 5 })).toBe(5);
  });
});
