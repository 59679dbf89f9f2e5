/**
 * Snapshots of several nodes that take turns: each goes on from the newest, whoever wrote it. What is in the store is
 * compared with a naive replay of all records from the first.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/keyspace/dictionary.ts';
import type { Effect } from '../../src/keyspace/effect.ts';
import { Keyspace, newRecording, type Recording } from '../../src/keyspace/keyspace.ts';
import { Chain } from '../../src/log/journal/chain.ts';
import { decodeHead, type Head } from '../../src/log/journal/head.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import type { Manifest } from '../../src/log/journal/manifest.ts';
import { beginningId } from '../../src/log/journal/record.ts';
import { Requests } from '../../src/log/journal/requests.ts';
import { SnapshotReader } from '../../src/log/journal/snapshot-reader.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import type { AppendOutcome, Changes } from '../../src/log/log.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { PutOptions, PutResult } from '../../src/store/object-store.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';
import { set } from '../support/fake-log.ts';
import { JournalWorld } from '../support/journal-world.ts';

const databaseCount = 3;

/** A world that keeps all records aside, and every head. */
class World extends JournalWorld {
  readonly heads: Head[] = [];
  readonly #records = new MemoryStore(this.environment.clock);

  override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const result = await super.put(name, body, options);
    if (result.kind !== 'stored') return result;
    if (name === 'db') this.heads.push(decodeHead(body));
    if (name.startsWith('db.log/')) await this.#records.put(name, body, { ifNoneMatch: '*' });
    return result;
  }

  /** What the first so many records lead to. */
  async replay(number: number): Promise<Keyspace> {
    const requests = new Requests({ store: this.#records, environment: this.environment, requestTimeoutMs: 1000 });
    const chain = new Chain({ requests, name: 'db', database: this.heads[0]!.database, databaseCount });
    const from = { next: 1, id: beginningId, time: 0 };
    const read = await this.finish(chain.read(from, Infinity, { until: { number } }));
    if (read.kind !== 'read') throw new Error(read.reason);
    const keyspace = new Keyspace(databaseCount);
    for (const { effects } of read.records) for (const effect of effects) keyspace.apply(effect);
    return keyspace;
  }

  async readSnapshot(head: Head): Promise<{ manifest: Manifest; keyspace: Keyspace } | undefined> {
    const { snapshot } = head;
    if (snapshot === undefined) return undefined;
    const keyspace = new Keyspace(databaseCount);
    const reader = new SnapshotReader({ requests: this.requests, databaseCount });
    const outcome = await this.finish(
      reader.read({ ...head, snapshot }, Infinity, (effects) => {
        for (const effect of effects) keyspace.apply(effect);
      }),
    );
    if (outcome.kind !== 'read') throw new Error(JSON.stringify(outcome));
    return { manifest: outcome.manifest, keyspace };
  }
}

interface Pending {
  readonly recording: Recording;
  outcome: AppendOutcome | undefined;
}

/** A node as far as the log needs one: it speculates, rolls back, and takes over what others have written. */
class Node {
  readonly keyspace = new Keyspace(databaseCount);
  readonly log: JournalLog;
  readonly #world: World;
  #pending: Pending[] = [];

  constructor(world: World, options: { graceMs?: number; recordsMax: number; partLength: number }) {
    const { graceMs = 3_600_000, ...limits } = options;
    const { environment } = world;
    this.#world = world;
    this.log = new JournalLog({
      store: new LatencyStore(world, environment, { minMs: 2, maxMs: 40 }),
      name: 'db',
      node: 'n',
      environment,
      databaseCount,
      requestTimeoutMs: 1000,
      pipelineDepth: 3,
      graceMs,
      snapshots: { ...snapshotLimitsDefault, ...limits },
    });
  }

  get #deadline(): number {
    return this.#world.environment.clock.monotonic() + 5000;
  }

  async open(): Promise<this> {
    const opened = await this.#world.finish(this.log.open(this.keyspace, this.#deadline));
    expect(opened).toEqual({ kind: 'opened' });
    return this;
  }

  /** Applies what can be applied. */
  #apply(effects: readonly Effect[]): Recording {
    const recording = newRecording();
    this.keyspace.record(recording);
    for (const effect of effects) if (isApplicable(effect, this.keyspace)) this.keyspace.apply(effect);
    this.keyspace.record(undefined);
    return recording;
  }

  /** A command that fails in the end. */
  tryInVain(effects: readonly Effect[]): void {
    this.keyspace.rollback(this.#apply(effects));
  }

  async begin(effects: readonly Effect[]): Promise<void> {
    if (this.#pending.length === this.log.pipelineDepth || this.#pending.some(({ outcome }) => outcome !== undefined))
      await this.settle();
    const pending: Pending = { recording: this.#apply(effects), outcome: undefined };
    this.#pending.push(pending);
    const appended = this.log.append({ keyspace: this.keyspace, effects: pending.recording.effects }, this.#deadline);
    void appended.then((outcome) => (pending.outcome = outcome));
  }

  /** Waits for all that is under way; what has failed is rolled back. */
  async settle(): Promise<void> {
    const pending = this.#pending;
    await this.#world.environment.run(() => pending.every(({ outcome }) => outcome !== undefined));
    this.#pending = [];
    const failed = pending.filter(({ outcome }) => outcome?.kind !== 'committed');
    for (const { recording } of failed.toReversed()) this.keyspace.rollback(recording);
    let changes: Changes | undefined;
    for (const { outcome } of failed) if (outcome !== undefined && 'changes' in outcome) changes ??= outcome.changes;
    changes?.applyTo(this.keyspace);
  }

  async catchUp(): Promise<void> {
    await this.settle();
    for (;;) {
      const outcome = await this.#world.finish(this.log.verify(this.#deadline));
      if (outcome.kind === 'current') return;
      if (outcome.kind !== 'changed') throw new Error(outcome.kind);
      outcome.changes.applyTo(this.keyspace);
    }
  }
}

describe('nodes that write in turns', () => {
  it('write of each snapshot only what has changed since the newest, whoever wrote that', async () => {
    const world = new World();
    const options = { recordsMax: 6, partLength: 200 };
    const nodes = [await new Node(world, options).open(), await new Node(world, options).open()];
    await nodes[0]!.begin(Array.from({ length: 400 }, (_, i) => set(`key${i}`, 'x'.repeat(20))));
    /** By number of a record: the key that it changes. */
    const changed: { number: number; key: string }[] = [];
    const names = new Set<string>();
    let before: Manifest | undefined;
    let byOthers = 0;
    let writer = 0;
    for (let turn = 0; turn < 200; turn++) {
      const node = nodes[turn % 2]!;
      await node.catchUp();
      const key = `key${(turn * 37) % 400}`;
      await node.begin([set(key, String(turn).padStart(20))]);
      await node.settle();
      changed.push({ number: node.log.newest, key });
      await world.environment.advance(1000);
      const head = world.heads.at(-1)!;
      if (head.snapshot === undefined || head.log.number - 1 === before?.number) continue;
      const { manifest } = (await world.readSnapshot(head))!;
      const { parts } = manifest.databases[0]!;
      const since = changed.filter(({ number }) => number > (before?.number ?? 0) && number <= manifest.number);
      const expected = new Set(since.map((one) => hashOf(one.key) & (parts.length - 1)));
      const written = parts.flatMap(({ name }, part) => (names.has(name) ? [] : [part]));
      if (before !== undefined) expect(written).toEqual([...expected].sort((a, b) => a - b));
      else expect(parts.length).toBe(128);
      for (const { name } of parts) names.add(name);
      if (turn % 2 !== writer) byOthers++;
      writer = turn % 2;
      before = manifest;
    }
    expect(world.heads.length).toBeGreaterThan(15);
    expect(byOthers).toBeGreaterThan(5);
    expect(nodes.every(({ log }) => log.snapshots.written > 5)).toBe(true);
  });

  it('do so from the first snapshot that a node writes which has loaded another’s', async () => {
    const world = new World();
    const first = await new Node(world, { recordsMax: 3, partLength: 200 }).open();
    await first.begin(Array.from({ length: 400 }, (_, i) => set(`key${i}`, 'x'.repeat(20))));
    while (world.heads.length < 2) await writeAndWait(first, world, 'key1');
    const names = new Set(partNames((await world.readSnapshot(world.heads.at(-1)!))!.manifest));
    const second = await new Node(world, { recordsMax: 3, partLength: 200 }).open();
    while (world.heads.length < 3) await writeAndWait(second, world, 'key2');
    const now = partNames((await world.readSnapshot(world.heads.at(-1)!))!.manifest);
    // Of the records behind the snapshot that it has loaded, too.
    expect(now.filter((name) => !names.has(name)).length).toBeLessThanOrEqual(2);
  });

  it('name again no parts but those of the snapshot that the newest head names: others may be gone', async () => {
    const world = new World();
    // Half of the grace period is longer than a turn: nobody loads anew.
    const options = { recordsMax: 3, partLength: 200, graceMs: 5000 };
    const first = await new Node(world, options).open();
    await first.begin(Array.from({ length: 400 }, (_, i) => set(`key${i}`, 'x'.repeat(20))));
    while (world.heads.length < 2) await writeAndWait(first, world, 'key1');
    const { databases } = (await world.readSnapshot(world.heads.at(-1)!))!.manifest;
    const before = databases[0]!.parts.filter(({ keys }) => keys > 0).map(({ name }) => name);
    const second = await new Node(world, options).open();
    // For all that it knows, everything has changed: it writes parts anew that to the first have not changed.
    second.tryInVain(Array.from({ length: 400 }, (_, i) => set(`key${i}`, 'y')));
    for (let i = 0; (await world.names()).some((name) => before.includes(name)); i++) {
      await writeAndWait(second, world, 'key2');
      await first.catchUp();
      expect(i).toBeLessThan(200);
    }
    const written = first.log.snapshots.written;
    while (first.log.snapshots.written === written) await writeAndWait(first, world, 'key3');
    const { manifest, keyspace } = (await world.readSnapshot(world.heads.at(-1)!))!;
    expect(keyspace.dump()).toEqual((await world.replay(manifest.number)).dump());
    expect(partNames(manifest).filter((name) => before.includes(name))).toEqual([]);
  });
});

async function writeAndWait(node: Node, world: World, key: string): Promise<void> {
  await node.begin([set(key, String(node.log.newest))]);
  await node.settle();
  await world.environment.advance(1000);
}

function partNames({ databases }: Manifest): readonly string[] {
  return databases.flatMap(({ parts }) => parts.map(({ name }) => name));
}

const node = fc.nat(2);
const effects = fc.array(arbitraryEffect, { minLength: 1, maxLength: 3 });
const step = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('begin' as const), node, effects }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('tryInVain' as const), node, effects }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('settle' as const), node }) },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('catchUp' as const), node }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('advance' as const), ms: fc.constantFrom(1, 20, 100, 500, 3000) }),
  },
);

