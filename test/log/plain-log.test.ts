import { describe, expect, it } from 'vitest';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import type { AppendOutcome, VerifyOutcome } from '../../src/log/log.ts';
import { decodeTrail, encodeTrail, newCommitId } from '../../src/log/plain/trail.ts';
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { PlainLog } from '../../src/log/plain/plain-log.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { set } from '../support/fake-log.ts';
import { ScriptedStore } from '../support/scripted-store.ts';

class Node {
  readonly keyspace = new Keyspace(1);
  readonly log: PlainLog;
  readonly #environment: VirtualEnvironment;

  constructor(store: ScriptedStore, environment: VirtualEnvironment) {
    this.#environment = environment;
    this.log = new PlainLog({ store, name: 'db', environment, databaseCount: 1 });
  }

  async #result<T>(promise: Promise<T>): Promise<T> {
    let result: { value: T } | undefined;
    void promise.then((value) => (result = { value }));
    await this.#environment.run(() => result !== undefined);
    return result!.value;
  }

  get #deadline(): number {
    return this.#environment.clock.monotonic() + 5000;
  }

  open(): Promise<{ kind: string; reason?: string }> {
    return this.#result(this.log.open(this.keyspace, this.#deadline));
  }

  /** Sets `key` speculatively and appends it. */
  append(key: string, value = key): Promise<AppendOutcome> {
    this.keyspace.apply(set(key, value));
    return this.#result(this.log.append({ keyspace: this.keyspace, effects: [set(key, value)] }, this.#deadline));
  }

  verify(): Promise<VerifyOutcome> {
    return this.#result(this.log.verify(this.#deadline));
  }

  keys(): string {
    return [...this.keyspace.database(0).entries()]
      .map(({ key }) => key)
      .sort()
      .join();
  }
}

async function cluster(count: number, body?: string): Promise<{ store: ScriptedStore; nodes: Node[] }> {
  const store = new ScriptedStore();
  if (body !== undefined) store.overwrite(body);
  const environment = new VirtualEnvironment(1);
  const nodes = Array.from({ length: count }, () => new Node(store, environment));
  for (const node of nodes) expect(await node.open()).toEqual({ kind: 'opened' });
  store.requests.length = 0;
  return { store, nodes };
}

function json(store: ScriptedStore): unknown {
  return JSON.parse(store.body!);
}

