/** Going back: branches, restoring, and what is kept for them, while nodes write, snapshot and collect. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { enterBranch } from '../../src/log/journal/branches.ts';
import { createBranch, type BranchOutcome } from '../../src/log/journal/create-branch.ts';
import type { Until } from '../../src/log/journal/chain.ts';
import { decodeHead, type EarlierHead, type Head } from '../../src/log/journal/head.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { recordName } from '../../src/log/journal/names.ts';
import { Past } from '../../src/log/journal/past.ts';
import { Requests } from '../../src/log/journal/requests.ts';
import { difference } from '../../src/keyspace/difference.ts';
import { restore, type Restored } from '../../src/log/journal/restore.ts';
import type { TransactOutcome } from '../../src/log/transact.ts';
import { neededHistory } from '../../src/log/journal/retention.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';
import { set } from '../support/fake-log.ts';

const databaseCount = 2;
const small = { ...snapshotLimitsDefault, recordsMax: 5, partLength: 40 };

class World extends MemoryStore {
  readonly environment: VirtualEnvironment;
  readonly requests: Requests;

  constructor(seed = 1) {
    const environment = new VirtualEnvironment(seed);
    super(environment.clock);
    this.environment = environment;
    this.requests = new Requests({ store: this, environment, requestTimeoutMs: 1000 });
  }

  async finish<T>(promise: Promise<T>): Promise<T> {
    let result: { value: T } | { cause: unknown } | undefined;
    promise.then(
      (value) => (result = { value }),
      (cause: unknown) => (result = { cause }),
    );
    await this.environment.run(() => result !== undefined);
    if ('cause' in result!) throw result.cause;
    return result!.value;
  }

  async head(name: string): Promise<Head> {
    const found = await this.get(name);
    if (found.kind !== 'found') throw new Error(found.kind);
    return decodeHead(found.body);
  }

  branch(source: string, name: string, until: Until = {}): Promise<BranchOutcome> {
    return this.finish(createBranch({ requests: this.requests, source, name, databaseCount, until }, Infinity));
  }

  restore(name: string, until: Until, isRehearsal = false): Promise<TransactOutcome<Restored>> {
    const { environment } = this;
    const options = { store: this, environment, name, node: 'restore', requestTimeoutMs: 1000, databaseCount };
    const rest = { pipelineDepth: 1, graceMs: 0, snapshots: snapshotLimitsDefault, until, isRehearsal };
    return this.finish(restore({ ...options, ...rest, timeoutMs: 10_000 }));
  }
}

/** Of one database, that notes what it was at each commit. */
class Node {
  readonly keyspace = new Keyspace(databaseCount);
  readonly log: JournalLog;
  readonly states = new Map<number, { readonly dump: string; readonly time: number }>();
  readonly #world: World;

  private constructor(world: World, name: string, { graceMs = 10_000, retainMs = 0 } = {}) {
    this.#world = world;
    const { environment } = world;
    const options = { store: world, name, node: 'n', environment, databaseCount, requestTimeoutMs: 1000 };
    this.log = new JournalLog({ ...options, pipelineDepth: 1, graceMs, retainMs, snapshots: small });
  }

  static async open(world: World, name: string, options: { graceMs?: number; retainMs?: number } = {}): Promise<Node> {
    const node = new Node(world, name, options);
    const opened = await world.finish(node.log.open(node.keyspace, world.environment.clock.monotonic() + 5000));
    expect(opened).toEqual({ kind: 'opened' });
    node.#note();
    return node;
  }

  #note(): void {
    const time = this.#world.environment.clock.now();
    this.states.set(this.log.newest, { dump: this.dump(), time });
  }

  async set(key: string, value: string): Promise<void> {
    const effects = [set(key, value)];
    for (const effect of effects) this.keyspace.apply(effect);
    const deadline = this.#world.environment.clock.monotonic() + 5000;
    expect(await this.#world.finish(this.log.append({ keyspace: this.keyspace, effects }, deadline))).toEqual({
      kind: 'committed',
    });
    this.#note();
  }

  async catchUp(): Promise<void> {
    const outcome = await this.#world.finish(this.log.verify(this.#world.environment.clock.monotonic() + 5000));
    if (outcome.kind === 'changed') outcome.changes.applyTo(this.keyspace);
  }

  dump(): string {
    return JSON.stringify(this.keyspace.dump());
  }
}

async function dumpOf(world: World, name: string): Promise<string> {
  return (await Node.open(world, name)).dump();
}

