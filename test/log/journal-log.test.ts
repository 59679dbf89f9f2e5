/** The journal's log alone: chains, fates, sleepers, damage. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Clock, Environment } from '../../src/environment/environment.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { numberOf } from '../../src/log/journal/names.ts';
import { fromText } from '../../src/resp/bytes.ts';
import { snapshotLimitsDefault, type SnapshotLimits } from '../../src/log/journal/snapshotter.ts';
import type { AppendOutcome, VerifyOutcome } from '../../src/log/log.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { GetOptions, GetResult, PutOptions, PutResult } from '../../src/store/object-store.ts';
import { set } from '../support/fake-log.ts';

type PutFault = (put: () => Promise<PutResult>) => Promise<PutResult>;
type GetFault = (get: () => Promise<GetResult>) => Promise<GetResult>;

class World extends MemoryStore {
  readonly environment: VirtualEnvironment;
  /** By name of the object, once. */
  readonly putFaults = new Map<string, PutFault>();
  /** The same. */
  readonly getFaults = new Map<string, GetFault>();

  /** How long a get takes. */
  getMs = 0;
  /** The names of what was asked for. */
  readonly asked: string[] = [];

  /** What becomes of a put, if anything special. */
  onPut: (name: string) => PutResult | undefined = () => undefined;

  constructor() {
    const environment = new VirtualEnvironment(1);
    super(environment.clock);
    this.environment = environment;
  }

  override put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const failure = this.onPut(name);
    if (failure !== undefined) return Promise.resolve(failure);
    const send = (): Promise<PutResult> => super.put(name, body, options);
    const fault = this.putFaults.get(name);
    this.putFaults.delete(name);
    return fault === undefined ? send() : fault(send);
  }

  override async get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const { timeoutMs = Infinity } = options;
    this.asked.push(name);
    if (this.getMs > 0) await this.pass(Math.min(this.getMs, timeoutMs));
    if (timeoutMs < this.getMs) return storeFailure('unavailable', 'no answer in time');
    const send = (): Promise<GetResult> => super.get(name, options);
    const fault = this.getFaults.get(name);
    this.getFaults.delete(name);
    return fault === undefined ? send() : fault(send);
  }

  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.environment.timers.set(resolve, durationMs));
  }

  async names(prefix = ''): Promise<string[]> {
    const listed = await this.list(prefix);
    return listed.kind === 'listed' ? listed.objects.map(({ name }) => name).sort() : [];
  }

  async text(name: string): Promise<string> {
    const result = await this.get(name);
    return result.kind === 'found' ? Buffer.from(result.body).toString() : '';
  }

  async finish<T>(promise: Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    void promise.then((value) => (result = { value }));
    await this.environment.run(() => result !== undefined);
    return result!.value;
  }
}

const small: SnapshotLimits = { ...snapshotLimitsDefault, recordsMax: 5, partLength: 40 };

class Node {
  readonly keyspace = new Keyspace(2);
  readonly log: JournalLog;
  readonly #world: World;

  constructor(
    world: World,
    {
      clock = world.environment.clock,
      graceMs = 10_000,
      snapshots = snapshotLimitsDefault,
      newsLengthMax = 1 << 20,
      recordLengthMax = 1 << 20,
    } = {},
  ) {
    this.#world = world;
    const { random, timers, compression, collectYoung }: Environment = world.environment;
    const environment = { random, timers, compression, collectYoung, clock, watcher: undefined };
    const options = { store: world, name: 'db', node: 'n', environment, databaseCount: 2, requestTimeoutMs: 1000 };
    this.log = new JournalLog({ ...options, pipelineDepth: 4, graceMs, snapshots, newsLengthMax, recordLengthMax });
  }

  get deadline(): number {
    return this.#world.environment.clock.monotonic() + 5000;
  }

