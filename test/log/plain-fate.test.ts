/** What becomes of a commit where people, proxies and caches do what they had better not: honest answers, no write twice. */
import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import type { AppendOutcome, VerifyOutcome } from '../../src/log/log.ts';
import { PlainLog } from '../../src/log/plain/plain-log.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { storeFailure } from '../../src/store/failure.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { GetOptions, GetResult, PutOptions, PutResult } from '../../src/store/object-store.ts';
import { set } from '../support/fake-log.ts';

type PutFault = (put: () => Promise<PutResult>) => Promise<PutResult>;
type GetFault = (get: () => Promise<GetResult>, options: GetOptions) => Promise<GetResult>;

const unknown = storeFailure('unknown', 'no answer');

/** ETags are hashes of the content, as on S3. Each fault is met once. */
class World extends MemoryStore {
  readonly environment: VirtualEnvironment;
  readonly putFaults: PutFault[] = [];
  readonly getFaults: GetFault[] = [];
  puts = 0;

  constructor() {
    const environment = new VirtualEnvironment(1);
    super(environment.clock, (body) => createHash('md5').update(body).digest('hex'));
    this.environment = environment;
  }

  override put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    this.puts++;
    const send = (): Promise<PutResult> => super.put(name, body, options);
    const fault = this.putFaults.shift();
    return fault === undefined ? send() : fault(send);
  }

  override get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const send = (): Promise<GetResult> => super.get(name, options);
    const fault = this.getFaults.shift();
    return fault === undefined ? send() : fault(send, options);
  }

  async text(): Promise<string> {
    const result = await super.get('db');
    return result.kind === 'found' ? Buffer.from(result.body).toString() : '';
  }

  /** By hand, whatever is there. */
  async write(text: string): Promise<void> {
    await super.put('db', Buffer.from(text));
  }
}

class Node {
  readonly keyspace = new Keyspace(1);
  readonly #world: World;
  readonly log: PlainLog;

  constructor(world: World) {
    this.#world = world;
    const { environment } = world;
    this.log = new PlainLog({ store: world, name: 'db', environment, databaseCount: 1, requestTimeoutMs: 1000 });
  }

  async finish<T>(promise: Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    void promise.then((value) => (result = { value }));
    await this.#world.environment.run(() => result !== undefined);
    return result!.value;
  }

  get deadline(): number {
    return this.#world.environment.clock.monotonic() + 10_000;
  }

  async open(): Promise<this> {
    expect(await this.finish(this.log.open(this.keyspace, this.deadline))).toEqual({ kind: 'opened' });
    return this;
  }

  append(key: string, value: string): Promise<AppendOutcome> {
    this.keyspace.apply(set(key, value));
    return this.finish(this.log.append({ keyspace: this.keyspace, effects: [] }, this.deadline));
  }

  verify(): Promise<VerifyOutcome> {
    return this.finish(this.log.verify(this.deadline));
  }

  values(): Record<string, string> {
    return Object.fromEntries(this.keyspace.dump().map(([, key, value]) => [key, value as string]));
  }
}

const lostResponse: PutFault = async (put) => {
  await put();
  return unknown;
};

describe('a body edited by hand that still has the trail', () => {
  it('right after a lost response is seen as an edit, and neither hidden nor written over', async () => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('a', '1');
    world.putFaults.push(async (put) => {
      await put();
      await world.write((await world.text()).replace('"b":"1"', '"b":"edited"'));
      return unknown;
    });
    // The editor had seen the commit, or it would not be in the trail.
    expect(await node.append('b', '1')).toEqual({ kind: 'committed' });
    const outcome = await node.verify();
    if (outcome.kind !== 'changed') throw new Error(outcome.kind);
    outcome.changes.applyTo(node.keyspace);
    expect(node.values()).toEqual({ a: '1', b: 'edited' });
    expect(await node.append('c', '1')).toEqual({ kind: 'committed' });
    expect(JSON.parse(await world.text())).toEqual({ a: '1', b: 'edited', c: '1' });
  });

  it('may come back, so that no PUT over it is sent twice', async () => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('n', '1');
    await world.write((await world.text()).replace('"n":"1"', '"n":"5"'));
    const edited = await world.text();
    const change = await node.verify();
    if (change.kind === 'changed') change.changes.applyTo(node.keyspace);
    world.putFaults.push(async (put) => {
      await put();
      // The operator puts back what he had.
      await world.write(edited);
      return unknown;
    });
    const puts = world.puts;
    expect(await node.append('n', '6')).toMatchObject({ kind: 'uncertain' });
    expect(world.puts).toBe(puts + 1);
  });
});

it('a commit over an edit that came back is not proven lost by what others wrote on that', async () => {
  const world = new World();
  const node = await new Node(world).open();
  await node.append('n', '1');
  await world.write((await world.text()).replace('"n":"1"', '"n":"5"'));
  const edited = await world.text();
  const change = await node.verify();
  if (change.kind === 'changed') change.changes.applyTo(node.keyspace);
  const other = await new Node(world).open();
  world.putFaults.push(async (put) => {
    await put();
    const written = await world.text();
    // The operator puts back what he had, and another node goes on from there.
    await world.write(edited);
    other.keyspace.apply(set('x', '1'));
    const outcome = await other.log.append({ keyspace: other.keyspace, effects: [] }, Infinity);
    expect([JSON.parse(written), outcome.kind]).toEqual([{ n: '6' }, 'committed']);
    return unknown;
  });
  expect(await node.append('n', '6')).toMatchObject({ kind: 'uncertain' });
});

