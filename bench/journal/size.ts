/** Whether the pace depends on the size of the database: the same load on a small and a large one, in turns. */
import { spawnSync } from 'node:child_process';
import { fill } from '../support/fill.ts';
import { runInProcess } from '../support/run-load.ts';
import { startValthree, type RunningServer } from '../support/servers.ts';
import { atMost, median, type Figure } from '../support/figure.ts';
import type { Place } from './place.ts';

/** Both databases are there, and stay. */
export const smallDatabase = 'small';
export const largeDatabase = 'large';
const smallKeys = 1000;
const valueBytes = 100;
const rounds = 7;

interface Pace {
  readonly alone: { readonly p50Ms: number };
  readonly crowd: { readonly perSecond: number };
}

/** @param keys of the large database */
export async function measureSize(place: Place, keys: number, quick: boolean): Promise<Figure[]> {
  const flags = (database: string): readonly string[] => [...place.flags(database), '--layout', 'journal'];
  const [small, large] = [await filled(flags(smallDatabase), smallKeys), await filled(flags(largeDatabase), keys)];
  const [latencies, rates]: [number[], number[]] = [[], []];
  try {
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      const less = await pace(small, smallKeys, quick);
      const more = await pace(large, keys, quick);
      if (round === 0) continue;
      latencies.push(more.alone.p50Ms / less.alone.p50Ms);
      rates.push(less.crowd.perSecond / more.crowd.perSecond);
    }
  } finally {
    await small.stop();
    await large.stop();
  }
  const what = `${place.name}: SET with ${keys.toLocaleString('en')} keys against ${smallKeys.toLocaleString('en')}`;
  return [
    { what: `${what}, latency of one client`, ...atMost(median(latencies), 1.15) },
    { what: `${what}, time per SET of 50 clients`, ...atMost(median(rates), 1.15) },
    await measurePlain(place, keys),
  ];
}

/** The same where every commit is the whole database. The large database is copied. */
async function measurePlain(place: Place, keys: number): Promise<Figure> {
  const plain = `${largeDatabase}-plain`;
  const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
  const flags = [...place.flags(largeDatabase), ...place.destination(plain), '--layout', 'plain'];
  const { status, stderr } = spawnSync(process.execPath, [main, 'copy', ...flags], { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const small = await filled([...place.flags(`${smallDatabase}-plain`), '--layout', 'plain'], smallKeys);
  const large = await startValthree(place.flags(plain));
  try {
    const load = { clients: 1, pipeline: 1, readShare: 0, valueBytes, durationMs: 10_000 };
    const less = await runInProcess({ ...load, port: small.port, keys: smallKeys, durationMs: 2000 });
    const more = await runInProcess({ ...load, port: large.port, keys });
    return {
      what: `${place.name}: the same in the layout \`plain\`, latency of one client`,
      measured: `${(more.p50Ms / less.p50Ms).toFixed(0)} × (${less.p50Ms.toFixed(1)} and ${more.p50Ms.toFixed(0)} ms)`,
    };
  } finally {
    await small.stop();
    await large.stop();
  }
}

async function filled(flags: readonly string[], keys: number): Promise<RunningServer> {
  const server = await startValthree(flags);
  await fill(server.port, keys, valueBytes);
  return server;
}

async function pace({ port }: RunningServer, keys: number, quick: boolean): Promise<Pace> {
  const load = { port, pipeline: 1, readShare: 0, keys, valueBytes, durationMs: quick ? 1000 : 3000 };
  return { alone: await runInProcess({ ...load, clients: 1 }), crowd: await runInProcess({ ...load, clients: 50 }) };
}