describe('a branch', () => {
  it('is what its source is, and then each goes its own way', async () => {
    const world = new World();
    const source = await Node.open(world, 'main');
    for (let i = 0; i < 3; i++) await source.set(`k${i}`, String(i));
    expect(await world.branch('main', 'test')).toMatchObject({ kind: 'created', number: 3 });
    const branch = await Node.open(world, 'test');
    expect(branch.dump()).toBe(source.dump());
    await branch.set('k0', 'of the branch');
    await source.set('k0', 'of the source');
    expect(await dumpOf(world, 'test')).toBe(branch.dump());
    expect(await dumpOf(world, 'main')).toBe(source.dump());
    expect(branch.dump()).not.toBe(source.dump());
  });

  it('of the beginning is empty, and one of nothing is refused', async () => {
    const world = new World();
    const source = await Node.open(world, 'main');
    await source.set('a', '1');
    expect(await world.branch('main', 'test', { number: 0 })).toMatchObject({ kind: 'created', number: 0 });
    const branch = await Node.open(world, 'test');
    expect(branch.dump()).toBe('[]');
    await branch.set('b', '1');
    expect(await dumpOf(world, 'test')).toBe(branch.dump());
    for (const [name, until, reason] of [
      ['test', {}, 'is there already'],
      ['other', { number: 2 }, 'no commit of that number yet'],
    ] as const)
      expect(await world.branch('main', name, until)).toMatchObject({
        reason: expect.stringContaining(reason) as unknown,
      });
    expect(await world.branch('nowhere', 'other')).toMatchObject({
      reason: expect.stringContaining('is not there') as unknown,
    });
    await world.put('plain', Buffer.from('{"a":"b"}'));
    expect(await world.branch('plain', 'other')).toMatchObject({
      reason: expect.stringContaining('it is not in the journal layout') as unknown,
    });
  });

  it('keeps what it needs of its source until it stands on its own, and no longer', async () => {
    const world = new World();
    const source = await Node.open(world, 'main', { graceMs: 5000 });
    const write = async (node: Node, times: number): Promise<void> => {
      for (let i = 0; i < times; i++) {
        await node.set(`k${i % 7}`, String(i));
        await world.environment.advance(500);
      }
    };
    // Behind the newest snapshot, so that records are needed too.
    await write(source, 33);
    expect((await world.branch('main', 'test')).kind).toBe('created');
    const expected = source.dump();
    await write(source, 100);
    expect(await dumpOf(world, 'test')).toBe(expected);
    expect((await world.head('main')).branches).toHaveLength(1);
    const branch = await Node.open(world, 'test', { graceMs: 5000 });
    await write(branch, 60);
    expect((await world.head('test')).origins).toEqual([]);
    const needed = await world.head('main');
    const { from, snapshot } = needed.branches[0]!;
    expect(from).toBeLessThan(needed.history[0]!.number);
    const objects = [recordName('main', from), snapshot!];
    for (const object of objects) expect((await world.get(object)).kind).toBe('found');
    await write(source, 60);
    expect((await world.head('main')).branches).toEqual([]);
    for (const object of objects) expect((await world.get(object)).kind).toBe('notFound');
    expect(await dumpOf(world, 'test')).toBe(branch.dump());
    expect(await dumpOf(world, 'main')).toBe(source.dump());
  });

  it('has the past of its source, also when it stands on its own, for as long as its past is kept', async () => {
    const world = new World();
    const source = await Node.open(world, 'main');
    for (let i = 0; i < 9; i++) await source.set(`k${i}`, String(i));
    expect((await world.branch('main', 'test')).kind).toBe('created');
    const branch = await Node.open(world, 'test', { graceMs: 3_600_000 });
    for (let i = 0; (await world.head('test')).snapshot?.startsWith('test.') !== true; i++) {
      await branch.set('k', String(i));
      await world.environment.advance(100);
    }
    const past = new Past({ requests: world.requests, name: 'test', databaseCount });
    const state = await world.finish(past.find({ number: 9 }, Infinity));
    if (state.kind !== 'past') throw new Error(state.reason);
    const keyspace = new Keyspace(databaseCount);
    expect(await world.finish(past.load(state, keyspace, Infinity))).toBeUndefined();
    expect(JSON.stringify(keyspace.dump())).toBe(source.dump());
  });

  it('is not entered where what it needs is gone by then', async () => {
    const world = new World();
    const source = await Node.open(world, 'main', { graceMs: 1000 });
    const write = async (): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        await source.set(`k${i % 7}`, String(i));
        await world.environment.advance(500);
      }
    };
    await write();
    const past = await world.finish(
      new Past({ requests: world.requests, name: 'main', databaseCount }).find({}, Infinity),
    );
    if (past.kind !== 'past') throw new Error(past.reason);
    const { start, number, head } = past;
    const branch = { name: 'test', database: 'id', from: start.number, until: number, snapshot: start.snapshot };
    const enter = (): ReturnType<typeof enterBranch> =>
      world.finish(enterBranch(world.requests, 'main', head.database, branch, Infinity));
    await write();
    expect(await enter()).toMatchObject({
      reason: expect.stringContaining('does not keep that commit any more') as unknown,
    });
    expect((await world.head('main')).branches).toEqual([]);
  });

  it('is entered where the head is swapped at the same moment, or not made', async () => {
    const world = new World();
    const source = await Node.open(world, 'main');
    await source.set('a', '1');
    let swaps = 0;
    const put = world.put.bind(world);
    world.put = async (name, body, options) => {
      const isEntry = name === 'main' && Buffer.from(body).includes('"branches"');
      if (isEntry && swaps++ === 0) {
        const head = await world.head('main');
        await put('main', Buffer.from(await bodyOf(world, 'main')), {});
        expect(head.branches).toEqual([]);
        return { kind: 'failed', failure: 'unknown', message: 'no answer' };
      }
      return put(name, body, options);
    };
    expect((await world.branch('main', 'test')).kind).toBe('created');
    expect((await world.head('main')).branches).toHaveLength(1);
    expect(await dumpOf(world, 'test')).toBe(source.dump());
  });

  it('of any commit that is kept, of branches too, is right at any time later', async () => {
    const step = fc.oneof(
      { weight: 12, arbitrary: fc.record({ kind: fc.constant('write' as const), on: fc.nat(3), key: fc.nat(9) }) },
      { weight: 2, arbitrary: fc.record({ kind: fc.constant('branch' as const), on: fc.nat(3), back: fc.nat(12) }) },
      { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const), on: fc.nat(3) }) },
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.constantFrom(100, 3000, 20_000) }),
      },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 120 }), fc.nat(1000), async (steps, seed) => {
        const world = new World(seed);
        const options = { graceMs: 4000, retainMs: seed % 2 === 0 ? 0 : 30_000 };
        const databases = [{ name: 'd0', node: await Node.open(world, 'd0', options) }];
        for (const [i, action] of steps.entries()) {
          if (action.kind === 'wait') {
            await world.environment.advance(action.ms);
            continue;
          }
          const at = action.on % databases.length;
          const { name, node } = databases[at]!;
          if (action.kind === 'write') await node.set(`k${action.key}`, String(i));
          else if (action.kind === 'restart') {
            const again = await Node.open(world, name, options);
            expect(again.dump()).toBe(node.dump());
            for (const [number, state] of node.states) again.states.set(number, state);
            databases[at] = { name, node: again };
          } else if (databases.length < 4) {
            const number = Math.max(0, node.log.newest - action.back);
            const branch = `d${databases.length}`;
            const outcome = await world.branch(name, branch, { number });
            if (outcome.kind !== 'created') {
              expect(outcome.reason).toContain('nothing is kept of what was before');
              continue;
            }
            const opened = await Node.open(world, branch, options);
            const state = node.states.get(number);
            if (state !== undefined) expect(opened.dump()).toBe(state.dump);
            databases.push({ name: branch, node: opened });
          }
        }
        for (const { name, node } of databases) expect(await dumpOf(world, name), name).toBe(node.dump());
      }),
      { numRuns: 60 },
    );
  }, 120_000);
});

