/**
 * Snapshots of nodes that all write as fast as they can, and take turns by claims (`claim-sender.ts`): claims stand under
 * round numbers, and behind them what is void. Were those the ones at which snapshots begin, the log would grow and grow.
 */
import { expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { decodeHead, type Head } from '../../src/log/journal/head.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import { leftToNodes } from '../../src/tools/left-to-nodes.ts';
import { EngineCluster } from '../support/engine-cluster.ts';

const recordsMax = 512;
const graceMs = 1000;
const writingMs = 12_000;
const clientsPerNode = 10;
const nodes = [0, 1, 2];

/** All that were put, the oldest first, and the most records that were stored at once. */
interface Watched {
  readonly heads: Head[];
  recordsWorst: number;
}

function watch({ store }: EngineCluster): Watched {
  const [put, remove] = [store.put.bind(store), store.delete.bind(store)];
  const watched: Watched = { heads: [], recordsWorst: 0 };
  const records = new Set<string>();
  store.put = async (name, body, options) => {
    const result = await put(name, body, options);
    if (result.kind !== 'stored') return result;
    if (name === 'db') watched.heads.push(decodeHead(body));
    if (name.startsWith('db.log/')) records.add(name);
    watched.recordsWorst = Math.max(watched.recordsWorst, records.size);
    return result;
  };
  store.delete = (name) => {
    records.delete(name);
    return remove(name);
  };
  return watched;
}

/** Each client counts on its own. @returns how far it was told that it has come */
async function write(cluster: EngineCluster): Promise<ReadonlyMap<string, number>> {
  const { environment } = cluster;
  const endMs = environment.clock.monotonic() + writingMs;
  const counts = new Map<string, number>();
  const client = async (node: number, key: string): Promise<void> => {
    while (environment.clock.monotonic() < endMs) {
      counts.set(key, (await cluster.increment(node, key)) as number);
      await new Promise<void>((resolve) => environment.timers.set(resolve, environment.random.uint32() % 3));
    }
  };
  const clients = Array.from({ length: clientsPerNode }, (_, index) => index);
  await cluster.result(Promise.all(nodes.flatMap((node) => clients.map((index) => client(node, `${node}:${index}`)))));
  return counts;
}

/** What a node that is started now would hold. */
async function load(cluster: EngineCluster): Promise<Keyspace> {
  const { environment, store } = cluster;
  const keyspace = new Keyspace(1);
  const place = { store, name: 'db', node: 'fresh', environment, databaseCount: 1, requestTimeoutMs: 500 };
  const log = new JournalLog({ ...place, ...leftToNodes, mustExist: true });
  expect(await cluster.result(log.open(keyspace, Infinity))).toEqual({ kind: 'opened' });
  return keyspace;
}

it('they begin as soon as one is due, what is stored is bounded, and nothing is lost', async () => {
  const cluster = new EngineCluster(1, nodes.length, {}, 'journal', {
    latency: { minMs: 2, maxMs: 3 },
    timeoutMs: 30_000,
    newsLengthMax: 1 << 20,
    graceMs,
    snapshots: { ...snapshotLimitsDefault, recordsMax, bytesMin: Infinity },
  });
  const watched = watch(cluster);
  await cluster.start();
  const counts = await write(cluster);
  for (const { engine } of cluster.nodes) expect(engine.turns?.claims).toBeGreaterThan(50);
  const begins = watched.heads.map(({ log }) => log.number);
  const logLengths = begins.slice(1).map((number, i) => number - begins[i]!);
  expect(Math.max(...logLengths), `lengths of the log ${logLengths.join(' ')}`).toBeLessThan(1.25 * recordsMax);
  // The log, another one while a snapshot is written, and what was obsolete within the grace period.
  const recordsPerMs = begins.at(-1)! / writingMs;
  expect(watched.recordsWorst).toBeLessThan(2 * recordsMax + recordsPerMs * graceMs);
  expect(begins.at(-1)).toBeGreaterThan(10 * recordsMax);
  const fresh = await load(cluster);
  for (const [key, count] of counts) {
    expect(fresh.database(0).find(key)?.value).toBe(String(count));
    for (const node of nodes) expect(await cluster.result(cluster.read(node, key))).toBe(count);
  }
});
