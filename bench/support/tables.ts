/** Prints what was measured. */
import type { Cost } from './cost.ts';
import type { Comparison } from './redis-benchmark.ts';
import type { Measurement } from './scenarios.ts';

export function printTable(results: readonly Measurement[]): void {
  console.log(line(['target', 'scenario', 'per second', 'p50 ms', 'p99 ms', 'requests/1000']));
  for (const { target, scenario, perSecond, p50Ms, p99Ms, requestsPer1000 } of results) {
    const requests = target.startsWith('redis') ? '' : requestsPer1000.toFixed(2);
    console.log(
      line([
        target,
        scenario,
        Math.round(perSecond).toLocaleString('en'),
        p50Ms.toFixed(2),
        p99Ms.toFixed(2),
        requests,
      ]),
    );
  }
}

/** The figures that the project has set itself, as ratios within this run. */
export function printRatios(results: readonly Measurement[]): void {
  const find = (target: string, scenario: string): Measurement | undefined =>
    results.find((result) => result.target === target && result.scenario === scenario);
  console.log('\nagainst redis-server without persistence, and with every write synced:');
  for (const scenario of new Set(results.map((result) => result.scenario))) {
    const [memory, redis] = [find('memory', scenario), find('redis', scenario)];
    const [file, synced] = [find('file', scenario), find('redis aof', scenario)];
    if (memory === undefined || redis === undefined) continue;
    const ratios = [`memory ${ratio(memory, redis)}`];
    if (file !== undefined && synced !== undefined)
      ratios.push(`file against appendfsync always ${ratio(file, synced)}`);
    console.log(`  ${scenario.padEnd(20)} ${ratios.join('   ')}`);
  }
  const crowd = find('20 ms', 'SET c=1000 P=1');
  if (crowd !== undefined) {
    console.log(
      `\n20 ms per request, 1000 clients: ${Math.round(crowd.perSecond)} SETs per second, p50 ${crowd.p50Ms.toFixed(1)} ms`,
    );
  }
  for (const name of ['SET', 'GET']) {
    const alone = find('20 ms', `${name} c=1 P=1`);
    if (alone !== undefined) console.log(`20 ms per request, one client: ${name} p50 ${alone.p50Ms.toFixed(1)} ms`);
  }
}

export function printComparisons(comparisons: readonly Comparison[]): void {
  if (comparisons.length === 0) return;
  console.log(
    '\nredis-benchmark, 50 clients, memory store against redis-server without persistence (medians of 5 alternating runs):',
  );
  for (const { test, pipeline, ours, theirs } of comparisons) {
    const rates = `${Math.round(ours).toLocaleString('en')} / ${Math.round(theirs).toLocaleString('en')} per second`;
    console.log(`  ${`${test} P=${pipeline}`.padEnd(10)} ${(ours / theirs).toFixed(2)} ×   ${rates}`);
  }
}

export function printCost({ requestsFor10000Sets, idleRequests, overheadBytesPerKey }: Cost): void {
  console.log(`\n10,000 concurrent SETs, 20 ms per request: ${requestsFor10000Sets} requests to the store`);
  console.log(`2 s without commands: ${idleRequests} requests to the store`);
  console.log(`memory per key beyond key and value: ${overheadBytesPerKey} bytes`);
}

function ratio(ours: Measurement, theirs: Measurement): string {
  return `${(ours.perSecond / theirs.perSecond).toFixed(2)} ×`;
}

function line(cells: readonly string[]): string {
  const widths = [10, 16, 12, 9, 9, 14];
  return cells
    .map((cell, index) => (index < 2 ? cell.padEnd(widths[index] ?? 0) : cell.padStart(widths[index] ?? 0)))
    .join(' ');
}