  async open(): Promise<this> {
    expect(await this.#world.finish(this.log.open(this.keyspace, this.deadline))).toEqual({ kind: 'opened' });
    return this;
  }

  begin(key: string, value = key): Promise<AppendOutcome> {
    this.keyspace.apply(set(key, value));
    return this.log.append({ keyspace: this.keyspace, effects: [set(key, value)] }, this.deadline);
  }

  append(key: string, value = key): Promise<AppendOutcome> {
    return this.#world.finish(this.begin(key, value));
  }

  verify(): Promise<VerifyOutcome> {
    return this.#world.finish(this.log.verify(this.deadline));
  }

  /** Takes over what a verification brings. */
  async catchUp(): Promise<void> {
    const outcome = await this.verify();
    if (outcome.kind === 'changed') outcome.changes.applyTo(this.keyspace);
    else expect(outcome).toEqual({ kind: 'current' });
  }

  values(): Record<string, string> {
    return Object.fromEntries(this.keyspace.dump().map(([, key, value]) => [key, value as string]));
  }
}

const recordName = (number: number): string => `db.log/${String(number).padStart(16, '0')}.json`;

describe('the chain', () => {
  it('gives each commit a number, a parent and no more than it needs', async () => {
    const world = new World();
    const node = await new Node(world).open();
    for (const key of ['a', 'b']) expect(await node.append(key)).toEqual({ kind: 'committed' });
    expect(await world.names()).toEqual(['db', recordName(1), recordName(2)]);
    const [first, second] = [
      JSON.parse(await world.text(recordName(1))),
      JSON.parse(await world.text(recordName(2))),
    ] as {
      id: string;
      parent: string;
    }[];
    expect([first!.parent, second!.parent]).toEqual(['beginning', first!.id]);
    expect((await new Node(world).open()).values()).toEqual({ a: 'a', b: 'b' });
  });

  it('has several commits under way, and acknowledges none before those that it stands on', async () => {
    const world = new World();
    const node = await new Node(world).open();
    let release: () => void = () => undefined;
    world.putFaults.set(recordName(1), async (put) => {
      await new Promise<void>((resolve) => (release = resolve));
      return put();
    });
    const settled: string[] = [];
    const outcomes = ['a', 'b', 'c'].map((key) => node.begin(key).then(({ kind }) => settled.push(`${key} ${kind}`)));
    await world.environment.advance(100);
    expect([await world.names('db.log'), settled]).toEqual([[recordName(2), recordName(3)], []]);
    release();
    await world.finish(Promise.all(outcomes));
    expect(settled).toEqual(['a committed', 'b committed', 'c committed']);
  });

  it('skips what stands on a commit that another node was before', async () => {
    const world = new World();
    const [node, other] = [await new Node(world).open(), await new Node(world).open()];
    let release: () => void = () => undefined;
    world.putFaults.set(recordName(1), async (put) => {
      await new Promise<void>((resolve) => (release = resolve));
      return put();
    });
    const [first, second] = [node.begin('a'), node.begin('b')];
    await world.environment.advance(10);
    expect(await other.append('x')).toEqual({ kind: 'committed' });
    release();
    const lost = await world.finish(first);
    expect([lost.kind, await world.finish(second)]).toEqual(['conflict', { kind: 'conflict', changes: undefined }]);
    expect(await world.names('db.log')).toEqual([recordName(1), recordName(2)]);
    // The other finds the void one in its way, and goes on behind it.
    const again = await other.append('y');
    if (again.kind === 'conflict') again.changes?.applyTo(other.keyspace);
    expect(await other.append('y')).toEqual({ kind: 'committed' });
    expect((await new Node(world).open()).values()).toEqual({ x: 'x', y: 'y' });
  });

  it('learns what became of a commit whose answer was lost', async () => {
    const world = new World();
    const node = await new Node(world).open();
    world.putFaults.set(recordName(1), async (put) => {
      await put();
      return storeFailure('unknown', 'no answer');
    });
    expect(await node.append('a')).toEqual({ kind: 'committed' });
    world.putFaults.set(recordName(2), () => Promise.resolve(storeFailure('denied', 'no more')));
    expect(await node.append('b')).toEqual({ kind: 'unavailable', reason: 'no more' });
  });

  it('is caught up with bit by bit by whoever is far behind, who knows that there is more', async () => {
    const world = new World();
    const [behind, ahead] = [await new Node(world, { newsLengthMax: 1000 }).open(), await new Node(world).open()];
    for (let i = 0; i < 20; i++) expect(await ahead.append(`k${i}`)).toEqual({ kind: 'committed' });
    let bits = 0;
    for (let outcome = await behind.verify(); outcome.kind === 'changed'; outcome = await behind.verify()) {
      outcome.changes.applyTo(behind.keyspace);
      bits++;
      if (outcome.changes.isPartial === false) expect(behind.values()).toEqual(ahead.values());
    }
    expect(bits).toBeGreaterThan(3);
    expect(behind.values()).toEqual(ahead.values());
    expect(await behind.append('more')).toEqual({ kind: 'committed' });
  });

  it('keeps the effects of a huge commit beside its record', async () => {
    const world = new World();
    const node = await new Node(world).open();
    const value = 'x'.repeat(3 << 20);
    expect(await node.append('huge', value)).toEqual({ kind: 'committed' });
    expect((await world.text(recordName(1))).length).toBeLessThan(1000);
    const sides = await world.names('db.side');
    expect(sides).toHaveLength(6);
    for (const side of sides) expect((await world.text(side)).length).toBeLessThan(1 << 20);
    expect((await new Node(world).open()).values()).toEqual({ huge: value });
  });

  it('writes no record where an object beside it could not be written', async () => {
    const world = new World();
    const node = await new Node(world).open();
    world.onPut = (name) => (name.startsWith('db.side') ? storeFailure('denied', 'planted') : undefined);
    expect(await node.append('huge', 'x'.repeat(3 << 20))).toEqual({ kind: 'unavailable', reason: 'planted' });
    expect(await world.names('db.log')).toEqual([]);
  });
});

describe('sleepers', () => {
  /** A node that has slept while another wrote, took a snapshot and collected what it had been about to use. */
  async function asleep(ownClock?: Clock): Promise<{ world: World; sleeper: Node; awake: Node }> {
    const world = new World();
    const sleeper = await new Node(world, ownClock && { clock: ownClock }).open();
    const awake = await new Node(world, { snapshots: small }).open();
    for (let i = 0; !(await world.names('db.log')).every((name) => name > recordName(1)) || i < 3; i++) {
      expect(await awake.append('k', String(i))).toEqual({ kind: 'committed' });
      await world.environment.advance(5000);
      expect(i).toBeLessThan(200);
    }
    return { world, sleeper, awake };
  }

  it('that read do not take a number that was collected for the end', async () => {
    const { sleeper, awake } = await asleep();
    sleeper.keyspace.accessClock.seconds = 7;
    const watch = sleeper.keyspace.watches.place(0, 'k');
    await sleeper.catchUp();
    expect(sleeper.values()).toEqual(awake.values());
    expect([watch.tripped, sleeper.keyspace.memory]).toEqual([true, awake.keyspace.memory]);
    // What was loaded beside the keyspace now is the keyspace, with its clock, and changes are noted for snapshots.
    sleeper.keyspace.apply(set('k', 'now'));
    expect(sleeper.keyspace.database(0).find('k')?.accessedAtSeconds).toBe(7);
    expect(sleeper.keyspace.database(0).observer).toBeDefined();
  });

  it('that write ask first, and learn what there is', async () => {
    const { world, sleeper, awake } = await asleep();
    const before = await world.names('db.log');
    const outcome = await sleeper.append('late');
    if (outcome.kind !== 'conflict') throw new Error(outcome.kind);
    expect(await world.names('db.log')).toEqual(before);
    outcome.changes?.applyTo(sleeper.keyspace);
    expect(sleeper.values()).toEqual(awake.values());
    expect(await sleeper.append('late')).toEqual({ kind: 'committed' });
  });

  it('whose own clocks have slept too do not take a number that was collected for theirs', async () => {
    const { world, sleeper, awake } = await asleep({ now: () => 0, monotonic: () => 0 });
    const outcome = await sleeper.append('lost');
    expect(outcome.kind).toBe('uncertain');
    if (outcome.kind === 'uncertain') outcome.changes?.applyTo(sleeper.keyspace);
    expect(sleeper.values()).toEqual(awake.values());
    expect((await new Node(world).open()).values()).toEqual(awake.values());
  });

  it('that load for longer than a command waits go on with it, and end', async () => {
    const { world, sleeper, awake } = await asleep();
    const { clock } = world.environment;
    world.getMs = 900;
    world.asked.length = 0;
    const outcomes: string[] = [];
    while (outcomes.at(-1) !== 'current') {
      expect(outcomes.length).toBeLessThan(20);
      const deadline = clock.monotonic() + 2500;
      const outcome = await world.finish(sleeper.log.verify(deadline));
      outcomes.push(outcome.kind === 'changed' ? `changed ${outcome.changes.isPartial === true}` : outcome.kind);
      if (outcome.kind === 'unavailable') expect(outcome.reason).toMatch(/is being loaded anew/);
      if (outcome.kind === 'changed') outcome.changes.applyTo(sleeper.keyspace);
      expect(clock.monotonic()).toBeLessThanOrEqual(deadline);
    }
    expect(sleeper.values()).toEqual(awake.values());
    // What came after it was loaded is still to be asked for: a command that waits now may have come later.
    expect([outcomes[0], ...outcomes.slice(-2)]).toEqual(['unavailable', 'changed true', 'current']);
    const parts = world.asked.filter((name) => name.startsWith('db.snapshot'));
    expect([...new Set(parts)]).toEqual(parts);
  });

  it('that cannot load say so, and begin again', async () => {
    const { world, sleeper, awake } = await asleep();
    const { snapshot } = JSON.parse(await world.text('db')) as { snapshot: string };
    world.getFaults.set(snapshot, () => Promise.resolve(storeFailure('denied', 'planted')));
    expect(await sleeper.verify()).toEqual({ kind: 'unavailable', reason: 'planted' });
    await sleeper.catchUp();
    expect(sleeper.values()).toEqual(awake.values());
  });

  it('whose snapshot was overtaken do not put it in place', async () => {
    const { world, awake } = await asleep();
    const head = JSON.parse(await world.text('db')) as { generation: number; history: unknown[] };
    expect(head.generation).toBeGreaterThan(2);
    expect(head.history.length).toBeLessThan(10);
    expect((await new Node(world).open()).values()).toEqual(awake.values());
  });
});

it('has the young collected while it loads, and while it takes over much, so that no collection has much to copy', async () => {
  const world = new World();
  let collections = 0;
  Object.assign(world.environment, { collectYoung: () => collections++ });
  const graceMs = 3_600_000;
  const writer = await new Node(world, { snapshots: { ...snapshotLimitsDefault, bytesMin: 1 << 22 }, graceMs }).open();
  const follower = await new Node(world, { graceMs }).open();
  // Some are in a snapshot, some in the log behind it.
  for (let i = 0; !(await world.text('db')).includes('"snapshot":"') || i % 16 > 0; i++) {
    expect(await writer.append(`k${i}`, String(i).repeat(100_000))).toEqual({ kind: 'committed' });
    await world.environment.advance(10);
  }
  for (const node of [await new Node(world, { graceMs }).open(), follower]) {
    while (node.keyspace.size < writer.keyspace.size) await node.catchUp();
    expect(node.keyspace.memory).toBe(writer.keyspace.memory);
    expect(collections).toBeGreaterThan(writer.keyspace.memory / (3 << 20));
    collections = 0;
  }
});

describe('values that are longer than any object may be', () => {
  // A part is to have 40 bytes here, an object so at most 80 and what surrounds them.
  const values = { long: 'täglich '.repeat(60), binary: '\xff\x00'.repeat(200), short: 's' };

  it('are in a snapshot in pieces, each an object of its own, that stay where they are while the value does', async () => {
    const world = new World();
    const node = await new Node(world, { snapshots: small, graceMs: 3_600_000 }).open();
    for (const [key, value] of Object.entries(values)) await node.append(key, fromText(value));
    node.keyspace.apply({ kind: 'setExpiry', db: 0, key: 'long', expireAt: 9e15 });
    const effects = [{ kind: 'setExpiry', db: 0, key: 'long', expireAt: 9e15 }] as const;
    await world.finish(node.log.append({ keyspace: node.keyspace, effects }, node.deadline));
    const pieces: string[][] = [];
    for (let generation = 2; generation < 4;) {
      await node.append('short');
      await world.environment.advance(1000);
      const head = JSON.parse(await world.text('db')) as { generation: number; snapshot: string };
      if (head.generation < generation) continue;
      generation = head.generation + 1;
      const { databases } = JSON.parse(await world.text(head.snapshot)) as { databases: { parts: Part[] }[] };
      pieces.push(databases.flatMap(({ parts }) => parts.flatMap(({ more = [] }) => more.map(({ name }) => name))));
    }
    expect(pieces[0]!.length).toBeGreaterThan(20);
    expect(pieces[1]).toEqual(pieces[0]);
    for (const piece of pieces[0]!) {
      const result = await world.get(piece);
      expect(gunzipSync(result.kind === 'found' ? result.body : '').length).toBeLessThan(400);
    }
    const other = await new Node(world).open();
    expect(other.keyspace.dump()).toEqual(node.keyspace.dump());
    expect(other.keyspace.memory).toBe(node.keyspace.memory);
  });

  it('are missed by their names when a piece is cut off or gone', async () => {
    const world = new World();
    const node = await new Node(world, { snapshots: small, recordLengthMax: 100, graceMs: 3_600_000 }).open();
    for (let i = 0; !(await world.text('db')).includes('"snapshot":"'); i++) {
      await node.append('long', fromText(values.long.slice(i)));
      await world.environment.advance(1000);
    }
    await node.append('binary', values.binary);
    expect((await new Node(world).open()).keyspace.dump()).toEqual(node.keyspace.dump());
    const newest = Math.max(...(await world.names('db.side')).map((name) => numberOf('db', name)!));
    const sides = await world.names(`db.side/${String(newest).padStart(16, '0')}`);
    const head = JSON.parse(await world.text('db')) as { snapshot: string };
    const parts = await world.names(head.snapshot.replace('.json', '-'));
    expect([sides.length > 3, parts.length > 5]).toEqual([true, true]);
    for (const name of [...sides, ...parts]) {
      const whole = (await world.get(name)) as { body: Uint8Array };
      for (const harm of [() => world.put(name, whole.body.subarray(0, -1)), () => world.delete(name)]) {
        await harm();
        const broken = new Node(world);
        expect(await world.finish(broken.log.open(broken.keyspace, broken.deadline)), name).toMatchObject({
          kind: 'unavailable',
          reason: expect.stringContaining(`object=${name}`) as unknown,
        });
      }
      await world.put(name, whole.body);
    }
    expect((await new Node(world).open()).keyspace.dump()).toEqual(node.keyspace.dump());
  });
});

interface Part {
  readonly name: string;
  readonly more?: readonly { readonly name: string }[];
}

describe('damage', () => {
  async function snapshotted(): Promise<World> {
    const world = new World();
    const node = await new Node(world, { snapshots: small, graceMs: 3_600_000 }).open();
    for (let i = 0; !(await world.text('db')).includes('"snapshot":"'); i++) {
      await node.append(`k${i % 7}`, String(i));
      await world.environment.advance(100);
    }
    await node.append('last');
    expect((await new Node(world).open()).values()).toEqual(node.values());
    return world;
  }

  it('of any object is found at start, by its name, and nothing is written over it', async () => {
    const names = await (await snapshotted()).names();
    const needed = names.filter(
      (name) => !name.startsWith('db.log') || name >= names.filter((n) => n.startsWith('db.log')).at(-1)!,
    );
    expect(needed.some((name) => name.endsWith('.gz'))).toBe(true);
    for (const name of needed) {
      const world = await snapshotted();
      const result = await world.get(name);
      const body = Buffer.from(result.kind === 'found' ? result.body : []);
      body[body.length >> 1]! ^= 1;
      await world.put(name, body);
      const node = new Node(world);
      const opened = await world.finish(node.log.open(node.keyspace, node.deadline));
      expect(opened, name).toMatchObject({
        kind: 'unavailable',
        reason: expect.stringContaining(`object=${name}`) as unknown,
      });
      expect(Buffer.from(((await world.get(name)) as { body: Uint8Array }).body)).toEqual(body);
    }
  });

  it('on the way from the store is mended by asking again', async () => {
    const world = await snapshotted();
    const names = await world.names();
    for (const name of names) {
      world.getFaults.set(name, async (get) => {
        const result = await get();
        return result.kind === 'found' ? { ...result, body: result.body.subarray(0, result.body.length >> 1) } : result;
      });
    }
    await new Node(world).open();
    // Records that the snapshot covers were not asked for.
    expect([...world.getFaults.keys()].filter((name) => !name.startsWith('db.log'))).toEqual([]);
  });

  it('of the network makes a start long, but it gets there: only each request has a deadline', async () => {
    const world = await snapshotted();
    const { environment } = world;
    const begin = environment.clock.monotonic();
    for (const name of await world.names()) {
      world.getFaults.set(name, async (get) => {
        await new Promise<void>((resolve) => environment.timers.set(resolve, 3000));
        const result = await get();
        return result.kind === 'found' ? storeFailure('unavailable', 'planted') : result;
      });
    }
    const node = new Node(world);
    expect(await world.finish(node.log.open(node.keyspace, node.deadline))).toEqual({ kind: 'opened' });
    expect(environment.clock.monotonic() - begin).toBeGreaterThan(9000);
  });

  it('of a part that is missing is told by its name', async () => {
    const world = await snapshotted();
    const part = (await world.names('db.snapshot')).find((name) => name.endsWith('.gz'))!;
    await world.delete(part);
    const node = new Node(world);
    const opened = await world.finish(node.log.open(node.keyspace, node.deadline));
    expect(opened).toMatchObject({
      reason: expect.stringContaining(`is missing, although the head db needs it`) as unknown,
    });
  });
});