it('whatever nodes do, the newest snapshot is what the log has led to up to its number', async () => {
  let [snapshots, partsNamedAgain] = [0, 0];
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 40, maxLength: 80 }),
      fc.nat(),
      fc.constantFrom(2, 3),
      async (...run) => {
        const [steps, seed, nodeCount] = run;
        const world = new World(seed);
        const nodes: Node[] = [];
        for (let i = 0; i < nodeCount; i++)
          nodes.push(await new Node(world, { recordsMax: 1, partLength: 40, graceMs: 2000 }).open());
        let seen = 1;
        for (const next of steps) {
          if (next.kind === 'advance') {
            await world.environment.advance(next.ms);
          } else {
            const chosen = nodes[next.node % nodeCount]!;
            if (next.kind === 'begin') await chosen.begin(next.effects);
            else if (next.kind === 'tryInVain') chosen.tryInVain(next.effects);
            else await chosen[next.kind]();
          }
          const head = world.heads.at(-1)!;
          if (head.generation === seen) continue;
          seen = head.generation;
          const { manifest, keyspace } = (await world.readSnapshot(head))!;
          snapshots++;
          const own = head.snapshot!.replace('.json', '');
          partsNamedAgain += partNames(manifest).filter((name) => !name.startsWith(own)).length;
          expect(keyspace.dump()).toEqual((await world.replay(manifest.number)).dump());
        }
        for (const one of nodes) await one.settle();
        for (const one of nodes) await one.catchUp();
        expect(nodes[0]!.keyspace.dump()).toEqual((await world.replay(nodes[0]!.log.newest)).dump());
        for (const one of nodes) expect(one.keyspace.dump()).toEqual(nodes[0]!.keyspace.dump());
      },
    ),
    { numRuns: 100 },
  );
  expect(snapshots).toBeGreaterThan(150);
  expect(partsNamedAgain).toBeGreaterThan(60);
}, 60_000);
