/** `verify` on sound databases, and on damaged ones: whatever is planted in what a head needs is found, by its name. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verify, type Verification } from '../../src/tools/verify.ts';
import { inspect, type JournalFacts } from '../../src/tools/inspect.ts';
import { decodeHead } from '../../src/log/journal/head.ts';
import { recordName } from '../../src/log/journal/names.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';

const text = (i: number): string => `v${i}`.repeat(1 + (i % 5));

/** Snapshots, a log behind them, a side object, void records, expiries, three databases, bytes that are no text. */
async function sample(seed = 2, options: { graceMs?: number } = {}): Promise<JournalWorld> {
  const world = new JournalWorld(seed);
  const writer = await Writer.open(world, 'db', options);
  for (let i = 0; i < 40; i++) {
    const key = i % 7 === 0 ? `\xff${i}` : `k${i % 11}`;
    const db = i % 3;
    await writer.write([
      { kind: 'setString', db, key, value: text(i) },
      ...(i % 4 === 0 ? [{ kind: 'setExpiry' as const, db, key, expireAt: 2_000_000_000_000 + i }] : []),
    ]);
  }
  await writer.write([{ kind: 'setString', db: 0, key: 'large', value: 'x'.repeat(1_100_000) }]);
  const last = await Writer.open(world, 'db', { recordsMax: Infinity });
  await last.write([{ kind: 'setString', db: 1, key: 'last', value: '1' }]);
  return world;
}

function check(world: JournalWorld, name = 'db'): Promise<Verification> {
  return world.finish(verify({ requests: world.requests, name, onProgress: () => undefined }));
}

async function facts(world: JournalWorld): Promise<JournalFacts | undefined> {
  return (await world.finish(inspect({ requests: world.requests, name: 'db', onProgress: () => undefined }))).journal;
}

async function headOf(world: JournalWorld): Promise<ReturnType<typeof decodeHead>> {
  return decodeHead(await world.body('db'));
}

describe('a sound database', () => {
  it('has nothing wrong, and is counted', async () => {
    const world = await sample();
    const { size: keys } = (await Writer.open(world, 'db')).keyspace;
    expect(await check(world)).toMatchObject({ layout: 'journal', findings: [], newest: 42, keys });
    expect((await headOf(world)).history.length).toBeGreaterThan(2);
    expect((await world.names('db.side')).length).toBeGreaterThan(1);
  });

  it('may be a branch, before and after its first snapshot, and what it comes from', async () => {
    const world = await sample();
    await world.branch('db', 'test');
    expect(await check(world, 'test')).toMatchObject({ findings: [], newest: 42 });
    const writer = await Writer.open(world, 'test');
    for (let i = 0; i < 30; i++) await writer.write([{ kind: 'setString', db: 0, key: `b${i}`, value: '1' }]);
    expect(await check(world, 'test')).toMatchObject({ findings: [], newest: 72 });
    expect(await check(world)).toMatchObject({ findings: [] });
  });

  it('may have claims in its log and behind its end, which are not taken for holes', async () => {
    const world = await sample();
    await world.claim('db', 43);
    await world.claim('db', 60);
    const writer = await Writer.open(world, 'db', { recordsMax: Infinity });
    await writer.write([{ kind: 'setString', db: 0, key: 'behind', value: '1' }]);
    const verification = await check(world);
    expect(verification).toMatchObject({ findings: [], newest: 44 });
    expect(verification.remarks).toContain('1 claimed turns are behind the end, which is no harm');
    expect(await facts(world)).toMatchObject({ newest: 44, voids: 1, claims: 2, holes: [] });
    await world.delete(recordName('db', 43));
    expect((await check(world)).findings).toMatchObject([{ object: recordName('db', 43) }]);
    expect(await facts(world)).toMatchObject({ newest: 42, claims: 1, holes: [43] });
  });

  it('may be one that nodes write and collect while it is read', async () => {
    const world = await sample();
    const later = await sample(2, { graceMs: 100 });
    const writer = await Writer.open(later, 'db');
    for (let i = 0; i < 40; i++) {
      await writer.write([{ kind: 'setString', db: 0, key: `n${i}`, value: '1' }]);
      await later.environment.advance(3000);
    }
    expect((await later.names('db.log')).length).toBeLessThan((await world.names('db.log')).length);
    const get = world.get.bind(world);
    let reads = 0;
    world.get = async (name, options) => {
      if (++reads === 12) {
        for (const object of await world.names()) await world.delete(object);
        for (const object of await later.names()) await world.put(object, await later.body(object));
      }
      return get(name, options);
    };
    expect(await check(world)).toMatchObject({ findings: [], newest: 82 });
  });

  it('may be in the plain layout', async () => {
    const world = new JournalWorld();
    await world.put('db', Buffer.from('{"a":"1","b":"2"}\n'));
    expect(await check(world)).toMatchObject({
      layout: 'plain',
      findings: [],
      keys: 2,
      remarks: ['it has no trail of commits: another program has written it'],
    });
  });
});

