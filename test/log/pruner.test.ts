/** What is let go of between snapshots, and what a head that is swapped meanwhile means for whoever has read the one before. */
import { describe, expect, it } from 'vitest';
import { createBranch } from '../../src/log/journal/create-branch.ts';
import { decodeHead, encodeHead, type Head } from '../../src/log/journal/head.ts';
import { Heads } from '../../src/log/journal/heads.ts';
import { decodeManifest, objectsOf } from '../../src/log/journal/manifest.ts';
import { numberOf } from '../../src/log/journal/names.ts';
import type { GetResult, PutOptions, PutResult } from '../../src/store/object-store.ts';
import { set } from '../support/fake-log.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';

const graceMs = 60_000;

async function headOf(world: JournalWorld): Promise<Head> {
  return decodeHead(await world.body('db'));
}

async function recordsOf(world: JournalWorld): Promise<readonly number[]> {
  return (await world.names('db.log/')).map((name) => numberOf('db', name)!);
}

/** Has written many records in a short time. */
async function burst(world: JournalWorld): Promise<Writer> {
  const writer = await Writer.open(world, 'db', { graceMs, recordsMax: 20 });
  for (let i = 0; i < 100; i++) await writer.write([set(`key${i % 7}`, String(i))]);
  // Until a snapshot has just been written.
  while ((await headOf(world)).log.number <= writer.log.newest) await writer.write([set('key', 'x')]);
  return writer;
}

async function catchUp(world: JournalWorld, { log, keyspace }: Writer): Promise<void> {
  const verified = await world.finish(log.verify(world.environment.clock.monotonic() + 5000));
  if (verified.kind === 'changed') verified.changes.applyTo(keyspace);
}

function pause({ environment }: JournalWorld, durationMs: number): Promise<void> {
  return new Promise((resolve) => environment.timers.set(resolve, durationMs));
}

function isManifest(name: string): boolean {
  return /^db\.snapshot\/\w+\.json$/.test(name);
}

describe('after a burst of writes', () => {
  it('what it made obsolete goes when it is old enough, although no snapshot is due', async () => {
    const world = new JournalWorld();
    const writer = await burst(world);
    const { snapshot, log, generation } = await headOf(world);
    expect((await recordsOf(world))[0]).toBe(1);
    await world.environment.advance(graceMs + 5000);
    await writer.write([set('late', '1')]);
    const head = await headOf(world);
    expect(head).toMatchObject({ snapshot, log, generation: generation + 1, history: [] });
    expect((await recordsOf(world))[0]).toBe(log.number);
    const wanted = { database: head.database, databaseCount: 3 };
    const { databases } = decodeManifest(await world.body(snapshot!), wanted);
    const parts = databases.flatMap((database) => database.parts.flatMap(objectsOf)).map(({ name }) => name);
    expect(await world.names('db.snapshot/')).toEqual([snapshot!, ...parts].sort());
    const reader = await Writer.open(world, 'db');
    expect(reader.keyspace.dump()).toEqual(writer.keyspace.dump());
  });

  it('it stays as long as the past is retained', async () => {
    const world = new JournalWorld();
    const writer = await burst(world);
    const head = await headOf(world);
    await world.put('db', encodeHead({ ...head, generation: head.generation + 1, retainMs: 3 * graceMs }));
    await world.environment.advance(graceMs + 5000);
    await writer.write([set('late', '1')]);
    expect((await recordsOf(world))[0]).toBe(1);
    await world.environment.advance(2 * graceMs);
    await writer.write([set('late', '2')]);
    expect((await recordsOf(world))[0]).toBe(head.log.number);
  });

  it('it stays for the grace period, too, where no head says since when the oldest has been there', async () => {
    const world = new JournalWorld();
    const writer = await burst(world);
    const head = await headOf(world);
    await world.put('db', encodeHead({ ...head, generation: head.generation + 1, history: [] }));
    for (let i = 0; i < 60; i++) await writer.write([set(`key${i % 7}`, String(i))]);
    expect((await headOf(world)).log.number).toBeGreaterThan(head.log.number);
    expect((await recordsOf(world))[0]).toBe(1);
    await world.environment.advance(graceMs + 5000);
    await writer.write([set('late', '1')]);
    expect((await recordsOf(world))[0]).toBe((await headOf(world)).log.number);
  });

  it('it stays where whoever writes leaves that to others', async () => {
    const world = new JournalWorld();
    await burst(world);
    const head = await headOf(world);
    await world.environment.advance(graceMs + 5000);
    const command = await Writer.open(world, 'db', { graceMs: undefined, recordsMax: Infinity });
    for (let i = 0; i < 5; i++) await command.write([set('late', String(i))]);
    expect(await headOf(world)).toEqual(head);
    expect((await recordsOf(world))[0]).toBe(1);
  });

  it('nobody is asked for anything as long as nobody writes', async () => {
    const world = new JournalWorld();
    await burst(world);
    const { generation } = await headOf(world);
    const requests: string[] = [];
    world.get = (name) => {
      requests.push(name);
      throw new Error('asked');
    };
    await world.environment.advance(10 * graceMs);
    expect(requests).toEqual([]);
    delete (world as Partial<JournalWorld>).get;
    expect((await headOf(world)).generation).toBe(generation);
  });

  it('a node that has seen none of it finds what is to be let go of', async () => {
    const world = new JournalWorld();
    const idle = await Writer.open(world, 'db', { graceMs, recordsMax: 1000 });
    await burst(world);
    const { log, history } = await headOf(world);
    await world.environment.advance(graceMs + 5000);
    await catchUp(world, idle);
    await idle.write([set('late', '1')]);
    // It does not know for how long the newest head has been there: what that made obsolete stays.
    expect((await headOf(world)).history).toEqual(history.slice(-1));
    expect((await recordsOf(world))[0]).toBe(history.at(-1)!.number);
    await world.environment.advance(graceMs + 5000);
    await idle.write([set('late', '2')]);
    expect((await headOf(world)).history).toEqual([]);
    expect((await recordsOf(world))[0]).toBe(log.number);
  });
});

