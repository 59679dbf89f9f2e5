/** The same load by `redis-benchmark`, which costs the machine less than a generator in JavaScript. */
import { spawnSync } from 'node:child_process';

export interface Comparison {
  readonly test: 'SET' | 'GET';
  readonly pipeline: number;
  /** Commands per second of this node and of redis-server: medians of alternating runs. */
  readonly ours: number;
  readonly theirs: number;
}

const rounds = 5;
const clients = 50;

/** @param ports of this node and of redis-server, both running */
export function compareByRedisBenchmark(
  ports: { readonly ours: number; readonly theirs: number },
  quick: boolean,
): Comparison[] {
  const comparisons: Comparison[] = [];
  for (const pipeline of [1, 32]) {
    const commands = (pipeline === 1 ? 100_000 : 1_500_000) / (quick ? 4 : 1);
    for (const test of ['SET', 'GET'] as const) {
      const ours: number[] = [];
      const theirs: number[] = [];
      for (let round = 0; round <= rounds; round++) {
        const pair = [run(ports.ours, test, pipeline, commands), run(ports.theirs, test, pipeline, commands)] as const;
        // The first round warms up.
        if (round === 0) continue;
        ours.push(pair[0]);
        theirs.push(pair[1]);
      }
      comparisons.push({ test, pipeline, ours: median(ours), theirs: median(theirs) });
    }
  }
  return comparisons;
}

function run(port: number, test: string, pipeline: number, commands: number): number {
  const args = [
    '-p',
    String(port),
    '-c',
    String(clients),
    '-n',
    String(commands),
    '-P',
    String(pipeline),
    '-t',
    test.toLowerCase(),
    '--csv',
  ];
  const { stdout } = spawnSync('redis-benchmark', args, { encoding: 'utf8' });
  const perSecond = Number(new RegExp(`"${test}","([0-9.]+)"`).exec(stdout)?.[1]);
  if (!(perSecond > 0)) throw new Error(`redis-benchmark said nothing of ${test}: ${stdout}`);
  return perSecond;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] as number;
}
