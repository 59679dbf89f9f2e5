import { describe, expect, it } from 'vitest';
import { Engine } from '../../src/engine/engine.ts';
import { engineLimitsDefault, type EngineLimits } from '../../src/engine/limits.ts';
import type { Task } from '../../src/engine/task.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { View } from '../../src/keyspace/view.ts';
import { error, isError, type Reply } from '../../src/resp/reply.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { changes, FakeLog, set } from '../support/fake-log.ts';

/** Replies of these tests are errors, strings and numbers. */
function describeReply(reply: Reply): string {
  if (isError(reply)) return reply.text.split(' ', 1).join();
  return typeof reply === 'number' ? `${reply}` : (reply as string);
}

class World {
  readonly environment = new VirtualEnvironment(1);
  readonly keyspace = new Keyspace(2);
  readonly log: FakeLog;
  readonly engine: Engine;
  /** What has been settled, in order: `name=reply`. */
  readonly settled: string[] = [];

  constructor(limits: Partial<EngineLimits> = {}, pipelineDepth = 1) {
    this.log = new FakeLog(pipelineDepth);
    this.engine = new Engine({
      log: this.log,
      keyspace: this.keyspace,
      environment: this.environment,
      limits: { ...engineLimitsDefault, ...limits },
      replyToError: (cause) => error(`ERR ${(cause as Error).message}`),
    });
    void this.engine.start();
  }

  submit(name: string, execute: (view: View) => Reply): void {
    const task: Task = {
      execute: (now) => execute(new View(this.keyspace, { db: 0, now, touches: true })),
      settle: (reply) => {
        this.settled.push(`${name}=${describeReply(reply)}`);
      },
    };
    this.engine.submit(task);
  }

  increment(name: string, key = 'n'): void {
    this.submit(name, (view) => {
      const next = Number((view.get(key) as string | undefined) ?? 0) + 1;
      view.setString(key, String(next));
      return next;
    });
  }

  get(name: string, key = 'n'): void {
    this.submit(name, (view) => (view.get(key) as string | undefined) ?? 'nil');
  }

  /** Lets everything happen that needs no answer from the log. */
  async turn(): Promise<void> {
    await this.environment.run(() => false, 0);
  }
}

