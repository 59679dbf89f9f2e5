/** Nodes that slept while others wrote and collected, and what all nodes must go by so that this loses nothing. */
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/cli/durations.ts';
import { decodeHead, encodeHead, type Head } from '../../src/log/journal/head.ts';
import { firstHead } from '../../src/log/journal/heads.ts';
import { beginningId, encodeRecord } from '../../src/log/journal/record.ts';
import type { OpenOutcome } from '../../src/log/log.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { set } from '../support/fake-log.ts';
import { asleep, Node, recordName, small, World } from '../support/journal-nodes.ts';

/** Somebody asks, and does not wait until it is loaded. */
async function loadInVain(world: World, sleeper: Node): Promise<void> {
  world.getMs = 900;
  const soon = world.environment.clock.monotonic() + 2500;
  const outcome = await world.finish(sleeper.log.verify(soon));
  expect(outcome.kind === 'unavailable' && outcome.reason).toMatch(/is being loaded anew/);
  world.getMs = 0;
  await world.environment.advance(1000);
}

describe('sleepers', () => {
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
    const { world, sleeper, awake } = await asleep({ clock: { now: () => 0, monotonic: () => 0 } });
    const outcome = await sleeper.append('lost');
    expect(outcome.kind).toBe('uncertain');
    if (outcome.kind === 'uncertain') outcome.changes?.applyTo(sleeper.keyspace);
    expect(sleeper.values()).toEqual(awake.values());
    expect((await new Node(world).open()).values()).toEqual(awake.values());
  });

  it('take a record of their own that they gave up for news', async () => {
    const world = new World();
    const node = await new Node(world).open();
    world.putFaults.set(recordName(1), async (send) => {
      await send();
      await world.pass(500);
      world.onPut = () => storeFailure('unknown', 'planted');
      return storeFailure('unknown', 'planted');
    });
    const soon = world.environment.clock.monotonic() + 600;
    const commit = { keyspace: node.keyspace, effects: [set('k', 'stored')] };
    expect((await world.finish(node.log.append(commit, soon))).kind).toBe('uncertain');
    const outcome = await node.verify();
    if (outcome.kind !== 'changed') throw new Error(outcome.kind);
    outcome.changes.applyTo(node.keyspace);
    expect(node.values()).toEqual({ k: 'stored' });
  });

  it('do not conclude from a number that has another record by now that theirs was never there', async () => {
    const world = new World();
    const awake = await new Node(world, { snapshots: small }).open();
    const sleeper = await new Node(world, { clock: { now: () => 0, monotonic: () => 0 } }).open();
    let wakeUp: () => void = () => undefined;
    const sleep = new Promise<void>((resolve) => (wakeUp = resolve));
    // It is stored, which the sleeper does not hear; it is asleep until that has been taken over and collected.
    world.putFaults.set(recordName(1), async (send) => {
      await send();
      await sleep;
      return storeFailure('unknown', 'planted');
    });
    const outcome = sleeper.begin('k', 'applied once');
    await world.environment.advance(10);
    await awake.catchUp();
    expect(awake.values()).toEqual({ k: 'applied once' });
    for (let i = 0; (await world.names('db.log')).includes(recordName(1)); i++) {
      expect(await awake.append('other', String(i))).toEqual({ kind: 'committed' });
      await world.environment.advance(5000);
      expect(i).toBeLessThan(200);
    }
    // Another sleeper has just created it again.
    const { database } = decodeHead(Buffer.from(await world.text('db')));
    const again = {
      database,
      number: 1,
      id: 'ab'.repeat(12),
      parent: beginningId,
      node: 'other',
      time: 1,
      content: '[]',
    };
    await world.put(recordName(1), encodeRecord(again));
    wakeUp();
    expect(await world.finish(outcome)).toMatchObject({
      kind: 'uncertain',
      reason: expect.stringMatching(/gone on for long/) as string,
    });
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

  it('that have loaded beside a busy writer need not begin again', async () => {
    const { world, sleeper, awake } = await asleep();
    await loadInVain(world, sleeper);
    for (let i = 0; i < 20; i++) {
      expect(await awake.append('k', `newer ${i}`)).toEqual({ kind: 'committed' });
      await world.environment.advance(50);
    }
    world.asked.length = 0;
    await sleeper.catchUp();
    await sleeper.catchUp();
    expect(sleeper.values()).toEqual(awake.values());
    expect(world.asked.filter((name) => name.startsWith('db.snapshot'))).toEqual([]);
  });

  it('do not go back to what they had loaded before they got farther by the log', async () => {
    const world = new World();
    const graceMs = 20_000;
    const awake = await new Node(world, { graceMs, snapshots: small }).open();
    const sleeper = await new Node(world, { graceMs }).open();
    // So long that the sleeper asks for the head before it writes, and not so long that it may not read on by the log.
    const sleep = async (): Promise<void> => {
      await world.environment.advance(graceMs / 4 + 100);
      for (let i = 0; i < 12; i++) expect(await awake.append('k', String(i))).toEqual({ kind: 'committed' });
      await world.environment.advance(100);
    };
    await sleep();
    world.getMs = 900;
    const soon = world.environment.clock.monotonic() + 2500;
    const commit = { keyspace: sleeper.keyspace, effects: [set('k', 'late')] };
    const inVain = await world.finish(sleeper.log.append(commit, soon));
    expect(inVain.kind === 'unavailable' && inVain.reason).toMatch(/is being loaded anew/);
    world.getMs = 0;
    await world.environment.advance(1000);
    world.asked.length = 0;
    await sleeper.catchUp();
    expect(world.asked.filter((name) => !name.startsWith('db.log'))).toEqual([]);
    // It stands right behind what was loaded, where its reader would take it for its own.
    expect(await sleeper.append('own')).toEqual({ kind: 'committed' });
    await awake.catchUp();
    await sleep();
    const outcome = await sleeper.append('late');
    if (outcome.kind !== 'conflict') throw new Error(outcome.kind);
    outcome.changes?.applyTo(sleeper.keyspace);
    expect(sleeper.values()).toEqual(awake.values());
  });

  it('forget what they have loaded where nobody asks for it for half the grace period', async () => {
    const { world, sleeper, awake } = await asleep();
    await loadInVain(world, sleeper);
    await world.environment.advance(6000);
    world.asked.length = 0;
    await sleeper.catchUp();
    expect(sleeper.values()).toEqual(awake.values());
    expect(world.asked.some((name) => name.startsWith('db.snapshot'))).toBe(true);
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

describe('what holds for all nodes', () => {
  const headOf = async (world: World): Promise<Head> => decodeHead(Buffer.from(await world.text('db')));

  it('is the grace period of the node that came first, and others say that theirs is not used', async () => {
    const world = new World();
    await new Node(world, { graceMs: 7000 }).open();
    expect((await headOf(world)).graceMs).toBe(7000);
    const said: string[] = [];
    await new Node(world, { graceMs: 60_000, warn: (message) => said.push(message) }).open();
    expect(await headOf(world)).toMatchObject({ graceMs: 7000, generation: 1 });
    expect(said).toEqual([expect.stringMatching(/that of the database, 7 s, .* not this node's, 60 s/)]);
  });

  it('is said to a database from before there was a place for it', async () => {
    const world = new World();
    await new Node(world).open();
    await world.put('db', encodeHead({ ...(await headOf(world)), graceMs: undefined }));
    await new Node(world, { graceMs: 7000 }).open();
    expect(await headOf(world)).toMatchObject({ graceMs: 7000, generation: 2 });
  });

  it('makes a node with a larger one as careful as the others', async () => {
    const { world, sleeper, awake } = await asleep({ graceMs: 3_600_000, warn: () => undefined });
    await sleeper.catchUp();
    expect(sleeper.values()).toEqual(awake.values());
    expect(await world.names('db.log')).not.toContain(recordName(1));
  });

  it('is how long the past is kept, from the start of the node on that says it', async () => {
    const world = new World();
    await new Node(world).open();
    expect((await headOf(world)).retainMs).toBe(0);
    const swaps = await Promise.all([1000, 2000].map((retainMs) => new Node(world, { retainMs }).open()));
    expect(swaps).toHaveLength(2);
    expect([1000, 2000]).toContain((await headOf(world)).retainMs);
    await new Node(world).open();
    expect(await headOf(world)).toMatchObject({ generation: 3 });
  });

  it('is not served where it cannot be said', async () => {
    const world = new World();
    await new Node(world).open();
    world.onPut = () => storeFailure('denied', 'planted');
    const node = new Node(world, { retainMs: 1000 });
    const opened = world.finish(node.log.open(node.keyspace, world.environment.clock.monotonic() + 3000));
    expect(await opened).toEqual({ kind: 'unavailable', reason: 'planted' });
  });

  it('is in whole milliseconds: nobody could read the head again', () => {
    const head = firstHead('d', {
      log: { number: 1, parent: beginningId },
      retainMs: 0,
      graceMs: 3_960_000.0000000005,
    });
    expect(() => encodeHead(head)).toThrow('not in whole milliseconds: 3960000.0000000005');
    expect(['1.1h', '0.07h', '0.1ms'].map(parseDuration)).toEqual([3_960_000, 252_000, 0]);
  });
});

describe('a database whose head is gone', () => {
  it('is not begun anew among what is left of it, which a new one would take for its own, and delete', async () => {
    const world = new World();
    const node = await new Node(world).open();
    for (let i = 1; i <= 3; i++) await node.append('k', String(i));
    const head = await world.text('db');
    await world.delete('db');
    const open = (): Promise<OpenOutcome> => {
      const fresh = new Node(world);
      return world.finish(fresh.log.open(fresh.keyspace, fresh.deadline));
    };
    const refused = await open();
    expect(refused.kind === 'unavailable' && refused.reason).toMatch(
      /head is not there any more: bring that back, or delete all .* db\.log\/, .*object=db\.log\/0{15}1\.json/,
    );
    await world.put('db', Buffer.from(head));
    expect(await open()).toEqual({ kind: 'opened' });
    for (const name of await world.names('db')) await world.delete(name);
    expect(await open()).toEqual({ kind: 'opened' });
  });

  it('but it may have been created while it was looked for', async () => {
    const world = new World();
    const [first, second] = [new Node(world), new Node(world)];
    // The second finds no head, and then what the first has written behind its own.
    world.getFaults.set('db', async (get) => {
      const missing = await get();
      await first.log.open(first.keyspace, first.deadline);
      await first.begin('k');
      return missing;
    });
    await second.open();
    await second.catchUp();
    expect(second.values()).toEqual({ k: 'k' });
  });
});