describe('a snapshot that takes long', () => {
  it('keeps its parts, and is put in place, although another node lets go of the past meanwhile', async () => {
    class Held extends JournalWorld {
      isHeld = false;
      override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
        if (this.isHeld && isManifest(name)) await pause(this, graceMs + 10_000);
        return super.put(name, body, options);
      }
    }
    const world = new Held();
    const writer = await burst(world);
    const { snapshot, history } = await headOf(world);
    expect(history.length).toBeGreaterThan(1);
    const other = await Writer.open(world, 'db', { graceMs, recordsMax: 1000 });
    world.isHeld = true;
    while (!writer.log.snapshots.isUnderWay) await writer.write([set('key', 'x')]);
    await world.environment.advance(graceMs + 5000);
    expect((await headOf(world)).snapshot).toBe(snapshot);
    await catchUp(world, other);
    await other.write([set('late', '1')]);
    expect((await headOf(world)).history.length).toBeLessThan(history.length);
    await world.environment.advance(10_000);
    expect(writer.log.snapshots.isUnderWay).toBe(false);
    expect((await headOf(world)).snapshot).not.toBe(snapshot);
    expect((await Writer.open(world, 'db')).keyspace.dump()).toEqual(other.keyspace.dump());
  });
});

describe('a head that is swapped', () => {
  it('only for a branch, or by letting go, does not take a snapshot away that is being written', async () => {
    class Meddled extends JournalWorld {
      meddled = 0;
      override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
        const result = await super.put(name, body, options);
        if (isManifest(name) && this.meddled++ === 0) {
          const options = { requests: this.requests, source: 'db', name: 'branch', databaseCount: 3, until: {} };
          expect((await createBranch(options, Infinity)).kind).toBe('created');
        }
        return result;
      }
    }
    const world = new Meddled();
    const writer = await Writer.open(world, 'db', { recordsMax: 5 });
    for (let i = 0; i < 5; i++) await writer.write([set('key', String(i))]);
    expect(world.meddled).toBe(1);
    expect(writer.log.snapshots.written).toBe(1);
    const head = await headOf(world);
    expect(head.log.number).toBe(6);
    expect(head.branches.map(({ name }) => name)).toEqual(['branch']);
  });

  it('while another answer is on its way is newer than that, and nothing is wrong', async () => {
    class Slow extends JournalWorld {
      isSlow = false;
      override async get(name: string): Promise<GetResult> {
        const result = await super.get(name);
        if (this.isSlow) await pause(this, 500);
        return result;
      }
    }
    const world = new Slow();
    const heads = new Heads(world.requests, 'db', { graceMs, retainMs: 0, mustExist: false });
    const found = await world.finish(heads.open(Infinity));
    if (found.kind !== 'found') throw new Error(found.reason);
    world.isSlow = true;
    const slow = heads.fetch(Infinity);
    const next = { ...found.content, generation: 2, retainMs: 7 };
    expect(await heads.swap(next, found.etag, Infinity)).toBe('swapped');
    expect(await world.finish(slow)).toMatchObject({ kind: 'found', content: { generation: 1 } });
    expect(heads.newest).toEqual(next);
    // One that comes back is a damaged database, as before.
    await world.put('db', encodeHead(found.content));
    expect(await world.finish(heads.fetch(Infinity))).toMatchObject({
      reason: expect.stringContaining('older head') as unknown,
    });
  });
});