describe('Engine', () => {
  it('settles all that arrived in one turn by one write, the reads too, and nothing before it', async () => {
    const world = new World();
    world.increment('a');
    world.get('b');
    world.increment('c');
    await world.turn();
    expect(world.log.appends.map(({ effects }) => effects)).toEqual([[set('n', '1'), set('n', '2')]]);
    expect(world.log.verifies).toEqual([]);
    expect(world.settled).toEqual([]);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['a=1', 'b=1', 'c=2']);
  });

  it('settles reads alone by a proof that was asked for after they arrived', async () => {
    const world = new World();
    world.get('a');
    await world.turn();
    world.get('late');
    await world.turn();
    expect(world.log.appends).toEqual([]);
    expect(world.log.verifies).toHaveLength(1);
    world.log.verifies[0]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['a=nil']);
    expect(world.log.verifies).toHaveLength(2);
    world.log.verifies[1]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['a=nil', 'late=nil']);
  });

  it('asks for the proof of a read beside a write in flight, and releases it with that write', async () => {
    const world = new World();
    world.increment('write');
    await world.turn();
    world.get('read');
    await world.turn();
    expect(world.log.verifies).toHaveLength(1);
    world.log.verifies[0]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual([]);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['write=1', 'read=1']);
  });

  it('does not take the write for a proof of a read that arrived after it was sent', async () => {
    const world = new World();
    world.increment('write');
    await world.turn();
    world.get('read');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['write=1']);
    world.log.verifies[0]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['write=1', 'read=1']);
  });

  it('asks again where the proof beside a write said that something changed, as it may be that write', async () => {
    const world = new World();
    world.increment('write');
    await world.turn();
    world.get('read');
    await world.turn();
    world.log.verifies[0]!.answer({ kind: 'changed', changes: changes(set('n', '41')) });
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['write=1']);
    expect(world.log.verifies).toHaveLength(2);
    world.log.verifies[1]!.answer({ kind: 'changed', changes: changes(set('n', '41')) });
    await world.turn();
    expect(world.settled).toEqual(['write=1', 'read=41']);
  });

  it('takes a proof that brings something new for one of the new state, by those that had arrived before it', async () => {
    const world = new World();
    world.get('early');
    world.increment('never mind', 'other');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    world.get('read');
    await world.turn();
    world.get('late');
    world.log.verifies[0]!.answer({ kind: 'changed', changes: changes(set('n', '7')) });
    await world.turn();
    expect(world.settled.slice(2)).toEqual(['read=7']);
    expect(world.log.verifies).toHaveLength(2);
    world.log.verifies[1]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled.slice(2)).toEqual(['read=7', 'late=7']);
  });

  it('tells of all that such a read has missed, however much', async () => {
    const world = new World();
    let told = 0;
    world.keyspace.eventSink = () => undefined;
    world.engine.onEvents = (events) => (told += events.length);
    world.submit('read', ({ reading }) => Array.from({ length: 200_000 }, () => reading.has('n')).length);
    await world.turn();
    world.log.verifies[0]!.answer({ kind: 'changed', changes: changes(set('other', '7')) });
    await world.turn();
    expect(world.settled).toEqual(['read=200000']);
    expect(told).toBe(200_000);
  });

  it('settles by such a proof only what comes before any effect', async () => {
    const world = new World();
    world.get('before');
    world.submit('expires', (view) => {
      // What is new makes a write of it.
      if ((view.get('n') as string | undefined) === '7') view.setString('seen', 'yes');
      return 'done';
    });
    world.get('behind', 'seen');
    await world.turn();
    world.log.verifies[0]!.answer({ kind: 'changed', changes: changes(set('n', '7')) });
    await world.turn();
    expect(world.settled).toEqual(['before=7']);
    expect(world.log.appends[0]!.effects).toEqual([set('seen', 'yes')]);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['before=7', 'expires=done', 'behind=yes']);
  });

  it('answers every read whose proof was spoilt, also where the one asked for again fails', async () => {
    const world = new World();
    world.increment('write');
    await world.turn();
    for (const [index, name] of ['first', 'second'].entries()) {
      world.get(name);
      await world.turn();
      world.log.verifies[index]!.answer({ kind: 'changed', changes: changes() });
      await world.turn();
    }
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    world.log.verifies[2]!.answer({ kind: 'unavailable', reason: 'x' });
    await world.turn();
    expect(world.settled).toEqual(['write=1', 'first=UNAVAILABLE', 'second=UNAVAILABLE']);
    let drained = false;
    void world.engine.drain().then(() => (drained = true));
    await world.turn();
    expect(drained).toBe(true);
  });

  it('gives up in time what conflicts keep from being written', async () => {
    const world = new World({ timeoutMs: 1000 });
    world.increment('unlucky');
    await world.turn();
    for (let round = 0; round < 2; round++) {
      await world.environment.advance(600);
      if (round === 1) world.increment('newcomer');
      world.log.appends[round]!.answer({ kind: 'conflict', changes: changes(set('n', `${round}`)) });
      await world.turn();
    }
    expect(world.settled).toEqual(['unlucky=UNAVAILABLE']);
    world.log.appends[2]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['unlucky=UNAVAILABLE', 'newcomer=2']);
  });

  it('gives a write as long as its newest command may take', async () => {
    const world = new World({ timeoutMs: 1000 });
    world.increment('first');
    await world.turn();
    await world.environment.advance(900);
    world.increment('second');
    world.log.appends[0]!.answer({ kind: 'conflict', changes: changes() });
    await world.turn();
    expect(world.log.appends.map(({ deadline }) => Math.round(deadline))).toEqual([1000, 1900]);
  });

  it('has not come to rest while something is run again', async () => {
    const world = new World();
    world.increment('a');
    await world.turn();
    world.increment('b');
    let drained = false;
    void world.engine.drain().then(() => (drained = true));
    world.log.appends[0]!.answer({ kind: 'unavailable', reason: 'x' });
    await world.turn();
    expect([drained, ...world.settled]).toEqual([false, 'a=UNAVAILABLE']);
    world.log.appends[1]!.answer({ kind: 'committed' });
    await world.turn();
    expect([drained, ...world.settled]).toEqual([true, 'a=UNAVAILABLE', 'b=1']);
  });

  it('lets time go on at half its speed after the clock was set back, and never back', async () => {
    const world = new World();
    const seen: number[] = [];
    const look = async (): Promise<void> => {
      world.submit('look', (view) => {
        seen.push(view.now);
        return 'ok';
      });
      await world.turn();
      world.log.verifies.at(-1)!.answer({ kind: 'current' });
      await world.turn();
    };
    const { clock } = world.environment;
    const { now } = clock;
    await look();
    clock.now = () => now() - 10_000;
    for (const seconds of [0, 6, 20]) {
      await world.environment.advance(seconds * 1000);
      await look();
    }
    expect(seen.map((time) => time - seen[0]!)).toEqual([0, 0, 3000, 16_000]);
  });

  it('lets a later proof settle earlier reads whose own proof was spoilt', async () => {
    const world = new World();
    world.increment('write');
    await world.turn();
    world.get('first');
    await world.turn();
    world.log.verifies[0]!.answer({ kind: 'changed', changes: changes() });
    await world.turn();
    world.get('second');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    world.log.verifies[1]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['write=1', 'first=1', 'second=1']);
  });

  it('rolls back after a conflict, takes over what is new and runs everything again in order', async () => {
    const world = new World();
    world.increment('a');
    await world.turn();
    world.increment('b');
    world.get('c');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'conflict', changes: changes(set('n', '10')) });
    await world.turn();
    expect(world.settled).toEqual([]);
    expect(world.log.appends[1]!.effects).toEqual([set('n', '11'), set('n', '12')]);
    world.log.appends[1]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['a=11', 'b=12', 'c=12']);
    expect(world.engine.statistics).toMatchObject({ conflicts: 1, reexecutions: 3, writeRounds: 1 });
  });

  it('runs reads again where the proof brings something new', async () => {
    const world = new World();
    world.get('a');
    await world.turn();
    world.increment('b');
    await world.turn();
    expect(world.log.appends).toHaveLength(1);
    world.log.appends[0]!.answer({ kind: 'conflict', changes: changes(set('n', '5')) });
    await world.turn();
    // What is new was read after it had arrived.
    expect(world.settled).toEqual(['a=5']);
    world.log.verifies[0]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['a=5']);
    world.log.appends[1]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['a=5', 'b=6']);
  });

  it('takes over what is new after an uncertain write too, where it is known', async () => {
    const world = new World();
    world.increment('a');
    await world.turn();
    world.get('b');
    world.log.appends[0]!.answer({ kind: 'uncertain', reason: 'x', changes: changes(set('n', '9')) });
    await world.turn();
    expect(world.settled).toEqual(['a=UNCERTAIN']);
    world.log.verifies[0]!.answer({ kind: 'current' });
    await world.turn();
    expect(world.settled).toEqual(['a=UNCERTAIN', 'b=9']);
  });

  it('answers an uncertain write so, and takes nothing of it for granted afterwards', async () => {
    const world = new World();
    world.increment('a');
    world.get('read in the same round');
    await world.turn();
    world.increment('b');
    world.log.appends[0]!.answer({ kind: 'uncertain', reason: 'no answer' });
    await world.turn();
    expect(world.settled).toEqual(['a=UNCERTAIN', 'read in the same round=UNAVAILABLE']);
    expect(world.log.appends[1]!.effects).toEqual([set('n', '1')]);
    world.log.appends[1]!.answer({ kind: 'conflict', changes: changes(set('n', '1')) });
    await world.turn();
    world.log.appends[2]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled.at(-1)).toBe('b=2');
  });

  it('answers reads and writes that the store refuses with UNAVAILABLE and stays usable', async () => {
    const world = new World();
    world.get('r');
    await world.turn();
    world.log.verifies[0]!.answer({ kind: 'unavailable', reason: 'refused' });
    await world.turn();
    world.increment('w');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'unavailable', reason: 'refused' });
    await world.turn();
    expect(world.settled).toEqual(['r=UNAVAILABLE', 'w=UNAVAILABLE']);
    expect(world.keyspace.dump()).toEqual([]);
    world.increment('again');
    await world.turn();
    world.log.appends[1]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled.at(-1)).toBe('again=1');
  });

  it('undoes what a failing task has done, and only that', async () => {
    const world = new World();
    world.increment('good');
    world.submit('bad', (view) => {
      view.setString('n', 'rubbish');
      view.setString('m', 'rubbish');
      throw new Error('no');
    });
    await world.turn();
    expect(world.log.appends[0]!.effects).toEqual([set('n', '1')]);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['good=1', 'bad=ERR']);
  });

  it('holds the number of keys at its limit, all or nothing, and lets existing keys change', async () => {
    const world = new World({ keysMax: 2 });
    world.increment('1', 'a');
    world.submit('2', (view) => {
      view.setString('b', '1');
      view.setString('c', '1');
      return 'both';
    });
    world.increment('3', 'a');
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['1=1', '2=ERR', '3=2']);
    expect(world.keyspace.dump()).toEqual([[0, 'a', '2', undefined]]);
  });

  it('waits for company where a commit interval says so', async () => {
    const world = new World({ commitIntervalMs: 50 });
    world.increment('a');
    await world.environment.advance(40);
    world.increment('b');
    expect(world.log.appends).toHaveLength(0);
    await world.environment.advance(20);
    expect(world.log.appends.map(({ effects }) => effects.length)).toEqual([2]);
  });

  it('says when it has enough, and when there is room again', async () => {
    const world = new World({ batchTasksMax: 3 });
    for (const name of ['a', 'b', 'c']) world.increment(name);
    expect(world.engine.congested).toBe(true);
    let room = 0;
    world.engine.onRoom(() => room++);
    await world.turn();
    expect([room, world.engine.congested]).toEqual([1, false]);
  });

  it('drains when everything is settled', async () => {
    const world = new World();
    world.increment('a');
    let drained = false;
    void world.engine.drain().then(() => (drained = true));
    await world.turn();
    expect(drained).toBe(false);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(drained).toBe(true);
  });

  it('deletes what expires by a commit, without being asked, and is idle before and after', async () => {
    const world = new World();
    world.submit('set', (view) => {
      view.setStringExpiring('k', 'v', view.now + 5000);
      return 'OK';
    });
    await world.turn();
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    await world.environment.advance(4900);
    expect(world.log.appends).toHaveLength(1);
    await world.environment.advance(300);
    expect(world.log.appends[1]!.effects).toEqual([{ kind: 'delete', db: 0, key: 'k', event: 'expired' }]);
    world.log.appends[1]!.answer({ kind: 'committed' });
    expect(await world.environment.run(() => false)).toBe(false);
    expect([world.log.appends.length, world.log.verifies.length]).toEqual([2, 0]);
  });

  it('deletes an expired key by a commit when a read meets it, where the cycle is off', async () => {
    const world = new World();
    world.engine.setActiveExpiry(false);
    world.keyspace.apply(set('k', 'v'));
    world.keyspace.apply({ kind: 'setExpiry', db: 0, key: 'k', expireAt: 1 });
    world.get('read', 'k');
    await world.turn();
    expect(world.log.appends[0]!.effects).toEqual([{ kind: 'delete', db: 0, key: 'k', event: 'expired' }]);
  });

  it('keeps several writes under way, settles them in order and fails them together', async () => {
    const world = new World({}, 2);
    world.increment('a');
    await world.turn();
    world.increment('b');
    await world.turn();
    world.increment('c');
    await world.turn();
    expect(world.log.appends.map(({ effects }) => effects)).toEqual([[set('n', '1')], [set('n', '2')]]);
    world.log.appends[0]!.answer({ kind: 'committed' });
    await world.turn();
    expect(world.settled).toEqual(['a=1']);
    world.log.appends[1]!.answer({ kind: 'conflict', changes: changes(set('n', '7')) });
    await world.turn();
    expect(world.log.appends).toHaveLength(3);
    world.log.appends[2]!.answer({ kind: 'conflict', changes: changes() });
    await world.turn();
    expect(world.log.appends[3]!.effects).toEqual([set('n', '8'), set('n', '9')]);
  });
});