async function bodyOf(world: World, name: string): Promise<Uint8Array> {
  const found = await world.get(name);
  return found.kind === 'found' ? found.body : new Uint8Array();
}

describe('restoring', () => {
  it('is one more commit, which running nodes see, and which another undoes', async () => {
    const world = new World();
    const node = await Node.open(world, 'main');
    await node.set('a', '1');
    await node.set('b', '1');
    const then = node.dump();
    await node.set('a', '2');
    await node.set('c', '1');
    const now = node.dump();
    const rehearsed = { kind: 'done', summary: { number: 2, before: 4, set: 1, deleted: 1 } };
    expect(await world.restore('main', { number: 2 }, true)).toMatchObject(rehearsed);
    await node.catchUp();
    expect(node.dump()).toBe(now);
    expect(await world.restore('main', { number: 2 })).toMatchObject(rehearsed);
    await node.catchUp();
    expect(node.dump()).toBe(then);
    expect(await world.restore('main', { number: 4 })).toMatchObject({ summary: { before: 5, set: 2, deleted: 0 } });
    await node.catchUp();
    expect(node.dump()).toBe(now);
  });

  it('to a time is to the last commit by then', async () => {
    const world = new World();
    const node = await Node.open(world, 'main', { retainMs: 3_600_000 });
    for (let i = 0; i < 40; i++) {
      await world.environment.advance(1000);
      await node.set(`k${i % 5}`, String(i));
    }
    for (const [number, { dump, time }] of node.states) {
      const past = new Past({ requests: world.requests, name: 'main', databaseCount });
      const state = await world.finish(past.find({ time: time + 500 }, Infinity));
      if (state.kind !== 'past') throw new Error(state.reason);
      expect(state.number).toBe(number);
      const keyspace = new Keyspace(databaseCount);
      expect(await world.finish(past.load(state, keyspace, Infinity))).toBeUndefined();
      expect(JSON.stringify(keyspace.dump())).toBe(dump);
    }
  });

  it('of what is not kept any more says from when on it is', async () => {
    const world = new World();
    const node = await Node.open(world, 'main', { graceMs: 1000 });
    for (let i = 0; i < 60; i++) {
      await node.set(`k${i % 5}`, String(i));
      await world.environment.advance(1000);
    }
    const outcome = await world.restore('main', { number: 1 });
    expect(outcome).toMatchObject({
      kind: 'unavailable',
      reason: expect.stringMatching(
        /^nothing is kept of what was before the commit \d+ of \d{4}-.*--retain keeps more/,
      ) as unknown,
    });
  });

  it('makes one keyspace of any other', () => {
    const keyspaces = fc.array(arbitraryEffect, { maxLength: 60 }).map((effects) => {
      const keyspace = new Keyspace(3);
      for (const effect of effects) if (isApplicable(effect, keyspace)) keyspace.apply(effect);
      return keyspace;
    });
    fc.assert(
      fc.property(keyspaces, keyspaces, (from, to) => {
        for (const effect of difference(from, to, -Infinity)) from.apply(effect);
        expect(from.dump()).toEqual(to.dump());
        expect(difference(from, to, -Infinity)).toEqual([]);
      }),
    );
  });

  it('does not bring back what has expired since', () => {
    const [from, to] = [new Keyspace(1), new Keyspace(1)];
    to.apply(set('a', '1'));
    to.apply({ kind: 'setExpiry', db: 0, key: 'a', expireAt: 1000 });
    from.apply(set('a', '2'));
    expect(difference(from, to, 999)).toHaveLength(2);
    expect(difference(from, to, 1000)).toEqual([{ kind: 'delete', db: 0, key: 'a' }]);
    expect(difference(new Keyspace(1), to, 1000)).toEqual([]);
  });
});