describe('PlainLog', () => {
  it('creates the object at the first write and overwrites it by compare-and-swap', async () => {
    const { store, nodes } = await cluster(1);
    expect(await nodes[0]!.append('a')).toEqual({ kind: 'committed' });
    expect(await nodes[0]!.append('b')).toEqual({ kind: 'committed' });
    expect(store.requests).toEqual(['put ifNoneMatch', 'put ifMatch=1']);
    expect(json(store)).toEqual({ a: 'a', b: 'b' });
  });

  it('serves and keeps the file of the original program', async () => {
    const { store, nodes } = await cluster(1, '{"a":"b","ü":"ß"}\n');
    expect(nodes[0]!.keyspace.dump()).toHaveLength(2);
    await nodes[0]!.append('c');
    expect(json(store)).toEqual({ a: 'b', ü: 'ß', c: 'c' });
  });

  it('never writes the same body twice', async () => {
    const { store, nodes } = await cluster(1);
    await nodes[0]!.append('a', '1');
    const first = store.body;
    await nodes[0]!.append('a', '2');
    await nodes[0]!.append('a', '1');
    expect(json(store)).toEqual({ a: '1' });
    expect(store.body).not.toBe(first);
  });

  it('proves that it is current by one conditional get', async () => {
    const { store, nodes } = await cluster(1, '{"a":"b"}');
    expect(await nodes[0]!.verify()).toEqual({ kind: 'current' });
    expect(store.requests).toEqual(['get ifNoneMatch=1']);
  });

  it('learns of other writers by a conflict or a read, and hands over what is new', async () => {
    const { nodes } = await cluster(2);
    const [one, two] = nodes as [Node, Node];
    await one.append('a');
    const read = await two.verify();
    expect(read.kind).toBe('changed');
    if (read.kind === 'changed') read.changes.applyTo(two.keyspace);
    expect(two.keys()).toBe('a');
    expect((await two.append('b')).kind).toBe('committed');
    const lost = await one.append('x');
    expect(lost.kind).toBe('conflict');
    if (lost.kind === 'conflict') lost.changes!.applyTo(one.keyspace);
    expect(one.keys()).toBe('a,b');
    expect((await one.append('c')).kind).toBe('committed');
  });

  it('sends the same bytes again after a lost request, and commits once', async () => {
    const { store, nodes } = await cluster(1, '{}');
    await nodes[0]!.append('a');
    store.requests.length = 0;
    store.putFates.push({ apply: false, failure: 'unknown' }, { apply: false, failure: 'throttled' });
    expect(await nodes[0]!.append('b')).toEqual({ kind: 'committed' });
    expect(store.requests).toEqual(['put ifMatch=2', 'put ifMatch=2', 'put ifMatch=2']);
  });

  it('finds its own commit after a lost response', async () => {
    const { store, nodes } = await cluster(1);
    store.putFates.push({ apply: true, failure: 'unknown' });
    expect(await nodes[0]!.append('a')).toEqual({ kind: 'committed' });
    expect(store.requests).toEqual(['put ifNoneMatch', 'put ifNoneMatch', 'get']);
    expect((await nodes[0]!.append('b')).kind).toBe('committed');
    expect(json(store)).toEqual({ a: 'a', b: 'b' });
  });

  it('finds its own commit below those of others, and then theirs', async () => {
    const { store, nodes } = await cluster(2);
    const [one, two] = nodes as [Node, Node];
    await one.append('a');
    const read = await two.verify();
    if (read.kind === 'changed') read.changes.applyTo(two.keyspace);
    store.putFates.push({ apply: true, failure: 'unknown' });
    let interfere = 0;
    store.beforePut = () => {
      if (++interfere !== 2) return;
      // Before the repetition arrives, another node has read the commit and put one more on top of it.
      store.beforePut = undefined;
      const newest = newCommitId(seededRandom(7));
      const json = '{"a":"a","b":"b","c":"c"}';
      store.overwrite(json + encodeTrail([newest, ...decodeTrail(store.body!)!.ids], json));
    };
    expect(await one.append('b')).toEqual({ kind: 'committed' });
    const after = await one.verify();
    expect(after.kind).toBe('changed');
    if (after.kind === 'changed') after.changes.applyTo(one.keyspace);
    expect(one.keys()).toBe('a,b,c');
  });

  it('knows that an unanswered commit lost where another one has taken its place', async () => {
    const { store, nodes } = await cluster(2);
    const [one, two] = nodes as [Node, Node];
    await one.append('a');
    const read = await two.verify();
    if (read.kind === 'changed') read.changes.applyTo(two.keyspace);
    store.putFates.push({ apply: false, failure: 'unknown' });
    let put = 0;
    let other: Promise<AppendOutcome> | undefined;
    store.beforePut = () => {
      if (++put === 2) other = two.append('b');
    };
    const outcome = await one.append('x');
    expect((await other!).kind).toBe('committed');
    expect(outcome.kind).toBe('conflict');
    expect(json(store)).toEqual({ a: 'a', b: 'b' });
  });

  it('says that it does not know where the original program has overwritten the trail', async () => {
    const { store, nodes } = await cluster(1);
    await nodes[0]!.append('a');
    store.putFates.push({ apply: true, failure: 'unknown' });
    let puts = 0;
    store.beforePut = () => {
      if (++puts === 2) store.overwrite('{"z":"z"}');
    };
    expect((await nodes[0]!.append('b')).kind).toBe('uncertain');
  });

  it('never sends a write twice over a body that may come back', async () => {
    const { store, nodes } = await cluster(1, '{"a":"1"}');
    store.putFates.push({ apply: false, failure: 'unknown' });
    expect((await nodes[0]!.append('b')).kind).toBe('uncertain');
    expect(store.requests).toEqual(['put ifMatch=1', 'get']);
  });

  it('finds its commit over such a body where the answer was lost', async () => {
    const { store, nodes } = await cluster(1, '{"a":"1"}');
    store.putFates.push({ apply: true, failure: 'unknown' });
    expect((await nodes[0]!.append('b')).kind).toBe('committed');
    expect(store.requests).toEqual(['put ifMatch=1', 'get']);
  });

  it('is uncertain when the time is over after a request of unknown fate, and unavailable when none got through', async () => {
    const { store, nodes } = await cluster(1);
    store.putFates.push(...Array.from({ length: 100 }, () => ({ apply: false, failure: 'unavailable' as const })));
    expect((await nodes[0]!.append('a')).kind).toBe('unavailable');
    store.putFates.length = 0;
    store.putFates.push(...Array.from({ length: 100 }, () => ({ apply: false, failure: 'unknown' as const })));
    expect((await nodes[0]!.append('a')).kind).toBe('uncertain');
    store.putFates.length = 0;
    store.putFates.push({ apply: false, failure: 'denied' });
    expect((await nodes[0]!.append('a')).kind).toBe('unavailable');
  });

  it('does not run in circles where the store refuses a condition that holds', async () => {
    const { store, nodes } = await cluster(1);
    await nodes[0]!.append('a');
    store.put = () => Promise.resolve({ kind: 'preconditionFailed', date: undefined });
    const outcome = await nodes[0]!.append('b');
    expect(outcome).toMatchObject({ kind: 'unavailable' });
    expect((outcome as { reason: string }).reason).toContain('refuses a condition that holds');
    expect(store.requests.length).toBeLessThan(30);
  });

  it('asks again for what cannot be read: it may have been damaged on its way', async () => {
    const store = new ScriptedStore();
    store.overwrite('{"a":"b"}\n');
    store.getFates.push({ apply: true, body: '{"a":"' }, { apply: true, body: '{"a":"\0"}' });
    const node = new Node(store, new VirtualEnvironment(1));
    expect(await node.open()).toEqual({ kind: 'opened' });
    expect(node.keys()).toBe('a');
    expect(store.requests).toEqual(['get', 'get', 'get']);
  });

  it.each(['{"a":"b"', '{"a":1}', '{"$valthree":{"format":9,"entries":[]}}', '', '\xff'])(
    'leaves an object alone that it cannot read: %j',
    async (body) => {
      const store = new ScriptedStore();
      store.overwrite(body);
      if (body === '\xff')
        store.get = () => Promise.resolve({ kind: 'found', body: Buffer.from([0xff]), etag: '1', date: undefined });
      const node = new Node(store, new VirtualEnvironment(1));
      const outcome = await node.open();
      expect(outcome.kind).toBe('unavailable');
      expect(outcome.reason).toContain('was left as it is');
      expect(outcome.reason).toContain('object=db');
      // A proxy that delivers twice might have brought it there before.
      expect((await node.append('a')).kind).toBe('uncertain');
      expect(store.body).toBe(body);
    },
  );

  it('overwrites nothing when the object turns into something else while it runs', async () => {
    const { store, nodes } = await cluster(1);
    await nodes[0]!.append('a');
    store.overwrite('{"somebody":["else"]}');
    expect((await nodes[0]!.verify()).kind).toBe('unavailable');
    expect((await nodes[0]!.append('b')).kind).toBe('uncertain');
    expect(store.body).toBe('{"somebody":["else"]}');
  });

  it('refuses what does not fit into one string, and goes on with what does', async () => {
    const { store, nodes } = await cluster(1);
    const value = 'v'.repeat(180_000_000);
    for (const key of ['a', 'b']) nodes[0]!.keyspace.apply(set(key, value));
    const outcome = await nodes[0]!.append('c', value);
    expect(outcome).toMatchObject({ kind: 'unavailable' });
    expect((outcome as { reason: string }).reason).toContain('the most that the plain layout can hold');
    expect(store.body).toBeUndefined();
    nodes[0]!.keyspace.apply({ kind: 'flush', db: 0 });
    expect((await nodes[0]!.append('small')).kind).toBe('committed');
  });

  it('does not create an object anew that has vanished', async () => {
    const { store, nodes } = await cluster(1);
    await nodes[0]!.append('a');
    store.body = undefined;
    expect(await nodes[0]!.verify()).toMatchObject({ kind: 'unavailable' });
    const outcome = await nodes[0]!.append('b');
    expect(outcome.kind).toBe('uncertain');
    expect((outcome as { reason: string }).reason).toContain('has vanished');
    expect(store.body).toBeUndefined();
  });

  it('takes its own commit under way for no change', async () => {
    const { store, nodes } = await cluster(1);
    const [node] = nodes as [Node];
    await node.append('a');
    let verified: Promise<VerifyOutcome> | undefined;
    const put = store.put.bind(store);
    store.put = async (name, body, options) => {
      const result = await put(name, body, options);
      verified = node.log.verify(Infinity);
      await verified;
      return result;
    };
    await node.append('b');
    expect(await verified).toEqual({ kind: 'current' });
  });

  it('takes an object that it has created since it asked for no change', async () => {
    const { store, nodes } = await cluster(1);
    const [node] = nodes as [Node];
    const get = store.get.bind(store);
    store.get = async (name, options) => {
      // Absent when the store looked, there when its answer arrives.
      const result = await get(name, options);
      await node.append('a');
      return result;
    };
    expect(await node.log.verify(Infinity)).toEqual({ kind: 'current' });
  });
});