async function isNamedNow(world: JournalWorld, object: string): Promise<boolean> {
  const head = await headOf(world);
  const manifests = [head, ...head.history].flatMap(({ snapshot }) => (snapshot === undefined ? [] : [snapshot]));
  for (const name of manifests) if ((await world.body(name)).includes(object)) return true;
  return manifests.includes(object);
}

/** What the database needs: its head, what that and its history name, and the log from there on. */
async function needed(world: JournalWorld): Promise<readonly string[]> {
  const head = await headOf(world);
  const first = head.history[0]?.number ?? head.log.number;
  const names = await world.names('db');
  const isNeeded = await Promise.all(
    names.map(async (name) => {
      const number = /^db\.(?:log|side)\/(\d{16})/.exec(name)?.[1];
      if (number !== undefined) return Number(number) >= first;
      return name === 'db' || (await isNamedNow(world, name));
    }),
  );
  return names.filter((_, i) => isNeeded[i]);
}

describe('damage', () => {
  it('of any needed object, of any kind, is found, and its name is told', async () => {
    const names = await needed(await sample());
    expect(names.length).toBeGreaterThan(60);
    const bodies = await sample();
    const damage = fc.oneof(
      fc.record({ kind: fc.constant('missing' as const) }),
      fc.record({ kind: fc.constant('truncated' as const), at: fc.nat() }),
      fc.record({ kind: fc.constant('flipped' as const), at: fc.nat(), bit: fc.nat(7) }),
      fc.record({ kind: fc.constant('swapped' as const), other: fc.constantFrom(...names) }),
      fc.record({ kind: fc.constant('foreign' as const) }),
      fc.record({ kind: fc.constant('empty' as const) }),
    );
    const foreign = await sample(4);
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...names), damage, async (name, { kind, ...how }) => {
        // The last record of all: without it, nothing shows that it has ever been.
        fc.pre(!(kind === 'missing' && name === names.findLast((one) => one.startsWith('db.log'))));
        const world = await sample();
        const before = await bodies.body(name);
        const after = {
          missing: () => undefined,
          empty: () => Buffer.alloc(0),
          truncated: () => before.subarray(0, (how as { at: number }).at % before.length),
          flipped: () => {
            const { at, bit } = how as { at: number; bit: number };
            const flipped = Buffer.from(before);
            flipped[at % before.length]! ^= 1 << bit;
            return flipped;
          },
          swapped: () => bodies.body((how as { other: string }).other),
          foreign: () => foreign.body(name).catch(() => Buffer.from('{}')),
        }[kind];
        const body = await after();
        fc.pre(body === undefined || !body.equals(before));
        if (body === undefined) await world.delete(name);
        else await world.put(name, body);
        const { findings } = await check(world);
        expect(findings.length, kind).toBeGreaterThan(0);
        // Another database's head is one of its own: then its objects are what is wrong.
        if (name !== 'db') expect(findings.map(({ object }) => object)).toContain(name);
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('that checksums do not show is found: an older part with the list that fits, keys of another part, two of one', async () => {
    const world = await sample();
    const head = await headOf(world);
    const [older] = head.history.flatMap(({ snapshot }) => (snapshot === undefined ? [] : [snapshot]));
    await world.put(head.snapshot!, await world.body(older!));
    const { findings } = await check(world);
    expect(findings).toContainEqual({
      object: head.snapshot,
      what: expect.stringContaining('the head means') as unknown,
    });
  });

  it('of the plain layout is found', async () => {
    for (const body of ['', '{', '{"a":1}', '[]', '\xff']) {
      const world = new JournalWorld();
      await world.put('db', Buffer.from(body, 'latin1'));
      expect((await check(world)).findings, body).toHaveLength(1);
    }
  });

  it('that nobody can tell from a crash is called so', async () => {
    const world = await sample();
    await world.delete('db.log/0000000000000041.json');
    expect((await check(world)).findings[0]).toEqual({
      object: 'db.log/0000000000000041.json',
      what: expect.stringMatching(/^it is missing, although there are records up to 42/) as unknown,
    });
  });

  it('where there is nothing is that', async () => {
    expect((await check(new JournalWorld())).findings).toEqual([
      { object: 'db', what: 'it is missing: there is no database of this name' },
    ]);
  });
});
