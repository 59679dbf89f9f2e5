/**
 * `npm run bench`: starts what it compares in one run, on this machine, and prints ratios; the figures themselves say
 * little on a noisy machine. `--quick` measures less long; `--only memory,redis` some of the targets.
 * Results also go to `bench/results/latest.json`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ceph, cephIsInstalled } from '../test/support/ceph.ts';
import { measureCost } from './support/cost.ts';
import { hasProgram, startRedis, startValthree, type RunningServer } from './support/servers.ts';
import { measure, scenarios, type Measurement } from './support/scenarios.ts';
import { printCost, printRatios, printTable } from './support/tables.ts';

interface Target {
  readonly name: string;
  start(): Promise<RunningServer>;
}

const quick = process.argv.includes('--quick');
const only = process.argv[process.argv.indexOf('--only') + 1]?.split(',');
const directory = mkdtempSync(join(tmpdir(), 'valthree-bench-'));
const ceph = cephIsInstalled ? await Ceph.start() : undefined;

const targets: Target[] = [
  { name: 'memory', start: () => startValthree(['--store', 'memory:']) },
  { name: 'file', start: () => startValthree(['--store', join(directory, 'file')]) },
  { name: '20 ms', start: () => startValthree(['--store', 'memory:?latency=20ms']) },
];
if (ceph !== undefined) {
  const { endpoints, accessKeyId, secretAccessKey } = ceph;
  const flags = ['--s3-addr', endpoints[0] as string, '--s3-user', accessKeyId, '--s3-pass', secretAccessKey];
  targets.push({ name: 's3', start: () => startValthree(['--store', 's3://bench/db', ...flags]) });
}
if (hasProgram('redis-server')) {
  targets.push({ name: 'redis', start: () => startRedis(false) });
  targets.push({ name: 'redis aof', start: () => startRedis(true) });
} else {
  console.log('redis-server is not installed: no comparison with it');
}

const results: Measurement[] = [];
try {
  for (const target of targets.filter(
    ({ name }) => only === undefined || !process.argv.includes('--only') || only.includes(name),
  )) {
    const server = await target.start();
    try {
      for (const scenario of scenarios) {
        process.stderr.write(`\r${target.name}: ${scenario.name}`.padEnd(60));
        results.push(await measure({ target: target.name, scenario, port: server.port, quick }));
      }
    } finally {
      await server.stop();
    }
  }
  process.stderr.write('\r'.padEnd(60));
  printTable(results);
  printRatios(results);
  const cost = await measureCost();
  printCost(cost);
  mkdirSync('bench/results', { recursive: true });
  writeFileSync(
    'bench/results/latest.json',
    `${JSON.stringify({ node: process.version, results, cost }, undefined, 2)}\n`,
  );
  console.log('\nWritten to bench/results/latest.json');
} finally {
  ceph?.stop();
  rmSync(directory, { recursive: true, force: true });
}
