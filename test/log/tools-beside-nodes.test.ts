/**
 * Tools that write while nodes serve the same database, with the options of `valthree import`, `copy` and `restore`: they
 * know neither the nodes' grace period nor who relies on what is obsolete, so they delete nothing, and swap no head.
 */
import { describe, expect, it } from 'vitest';
import type { StoreFlags } from '../../src/cli/store-options.ts';
import { writerOptions } from '../../src/cli/writer-options.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { decodeHead, type Head } from '../../src/log/journal/head.ts';
import { JournalLog, type JournalLogOptions } from '../../src/log/journal/journal-log.ts';
import { restore } from '../../src/log/journal/restore.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import { transact } from '../../src/log/transact.ts';
import { NodeEnvironment } from '../../src/simulation/node-environment.ts';
import { NodeStore } from '../../src/simulation/node-store.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { copyDatabase } from '../../src/tools/copy-database.ts';
import { planImport } from '../../src/tools/plan-import.ts';
import { set } from '../support/fake-log.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';

const graceMs = 60_000;
const databaseCount = 3;

async function headOf(world: JournalWorld): Promise<Head> {
  return decodeHead(await world.body('db'));
}

/** A node that loads what the head says now, and is suspended in the middle. */
class SlowReader {
  readonly keyspace = new Keyspace(databaseCount);
  readonly #world: JournalWorld;
  readonly #environment: NodeEnvironment;
  readonly #log: JournalLog;
  readonly #opened: ReturnType<JournalLog['open']>;

  private constructor(world: JournalWorld) {
    this.#world = world;
    const environment = new NodeEnvironment(world.environment, { offsetMs: 0, drift: 0 });
    const near = new LatencyStore(world, world.environment, { minMs: 20, maxMs: 20 });
    const link = { requestsCut: false, responsesCut: false };
    const store = new NodeStore(near, { node: environment, world: world.environment, link });
    this.#environment = environment;
    const place = { store, name: 'db', node: 'slow', environment, databaseCount, requestTimeoutMs: 1000 };
    this.#log = new JournalLog({ ...place, pipelineDepth: 1, graceMs, snapshots: snapshotLimitsDefault });
    this.#opened = this.#log.open(this.keyspace, Infinity);
  }

  static async begin(world: JournalWorld): Promise<SlowReader> {
    const reader = new SlowReader(world);
    // It has the head, and has asked for what that names.
    await world.environment.advance(30);
    reader.#environment.pause('machine');
    return reader;
  }

  async goOn(): Promise<void> {
    this.#environment.resume();
    expect(await this.#world.finish(this.#opened)).toEqual({ kind: 'opened' });
  }
}

async function catchUp(world: JournalWorld, { log, keyspace }: Writer): Promise<void> {
  const verified = await world.finish(log.verify(world.environment.clock.monotonic() + 5000));
  if (verified.kind === 'changed') verified.changes.applyTo(keyspace);
}

interface Tool {
  readonly name: string;
  readonly run: (options: JournalLogOptions) => Promise<{ readonly kind: string }>;
}

const timeoutMs = 5000;

/** What is imported, and what the database is to be after a copy. */
function given(databases: number): Keyspace {
  const keyspace = new Keyspace(databases);
  for (const key of ['key1', 'from elsewhere']) keyspace.apply(set(key, 'given'));
  return keyspace;
}

const tools: readonly Tool[] = [
  {
    name: 'import',
    async run(options) {
      const { clock } = options.environment;
      const keyspace = new Keyspace(options.databaseCount);
      const log = new JournalLog(options);
      await log.open(keyspace, clock.monotonic() + timeoutMs);
      const incoming = given(options.databaseCount);
      const plan = (): ReturnType<typeof planImport> =>
        planImport(incoming, { keyspace, rule: 'replace', now: clock.now() });
      return transact({ log, keyspace, clock, timeoutMs, plan });
    },
  },
  {
    name: 'copy',
    run(destination) {
      const wanted = given(destination.databaseCount);
      const onStep = (): void => undefined;
      return copyDatabase({ wanted, destination, layout: 'journal', mayReplace: true, timeoutMs, onStep });
    },
  },
  {
    name: 'restore',
    run: (options) => restore({ ...options, until: { number: 25 }, timeoutMs, isRehearsal: false }),
  },
];

describe.each(tools)('$name, beside a node and a reader that still needs old records', ({ name, run }) => {
  it('deletes nothing, swaps no head, and loses nothing', async () => {
    const world = new JournalWorld();
    const node = await Writer.open(world, 'db', { graceMs, recordsMax: 20 });
    for (let i = 0; i < 30; i++) await node.write([set(`key${i % 7}`, String(i))]);
    const old = await headOf(world);
    const reader = await SlowReader.begin(world);
    for (let i = 30; i < 60; i++) await node.write([set(`key${i % 7}`, String(i))]);
    const head = await headOf(world);
    expect(head.log.number).toBeGreaterThan(old.log.number);
    const before = await world.names();
    const { environment, requests } = world;
    const flags = { s3RequestTimeout: 1000 } as StoreFlags;
    const options = writerOptions({ store: world, name: 'db', environment, requests }, flags, name);
    expect(await world.finish(run(options))).toMatchObject({ kind: 'done' });
    await environment.advance(1000);
    expect(await headOf(world)).toEqual(head);
    expect(await world.names()).toEqual([...before, 'db.log/0000000000000061.json'].sort());
    await reader.goOn();
    await catchUp(world, node);
    expect(reader.keyspace.dump()).toEqual(node.keyspace.dump());
    const key = node.keyspace.database(0).find('key1')?.value;
    expect(key).toBe(name === 'restore' ? '22' : 'given');
    // What nobody needs any more is let go of by the node, when it is time.
    await environment.advance(graceMs);
    await node.write([set('late', '1')]);
    const numbers = (await world.names('db.log/')).map((record) => Number(/\d+/.exec(record)));
    expect(numbers[0]).toBe(head.log.number);
  });
});

it('a node begins a snapshot although a tool has taken each number at which one should begin', async () => {
  const world = new JournalWorld();
  const recordsMax = 16;
  const node = await Writer.open(world, 'db', { graceMs, recordsMax });
  const other = await Writer.open(world, 'db', { graceMs: undefined, recordsMax: Infinity });
  // When the log is so long, they are the odd numbers.
  for (let number = 1; number <= 2 * recordsMax; number++) {
    const writer = number % 2 === 1 ? other : node;
    await catchUp(world, writer);
    expect((await headOf(world)).log.number).toBe(1);
    await writer.write([set('key', String(number))]);
  }
  expect((await headOf(world)).log.number).toBe(2 * recordsMax + 1);
});
