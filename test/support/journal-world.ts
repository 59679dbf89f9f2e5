/** A database in the journal layout in the memory of a virtual world, for tools that look at it. */
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import type { Effect } from '../../src/keyspace/effect.ts';
import { createBranch } from '../../src/log/journal/create-branch.ts';
import { decodeHead } from '../../src/log/journal/head.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { recordName } from '../../src/log/journal/names.ts';
import { claimParent, encodeRecord, newId } from '../../src/log/journal/record.ts';
import { Requests } from '../../src/log/journal/requests.ts';
import { snapshotLimitsDefault } from '../../src/log/journal/snapshotter.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';

const databaseCount = 3;

export class JournalWorld extends MemoryStore {
  readonly environment: VirtualEnvironment;
  readonly requests: Requests;

  constructor(seed = 1) {
    const environment = new VirtualEnvironment(seed);
    super(environment.clock);
    this.environment = environment;
    this.requests = new Requests({ store: this, environment, requestTimeoutMs: 1000 });
  }

  /** Lets time pass until the promise is settled. */
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

  async names(prefix = ''): Promise<string[]> {
    const listed = await this.list(prefix);
    return listed.kind === 'listed' ? listed.objects.map(({ name }) => name).sort() : [];
  }

  async body(name: string): Promise<Buffer> {
    const found = await this.get(name);
    if (found.kind !== 'found') throw new Error(`${name}: ${found.kind}`);
    return Buffer.from(found.body);
  }

  /** Somebody asks to be let write, under this number, and is never heard of again. */
  async claim(name: string, number: number, time = this.environment.clock.now()): Promise<void> {
    const { database } = decodeHead(await this.body(name));
    const claim = { database, number, id: newId(this.environment.random), node: 'gone', time, content: '[]' };
    await this.put(recordName(name, number), encodeRecord({ ...claim, parent: claimParent }));
  }

  async branch(source: string, name: string): Promise<void> {
    const options = { requests: this.requests, source, name, databaseCount, until: {} };
    const outcome = await this.finish(createBranch(options, Infinity));
    if (outcome.kind !== 'created') throw new Error(outcome.reason);
  }
}

interface WriterOptions {
  readonly graceMs: number | undefined;
  readonly recordsMax: number;
}

/** Writes to a database. */
export class Writer {
  readonly keyspace = new Keyspace(databaseCount);
  readonly log: JournalLog;
  readonly #world: JournalWorld;

  private constructor(world: JournalWorld, name: string, { graceMs, recordsMax }: WriterOptions) {
    this.#world = world;
    const { environment } = world;
    const options = { store: world, name, node: 'n', environment, databaseCount, requestTimeoutMs: 1000 };
    // By the number of records alone: parts are so short that a large value would be in thousands of objects.
    const snapshots = { ...snapshotLimitsDefault, recordsMax, bytesMin: Infinity, partLength: 100 };
    this.log = new JournalLog({ ...options, pipelineDepth: 1, graceMs, snapshots });
  }

  static async open(world: JournalWorld, name: string, options: Partial<WriterOptions> = {}): Promise<Writer> {
    const writer = new Writer(world, name, { graceMs: 3_600_000, recordsMax: 5, ...options });
    const opened = await world.finish(writer.log.open(writer.keyspace, world.environment.clock.monotonic() + 5000));
    if (opened.kind !== 'opened') throw new Error(opened.reason);
    return writer;
  }

  /** One commit, and half a second for a snapshot. */
  async write(effects: readonly Effect[]): Promise<void> {
    const { environment } = this.#world;
    for (const effect of effects) this.keyspace.apply(effect);
    const deadline = environment.clock.monotonic() + 5000;
    const outcome = await this.#world.finish(this.log.append({ keyspace: this.keyspace, effects }, deadline));
    if (outcome.kind !== 'committed') throw new Error(outcome.kind);
    await environment.advance(500);
  }
}
