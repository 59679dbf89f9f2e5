/** Nodes' logs in the journal layout, and a store of a virtual world in which each request can go wrong as planted. */
import { expect } from 'vitest';
import type { Environment } from '../../src/environment/environment.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { JournalLog } from '../../src/log/journal/journal-log.ts';
import { snapshotLimitsDefault, type SnapshotLimits } from '../../src/log/journal/snapshotter.ts';
import type { AppendOutcome, VerifyOutcome } from '../../src/log/log.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { GetOptions, GetResult, PutOptions, PutResult } from '../../src/store/object-store.ts';
import { set } from './fake-log.ts';

type PutFault = (put: () => Promise<PutResult>) => Promise<PutResult>;
type GetFault = (get: () => Promise<GetResult>) => Promise<GetResult>;

export class World extends MemoryStore {
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

export const small: SnapshotLimits = { ...snapshotLimitsDefault, recordsMax: 5, partLength: 40 };

type NodeOptions = NonNullable<ConstructorParameters<typeof Node>[1]>;

export class Node {
  readonly keyspace = new Keyspace(2);
  readonly log: JournalLog;
  readonly #world: World;

  constructor(
    world: World,
    {
      clock = world.environment.clock,
      graceMs = 10_000,
      retainMs = undefined as number | undefined,
      warn = undefined as ((message: string) => void) | undefined,
      snapshots = snapshotLimitsDefault,
      newsLengthMax = 1 << 20,
      recordLengthMax = 1 << 20,
    } = {},
  ) {
    this.#world = world;
    const { random, timers, compression, collectYoung }: Environment = world.environment;
    const more = { graceMs, retainMs, ...(warn && { warn }), snapshots, newsLengthMax, recordLengthMax };
    const environment = { random, timers, compression, collectYoung, clock, watcher: undefined };
    const options = { store: world, name: 'db', node: 'n', environment, databaseCount: 2, requestTimeoutMs: 1000 };
    this.log = new JournalLog({ ...options, pipelineDepth: 4, ...more });
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

export const recordName = (number: number): string => `db.log/${String(number).padStart(16, '0')}.json`;

/** A node that has slept while another wrote, took a snapshot and collected what it had been about to use. */
export async function asleep(options: NodeOptions = {}): Promise<{ world: World; sleeper: Node; awake: Node }> {
  const world = new World();
  const awake = await new Node(world, { snapshots: small }).open();
  const sleeper = await new Node(world, options).open();
  for (let i = 0; !(await world.names('db.log')).every((name) => name > recordName(1)) || i < 3; i++) {
    expect(await awake.append('k', String(i))).toEqual({ kind: 'committed' });
    await world.environment.advance(5000);
    expect(i).toBeLessThan(200);
  }
  return { world, sleeper, awake };
}
