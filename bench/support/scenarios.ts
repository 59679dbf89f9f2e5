/** What is measured on every target. */
import type { LoadOptions, LoadResult } from './load.ts';
import { runInProcess } from './run-load.ts';
import { storeRequests } from './servers.ts';

export interface Scenario {
  readonly name: string;
  readonly clients: number;
  readonly pipeline: number;
  readonly readShare: number;
}

export interface Measurement extends LoadResult {
  readonly target: string;
  readonly scenario: string;
  readonly clients: number;
  readonly pipeline: number;
  /** Requests to the store per 1,000 commands; 0 for servers without one. */
  readonly requestsPer1000: number;
}

const mixes: readonly (readonly [name: string, readShare: number])[] = [
  ['SET', 0],
  ['GET', 1],
  ['80/20', 0.8],
];
const shapes: readonly (readonly [clients: number, pipeline: number])[] = [
  [1, 1],
  [50, 1],
  [1000, 1],
  [50, 32],
];

export const scenarios: readonly Scenario[] = shapes.flatMap(([clients, pipeline]) =>
  mixes.map(([name, readShare]) => ({ name: `${name} c=${clients} P=${pipeline}`, clients, pipeline, readShare })),
);

/** Keys in use: `plain` writes all of them with every commit, and is for small databases. */
const keys = 100;
const valueBytes = 16;

export async function measure(options: {
  readonly target: string;
  readonly scenario: Scenario;
  readonly port: number;
  readonly quick: boolean;
}): Promise<Measurement> {
  const { target, scenario, port, quick } = options;
  const { clients, pipeline, readShare } = scenario;
  const load: LoadOptions = {
    port,
    clients,
    pipeline,
    readShare,
    keys,
    valueBytes,
    durationMs: quick ? 1000 : 3000,
  };
  // The first run warms the compilers and the connections of both sides up.
  await runInProcess({ ...load, durationMs: quick ? 300 : 1000 });
  const before = await storeRequests(port);
  const result = await runInProcess(load);
  const requestsPer1000 = ((await storeRequests(port)) - before) / (result.commands / 1000);
  return { target, scenario: scenario.name, clients, pipeline, requestsPer1000, ...result };
}
