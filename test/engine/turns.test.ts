/** Nodes that write to one journal at once: each gets its share, and claims that were left behind do no harm. */
import { describe, expect, it } from 'vitest';
import { decodeHead } from '../../src/log/journal/head.ts';
import { recordName } from '../../src/log/journal/names.ts';
import { claimParent, encodeRecord, writerOf } from '../../src/log/journal/record.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { EngineCluster } from '../support/engine-cluster.ts';

const latency = { minMs: 20, maxMs: 30 };

function newCluster(nodes: number, { seed = 1, newsLengthMax = 1 << 20 } = {}): EngineCluster {
  return new EngineCluster(seed, nodes, {}, 'journal', { latency, timeoutMs: 30_000, newsLengthMax });
}

/** By node: how long each command took, in milliseconds, but for those at the beginning. */
type Latencies = readonly (readonly number[])[];

const warmUpMs = 2000;
const measuredMs = 8000;

/** Clients of these nodes write as fast as they are answered. */
async function write(cluster: EngineCluster, nodes: readonly number[], clients = 20): Promise<Latencies> {
  const { environment } = cluster;
  const startedAt = environment.clock.monotonic();
  const latencies = cluster.nodes.map((): number[] => []);
  const client = async (node: number, index: number): Promise<void> => {
    for (;;) {
      await new Promise<void>((resolve) => environment.timers.set(resolve, environment.random.uint32() % 3));
      const calledAt = environment.clock.monotonic();
      if (calledAt > startedAt + warmUpMs + measuredMs) return;
      expect(await cluster.increment(node, `${node}:${index}`)).toEqual(expect.any(Number));
      if (calledAt > startedAt + warmUpMs) latencies[node]!.push(environment.clock.monotonic() - calledAt);
    }
  };
  const all = nodes.flatMap((node) => Array.from({ length: clients }, (_, index) => client(node, index)));
  await cluster.result(Promise.all(all));
  return latencies;
}

async function recordsOf(cluster: EngineCluster): Promise<readonly StoredRecord[]> {
  const listed = await cluster.store.list('db.log/');
  if (listed.kind !== 'listed') throw new Error(listed.kind);
  const records: StoredRecord[] = [];
  for (const { name } of listed.objects) {
    const found = await cluster.store.get(name);
    if (found.kind === 'found') records.push(JSON.parse(Buffer.from(found.body).toString()) as StoredRecord);
  }
  return records.sort((a, b) => a.number - b.number);
}

interface StoredRecord {
  readonly number: number;
  readonly id: string;
  readonly parent: string;
  readonly time: number;
}

/** Those before the first missing number. */
function beforeTheEnd(records: readonly StoredRecord[]): readonly StoredRecord[] {
  const end = records.findIndex(({ number }, i) => number !== i + 1);
  return end < 0 ? records : records.slice(0, end);
}

/** Somebody who asked for a turn, and may be gone since. */
async function putClaim(cluster: EngineCluster, number: number, id: string, time: number): Promise<void> {
  const head = await cluster.store.get('db');
  if (head.kind !== 'found') throw new Error(head.kind);
  const { database } = decodeHead(head.body);
  const claim = { database, number, id, parent: claimParent, node: 'gone', time, content: '[]' };
  await cluster.store.put(recordName('db', number), encodeRecord(claim));
}

/** One after another. @returns how long each took, in milliseconds */
async function incrementInTurn(cluster: EngineCluster, node: number, key: string, count: number): Promise<number[]> {
  const durations: number[] = [];
  for (let i = 1; i <= count; i++) {
    const calledAt = cluster.environment.clock.monotonic();
    expect(await cluster.result(cluster.increment(node, key))).toBe(i);
    durations.push(cluster.environment.clock.monotonic() - calledAt);
  }
  return durations;
}

