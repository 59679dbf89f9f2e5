/** The journal's log alone: chains, fates, sleepers, damage. */
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { numberOf } from '../../src/log/journal/names.ts';
import { fromText } from '../../src/resp/bytes.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { Node, recordName, small, World } from '../support/journal-nodes.ts';

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

  it('asks for about as many records at once as there were the last time', async () => {
    const world = new World();
    const writer = await new Node(world).open();
    const reader = await new Node(world).open();
    const rounds = async (commits: number): Promise<number> => {
      for (let i = 0; i < commits; i++) await writer.append('k', String(i));
      world.getMs = 100;
      world.asked.length = 0;
      const before = world.environment.clock.monotonic();
      await reader.catchUp();
      world.getMs = 0;
      expect(reader.values()).toEqual(writer.values());
      return (world.environment.clock.monotonic() - before) / 100;
    };
    expect(await rounds(1)).toBe(2);
    expect(world.asked).toEqual([recordName(1), recordName(2)]);
    const first = await rounds(8);
    expect(await rounds(8)).toBeLessThan(first);
    // And as few again.
    await rounds(1);
    await rounds(1);
    expect(world.asked).toHaveLength(2);
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

it('writes no snapshot right behind another, unless the log has grown much meanwhile', async () => {
  const world = new World();
  const snapshots = { ...snapshotLimitsDefault, bytesMin: 1000, rest: { ms: 5000, bytes: 20_000 } };
  const node = await new Node(world, { snapshots, graceMs: 3_600_000 }).open();
  const generationAfter = async (valueLength: number): Promise<number> => {
    expect(await node.append('key', 'x'.repeat(valueLength))).toEqual({ kind: 'committed' });
    await world.environment.advance(1000);
    return (JSON.parse(await world.text('db')) as { generation: number }).generation;
  };
  const first = await generationAfter(2000);
  expect(first).toBeGreaterThan(1);
  for (let i = 0; i < 3; i++) expect(await generationAfter(2000)).toBe(first);
  await world.environment.advance(5000);
  expect(await generationAfter(2000)).toBe(first + 1);
  expect(await generationAfter(200_000)).toBe(first + 2);
  expect((await new Node(world).open()).values()).toEqual({ key: 'x'.repeat(200_000) });
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
