/**
 * A node whose machine was suspended, and its monotonic clock with it: for all it knows no time has passed, so it asks
 * nobody before it writes. Meanwhile others have gone on, and the numbers that it is about to use were collected. That the
 * store says of them that they are free means nothing, whatever else the node has learnt in the same moment.
 */
import { expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { decodeHead } from '../../src/log/journal/head.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { recordName } from '../../src/log/journal/names.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import type { AppendOutcome, VerifyOutcome } from '../../src/log/log.ts';
import { NodeEnvironment } from '../../src/simulation/node-environment.ts';
import { NodeStore } from '../../src/simulation/node-store.ts';
import type { PutOptions, PutResult } from '../../src/store/object-store.ts';
import { set } from '../support/fake-log.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';

const graceMs = 60_000;
const databaseCount = 3;

/** Answers to puts can be made to take long. */
class World extends JournalWorld {
  putMs = 0;
  getMs = 0;

  override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const result = await super.put(name, body, options);
    if (this.putMs > 0) await this.pass(this.putMs);
    return result;
  }

  override async get(name: string): ReturnType<JournalWorld['get']> {
    if (this.getMs > 0) await this.pass(this.getMs);
    return super.get(name);
  }

  pass(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.environment.timers.set(resolve, durationMs));
  }

  async first(): Promise<string | undefined> {
    return (await this.names('db.log/'))[0];
  }
}

class Sleeper {
  readonly keyspace = new Keyspace(databaseCount);
  readonly #world: World;
  readonly #environment: NodeEnvironment;
  readonly #log: JournalLog;

  private constructor(world: World) {
    this.#world = world;
    const environment = new NodeEnvironment(world.environment, { offsetMs: 0, drift: 0 });
    const link = { requestsCut: false, responsesCut: false };
    const store = new NodeStore(world, { node: environment, world: world.environment, link });
    this.#environment = environment;
    const place = { store, name: 'db', node: 'sleeper', environment, databaseCount, requestTimeoutMs: 1000 };
    this.#log = new JournalLog({ ...place, pipelineDepth: 4, graceMs, snapshots: snapshotLimitsDefault });
  }

  static async open(world: World): Promise<Sleeper> {
    const sleeper = new Sleeper(world);
    expect(await world.finish(sleeper.#log.open(sleeper.keyspace, Infinity))).toEqual({ kind: 'opened' });
    return sleeper;
  }

  fallAsleep(): void {
    this.#environment.pause('machine');
  }

  async wake(): Promise<void> {
    this.#environment.resume();
    await this.#world.environment.advance(0);
  }

  append(key: string): Promise<AppendOutcome> {
    const effect = set(key, 'late');
    this.keyspace.apply(effect);
    return this.#log.append({ keyspace: this.keyspace, effects: [effect] }, this.#deadline(5000));
  }

  verify(patienceMs = 5000): Promise<VerifyOutcome> {
    return this.#log.verify(this.#deadline(patienceMs));
  }

  #deadline(patienceMs: number): number {
    return this.#environment.clock.monotonic() + patienceMs;
  }
}

it('writes and reads at once: it does not take what it reads behind its writes for news of the end that it knows', async () => {
  const world = new World();
  const sleeper = await Sleeper.open(world);
  sleeper.fallAsleep();
  const awake = await Writer.open(world, 'db', { graceMs, recordsMax: 3 });
  for (let i = 1; i <= 3; i++) await awake.write([set(`key${i}`, String(i))]);
  await world.environment.advance(graceMs + 5000);
  await awake.write([set('key4', '4')]);
  // Of the log only the last record is left: the sleeper knows of none, and has the numbers before it for the next.
  expect(decodeHead(await world.body('db')).log.number).toBe(4);
  expect(await world.names('db.log/')).toEqual([recordName('db', 4)]);
  await sleeper.wake();
  world.putMs = 500;
  const appends = [1, 2, 3, 4].map((number) => sleeper.append(`key${number}`));
  // Nobody has the number behind them all; it is not obsolete either.
  expect(await world.finish(sleeper.verify())).toEqual({ kind: 'current' });
  const [first, ...behind] = await world.finish(Promise.all(appends));
  expect(first?.kind).toBe('uncertain');
  for (const { kind } of behind) expect(kind).not.toBe('committed');
  if (first?.kind === 'uncertain') first.changes?.applyTo(sleeper.keyspace);
  expect(sleeper.keyspace.dump()).toEqual(awake.keyspace.dump());
  expect((await Writer.open(world, 'db')).keyspace.dump()).toEqual(awake.keyspace.dump());
});

it('has loaded the database anew, and slept again before it takes that over: it does not take it for the newest', async () => {
  const world = new World();
  const sleeper = await Sleeper.open(world);
  sleeper.fallAsleep();
  const awake = await Writer.open(world, 'db', { graceMs, recordsMax: 3 });
  /** Until what had been the end of the log before it is obsolete, and gone. */
  const goOn = async (value: string): Promise<void> => {
    const end = recordName('db', awake.log.newest + 1);
    for (let i = 0; (await world.first())! <= end; i++) {
      await awake.write([set(`key${i % 5}`, `${value} ${i}`)]);
      await world.environment.advance(graceMs / 4);
      expect(i).toBeLessThan(100);
    }
  };
  await awake.write([set('first', '1')]);
  await goOn('while it sleeps');
  await sleeper.wake();
  world.getMs = 300;
  expect(await world.finish(sleeper.verify(500))).toMatchObject({
    reason: expect.stringContaining('is being loaded anew') as unknown,
  });
  await world.environment.advance(graceMs / 4);
  world.getMs = 0;
  sleeper.fallAsleep();
  await goOn('while it sleeps again');
  await sleeper.wake();
  const outcomes: string[] = [];
  while (outcomes.at(-1) !== 'current' && outcomes.length < 10) {
    const outcome = await world.finish(sleeper.verify());
    outcomes.push(outcome.kind);
    if (outcome.kind === 'changed') outcome.changes.applyTo(sleeper.keyspace);
  }
  expect(sleeper.keyspace.dump()).toEqual(awake.keyspace.dump());
  expect(outcomes.at(-1)).toBe('current');
});