describe('several nodes whose clients write all the time', () => {
  it.each([
    { nodes: 2, clients: 20, eachAtLeast: 0.3, allAtLeast: 0.7 },
    { nodes: 3, clients: 20, eachAtLeast: 0.18, allAtLeast: 0.6 },
    { nodes: 3, clients: 1, eachAtLeast: 0.18, allAtLeast: 0.6 },
    { nodes: 6, clients: 5, eachAtLeast: 0.07, allAtLeast: 0.5 },
    // They are handed what others have written in bits.
    { nodes: 3, clients: 20, eachAtLeast: 0.18, allAtLeast: 0.6, newsLengthMax: 3000 },
  ])('$nodes nodes, $clients clients each: everybody gets its share', async ({ nodes, clients, ...expected }) => {
    const { eachAtLeast, allAtLeast, newsLengthMax } = expected;
    const lone = newCluster(1);
    await lone.start();
    const alone = (await write(lone, [0], clients))[0]!.length;
    const cluster = newCluster(nodes, { newsLengthMax });
    await cluster.start();
    const latencies = await write(cluster, [...cluster.nodes.keys()], clients);
    const shares = latencies.map(({ length }) => length / alone);
    expect(Math.min(...shares), `shares ${shares.join(' ')}`).toBeGreaterThan(eachAtLeast);
    expect(shares.reduce((sum, share) => sum + share)).toBeGreaterThan(allAtLeast);
    // Of the turns of all, one after another.
    for (const durations of latencies) expect(Math.max(...durations)).toBeLessThan(500 * nodes);
    for (const { engine } of cluster.nodes) expect(engine.turns?.claims).toBeGreaterThan(3);
  });

  it('one of them far away: it gets some', async () => {
    const cluster = newCluster(3);
    const { environment } = cluster;
    const { faulty } = cluster.nodes[0]!;
    const [get, put] = [faulty.get.bind(faulty), faulty.put.bind(faulty)];
    const later = async <T>(request: () => Promise<T>): Promise<T> => {
      await new Promise<void>((resolve) => environment.timers.set(resolve, 50));
      const result = await request();
      await new Promise<void>((resolve) => environment.timers.set(resolve, 50));
      return result;
    };
    faulty.get = (name, options) => later(() => get(name, options));
    faulty.put = (name, body, options) => later(() => put(name, body, options));
    await cluster.start();
    const [far, ...near] = await write(cluster, [0, 1, 2]);
    expect(far!.length).toBeGreaterThan(100);
    for (const { length } of near) expect(length).toBeGreaterThan(1000);
  });
});

describe('a node that writes alone', () => {
  it('sends a put a commit and nothing else, and never waits', async () => {
    const cluster = newCluster(1);
    await cluster.start();
    const requests = { get: 0, put: 0 };
    const { faulty, engine } = cluster.nodes[0]!;
    const [get, put] = [faulty.get.bind(faulty), faulty.put.bind(faulty)];
    faulty.get = (...args) => (requests.get++, get(...args));
    faulty.put = (...args) => (requests.put++, put(...args));
    const [durations] = await write(cluster, [0]);
    expect(requests).toEqual({ get: 0, put: engine.statistics.writeRounds });
    expect(Math.max(...durations!)).toBeLessThan(3 * latency.maxMs);
    expect(engine.turns).toEqual({ claims: 0, yields: 0 });
  });

  it('asks for no turn where the store is slow or away, nor where others only read', async () => {
    const cluster = new EngineCluster(3, 2, {}, 'journal');
    await cluster.start();
    cluster.setFaults({ lostRequest: 0.2, late: 0.2, slow: 0.2, stall: 0.05, lostResponse: 0.1 });
    for (let i = 0; i < 60; i++) {
      await cluster.result(Promise.all([cluster.increment(0, 'a'), cluster.read(1, 'a')]));
    }
    cluster.setFaults({ refused: 1 });
    await cluster.result(cluster.increment(0, 'a'));
    for (const { engine } of cluster.nodes) expect(engine.turns).toEqual({ claims: 0, yields: 0 });
  });
});

