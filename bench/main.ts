/**
 * `npm run bench`: starts what it compares in one run, on this machine, and prints ratios; the figures themselves say
 * little on a noisy machine. `--quick` measures less long; `--only memory,redis` some of the targets,
 * `--only journal` only the figures of that layout, `--only collections` only those of hashes, lists and sets, `--only large` only what a database of a million keys costs,
 * `--only checker` only how fast histories are judged.
 * Results also go to `bench/results/latest.json`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ceph, cephIsInstalled } from '../test/support/ceph.ts';
import { measureCollections } from './collections/collections.ts';
import { measureCost } from './support/cost.ts';
import { measureJournal } from './journal/journal.ts';
import { measureLarge, printLarge, type LargePlace } from './support/large.ts';
import { compareByRedisBenchmark, type Comparison } from './support/redis-benchmark.ts';
import { hasProgram, startRedis, startValthree, type RunningServer } from './support/servers.ts';
import { measure, scenarios, type Measurement } from './support/scenarios.ts';
import { printComparisons, printCost, printRatios, printTable } from './support/tables.ts';

interface Target {
  readonly name: string;
  start(): Promise<RunningServer>;
}

const quick = process.argv.includes('--quick');
const only = process.argv.includes('--only') ? process.argv[process.argv.indexOf('--only') + 1]?.split(',') : undefined;
const directory = mkdtempSync(join(tmpdir(), 'valthree-bench-'));
const isWanted = (name: string): boolean => only?.includes(name) ?? true;
const ceph = cephIsInstalled && ['s3', 'large', 'journal'].some(isWanted) ? await Ceph.start() : undefined;

const s3Flags = ceph === undefined ? undefined : flagsFor(ceph);
const targets: Target[] = [
  { name: 'memory', start: () => startValthree(['--store', 'memory:']) },
  { name: 'file', start: () => startValthree(['--store', join(directory, 'file')]) },
  { name: '20 ms', start: () => startValthree(['--store', 'memory:?latency=20ms']) },
];
if (s3Flags !== undefined)
  targets.push({ name: 's3', start: () => startValthree(['--store', 's3://bench/db', ...s3Flags]) });
if (hasProgram('redis-server')) {
  targets.push({ name: 'redis', start: () => startRedis(false) });
  targets.push({ name: 'redis aof', start: () => startRedis(true) });
} else if (only === undefined) {
  console.log('redis-server is not installed: no comparison with it');
}

const chosen = targets.filter(({ name }) => isWanted(name));
const servers = new Map<string, RunningServer>();
const results: Measurement[] = [];
let comparisons: readonly Comparison[] = [];
try {
  for (const target of chosen) servers.set(target.name, await target.start());
  // Scenario by scenario over all targets, so that a bad minute of the machine hits all of them.
  for (const scenario of scenarios) {
    for (const [target, { port }] of servers) {
      process.stderr.write(`\r${scenario.name}: ${target}`.padEnd(60));
      results.push(await measure({ target, scenario, port, quick }));
    }
  }
  const [ours, theirs] = [servers.get('memory'), servers.get('redis')];
  if (ours !== undefined && theirs !== undefined && hasProgram('redis-benchmark')) {
    process.stderr.write('\rredis-benchmark'.padEnd(60));
    comparisons = compareByRedisBenchmark({ ours: ours.port, theirs: theirs.port }, quick);
  }
  process.stderr.write('\r'.padEnd(60));
  if (chosen.length > 0) await report();
  if (isWanted('journal')) await measureJournal(join(directory, 'journal'), ceph, quick);
  if (isWanted('collections') && hasProgram('redis-benchmark')) await measureCollections(quick);
  if (isWanted('large')) printLarge(await measureLarge(largePlaces(), quick));
} finally {
  for (const server of servers.values()) await server.stop();
  ceph?.stop();
  rmSync(directory, { recursive: true, force: true });
}

if (isWanted('checker')) {
  console.log('\nhistories judged, on one core:');
  await import('./micro/checker.ts');
  console.log('\ntransactions judged, on one core:');
  await import('./micro/list-append.ts');
}

function flagsFor({ endpoints, accessKeyId, secretAccessKey }: Ceph): string[] {
  return ['--s3-addr', endpoints[0] as string, '--s3-user', accessKeyId, '--s3-pass', secretAccessKey];
}

function largePlaces(): LargePlace[] {
  const file = { name: 'file', flags: ['--store', join(directory, 'large')] };
  return s3Flags === undefined ? [file] : [file, { name: 's3', flags: ['--store', 's3://bench/large', ...s3Flags] }];
}

async function report(): Promise<void> {
  printTable(results);
  printRatios(results);
  printComparisons(comparisons);
  const cost = await measureCost();
  printCost(cost);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    'bench/results/latest.json',
    `${JSON.stringify({ node: process.version, results, comparisons, cost }, undefined, 2)}\n`,
  );
  console.log('\nWritten to bench/results/latest.json');
}