it('a PUT on its way is not proven lost by an edit that may be taken back', async () => {
  const world = new World();
  const node = await new Node(world).open();
  await node.append('n', '1');
  const before = await world.text();
  let held: (() => Promise<PutResult>) | undefined;
  world.putFaults.push(async (put) => {
    held = put;
    await world.write(before.replace('"n":"1"', '"n":"5"'));
    return unknown;
  });
  expect(await node.append('n', '2')).toMatchObject({ kind: 'uncertain' });
  await world.write(before);
  expect(await held!()).toMatchObject({ kind: 'stored' });
});

it('a 412 over an edit that may be taken back proves nothing: a proxy may deliver the PUT again then', async () => {
  const world = new World();
  const node = await new Node(world).open();
  await node.append('n', '1');
  const before = await world.text();
  await world.write(before.replace('"n":"1"', '"n":"5"'));
  let again: (() => Promise<PutResult>) | undefined;
  world.putFaults.push((put) => {
    again = put;
    return put();
  });
  expect(await node.append('n', '2')).toMatchObject({ kind: 'uncertain' });
  await world.write(before);
  expect(await again!()).toMatchObject({ kind: 'stored' });
});

it('a commit found below that of another is committed, and what is newer is still read', async () => {
  const world = new World();
  await world.write('{"n":"1"}');
  const [node, other] = [await new Node(world).open(), new Node(world)];
  world.putFaults.push(async (put) => {
    await put();
    // Another node reads it, and writes on top.
    await other.log.open(other.keyspace, Infinity);
    other.keyspace.apply(set('x', '1'));
    await other.log.append({ keyspace: other.keyspace, effects: [] }, Infinity);
    return unknown;
  });
  expect(await node.append('w', '1')).toEqual({ kind: 'committed' });
  // The original program deletes w and x: the very body, and ETag, of the beginning.
  await world.write('{"n":"1"}');
  const outcome = await node.verify();
  if (outcome.kind !== 'changed') throw new Error(outcome.kind);
  outcome.changes.applyTo(node.keyspace);
  expect(node.values()).toEqual({ n: '1' });
});

it('a proxy that delivers twice, and passes on the 412 of the second, does not make one commit two', async () => {
  const world = new World();
  const node = await new Node(world).open();
  await node.append('a', '1');
  world.putFaults.push(async (put) => {
    await put();
    return put();
  });
  expect(await node.append('n', '1')).toEqual({ kind: 'committed' });
  expect(await node.verify()).toEqual({ kind: 'current' });
});

describe('an error that says that nothing was written', () => {
  it('is not given where an earlier try may have been', async () => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('a', '1');
    world.putFaults.push(lostResponse, () => Promise.resolve(storeFailure('denied', 'no more')));
    expect(await node.append('b', '1')).toMatchObject({ kind: 'uncertain', reason: 'no more' });
  });

  it('is not given where nobody can read what became of it', async () => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('a', '1');
    world.putFaults.push(lostResponse);
    world.getFaults.push(() => Promise.resolve(storeFailure('denied', 'no more')));
    expect(await node.append('b', '1')).toMatchObject({ kind: 'uncertain', reason: 'no more' });
  });

  it('is not given for a 412 where nobody can read what is there: it may be the answer to the second delivery', async () => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('a', '1');
    world.putFaults.push(async (put) => {
      await put();
      return put();
    });
    world.getFaults.push(() => Promise.resolve(storeFailure('denied', 'no more')));
    expect(await node.append('b', '1')).toMatchObject({ kind: 'uncertain', reason: 'no more' });
    expect(JSON.parse(await world.text())).toEqual({ a: '1', b: '1' });
  });

  it.each(['throttled', 'unknown', 'corrupt'] as const)('is not given after a failure of the kind %s', async (kind) => {
    const world = new World();
    const node = await new Node(world).open();
    await node.append('a', '1');
    world.putFaults.push(
      async (put) => {
        await put();
        return storeFailure(kind, 'who knows');
      },
      () => Promise.resolve(storeFailure('denied', 'no more')),
    );
    expect(await node.append('b', '1')).toMatchObject({ kind: 'uncertain' });
  });

  it('is given where no try can have been', async () => {
    const world = new World();
    const node = await new Node(world).open();
    world.putFaults.push(
      () => Promise.resolve(storeFailure('unavailable', 'nobody there')),
      () => Promise.resolve(storeFailure('denied', 'no more')),
    );
    expect(await node.append('b', '1')).toEqual({ kind: 'unavailable', reason: 'no more' });
  });
});

it('a store that says "not modified" unasked is not believed: the database is not empty', async () => {
  const world = new World();
  await world.write('{"a":"1"}');
  const node = new Node(world);
  world.getFaults.push(() => Promise.resolve({ kind: 'notModified', date: 0 }));
  expect(await node.finish(node.log.open(node.keyspace, node.deadline))).toMatchObject({
    kind: 'unavailable',
    reason: expect.stringContaining('is there a cache between?') as string,
  });
});

it('a body that takes long to arrive gets the time that it takes', async () => {
  const world = new World();
  await world.write('{"a":"1"}');
  const asked: number[] = [];
  const slow: GetFault = async (get, { timeoutMs = 0 }) => {
    asked.push(timeoutMs);
    await new Promise<void>((resolve) => world.environment.timers.set(resolve, Math.min(timeoutMs, 3500)));
    return timeoutMs < 3500 ? unknown : get();
  };
  world.getFaults.push(slow, slow, slow, slow);
  await new Node(world).open();
  expect(asked.map(Math.round)).toEqual([1000, 2000, 4000]);
});

it('no request lasts longer than the command may', async () => {
  const world = new World();
  const node = new Node(world);
  const asked: number[] = [];
  world.getFaults.push(async (get, { timeoutMs = 0 }) => {
    asked.push(timeoutMs);
    return get();
  });
  await node.finish(node.log.open(node.keyspace, 400));
  expect(asked).toEqual([400]);
});