describe('a claim that was left behind', () => {
  it('costs one bounded pause where its node has died, and is void', async () => {
    const cluster = newCluster(1);
    await cluster.start();
    await incrementInTurn(cluster, 0, 'before', 2);
    await putClaim(cluster, 5, 'dead00'.padEnd(24, '0'), cluster.environment.clock.now());
    await putClaim(cluster, 200, 'dead01'.padEnd(24, '0'), cluster.environment.clock.now());
    const durations = await incrementInTurn(cluster, 0, 'a', 20);
    const paused = durations.filter((ms) => ms > 4 * latency.maxMs);
    expect(paused).toHaveLength(1);
    expect(paused[0]).toBeGreaterThan(300);
    expect(paused[0]).toBeLessThan(600);
    expect(cluster.nodes[0]!.engine.turns).toEqual({ claims: 0, yields: 1 });
    // Another node takes the first missing number for the end, whatever is behind it.
    const fresh = newCluster(1);
    for (const record of ['db', ...(await recordsOf(cluster)).map(({ number }) => recordName('db', number))]) {
      const found = await cluster.store.get(record);
      if (found.kind === 'found') await fresh.store.put(record, found.body);
    }
    await fresh.start();
    expect(await fresh.result(Promise.all([fresh.read(0, 'before'), fresh.read(0, 'a')]))).toEqual([2, 20]);
  });

  it('costs no pause where its node has written since', async () => {
    const cluster = newCluster(2);
    await cluster.start();
    const claimedAt = cluster.environment.clock.now();
    await cluster.environment.advance(10);
    await incrementInTurn(cluster, 1, 'b', 2);
    const [, { id }] = (await recordsOf(cluster)) as [StoredRecord, StoredRecord];
    await putClaim(cluster, 6, writerOf(id).padEnd(24, '0'), claimedAt);
    expect(await cluster.result(cluster.read(0, 'b'))).toBe(2);
    const durations = await incrementInTurn(cluster, 0, 'a', 10);
    // The put that ran into it, a look at what it is, at what comes behind it, and the put again.
    expect(Math.max(...durations)).toBeLessThan(5 * latency.maxMs);
    expect(cluster.nodes[0]!.engine.turns).toEqual({ claims: 0, yields: 0 });
  });

  it('of its own is not stepped over where it may not be there', async () => {
    const cluster = newCluster(2);
    await cluster.start();
    for (const { faulty } of cluster.nodes) {
      const put = faulty.put.bind(faulty);
      faulty.put = (name, body, options) => {
        const isClaim = Buffer.from(body).includes(`"parent":"${claimParent}"`);
        return isClaim ? Promise.resolve(storeFailure('unknown', 'no answer')) : put(name, body, options);
      };
    }
    const acknowledged = (await write(cluster, [0, 1], 3)).map(({ length }) => length);
    for (const { engine } of cluster.nodes) expect(engine.turns?.claims).toBe(0);
    // What was acknowledged at the beginning is not counted there.
    for (const node of [0, 1]) {
      const values = await cluster.result(
        Promise.all([0, 1, 2].map((index) => cluster.read(node, `${node}:${index}`))),
      );
      const others = await cluster.result(
        Promise.all([0, 1, 2].map((index) => cluster.read(1 - node, `${node}:${index}`))),
      );
      expect(others).toEqual(values);
      expect(values.reduce((sum: number, value) => sum + Number(value), 0)).toBeGreaterThanOrEqual(acknowledged[node]!);
    }
  });

  it('of its own is stepped over', async () => {
    let passed = 0;
    for (let seed = 1; seed <= 4; seed++) {
      const cluster = newCluster(2, { seed });
      await cluster.start();
      await write(cluster, [0, 1]);
      const writers: string[] = [];
      for (const node of [0, 1]) {
        await cluster.result(cluster.increment(node, 'who'));
        writers.push(writerOf(beforeTheEnd(await recordsOf(cluster)).at(-1)!.id));
      }
      const records = await recordsOf(cluster);
      const log = beforeTheEnd(records);
      const claim = records[log.length];
      if (claim === undefined) continue;
      const owner = writers.indexOf(writerOf(claim.id));
      const { engine } = cluster.nodes[owner]!;
      await cluster.result(cluster.read(owner, 'x'));
      const { conflicts } = engine.statistics;
      await incrementInTurn(cluster, owner, 'x', claim.number - log.length + 5);
      expect(engine.statistics.conflicts).toBe(conflicts);
      passed++;
    }
    expect(passed).toBeGreaterThan(0);
  });
});