describe('what is kept of the past', () => {
  const heads = fc.array(fc.integer({ min: 1, max: 5000 }), { maxLength: 40 }).map((gaps) =>
    gaps.map(
      (
        (at) =>
        (gap: number, i: number): EarlierHead => ({ number: i + 1, snapshot: `s${i}`, at: (at += gap) })
      )(0),
    ),
  );

  it('has the head of each moment of the grace period, and one to begin with for each of the time retained', () => {
    fc.assert(
      fc.property(heads, fc.nat(20_000), fc.nat(20_000), fc.nat(5000), (all, graceMs, retainMs, later) => {
        const now = (all.at(-1)?.at ?? 0) + later;
        const needed = neededHistory(all, now, { graceMs, retainMs });
        expect(all.filter((head) => needed.includes(head))).toEqual(needed);
        const newestAt = (time: number): EarlierHead | undefined => all.findLast(({ at }) => at <= time);
        for (const [i, head] of all.entries()) {
          const until = all[i + 1]?.at ?? Infinity;
          if (until >= now - graceMs) expect(needed).toContain(head);
        }
        const oldest = newestAt(now - Math.max(graceMs, retainMs) - 1) ?? all[0];
        if (oldest !== undefined) expect(needed[0]!.number).toBeLessThanOrEqual(oldest.number);
        // Far fewer snapshots than there were heads.
        const recent = all.filter((_, i) => (all[i + 1]?.at ?? Infinity) >= now - graceMs);
        expect(needed.length - recent.length).toBeLessThanOrEqual(10);
      }),
    );
  });
});
