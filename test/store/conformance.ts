/** What every object store must do (`src/store/object-store.ts`), whatever it is made of. */
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { GetResult, ObjectStore, PutResult } from '../../src/store/object-store.ts';

export interface StoreUnderTest {
  /** Another instance on the same objects. */
  open(): Promise<ObjectStore>;
  /** More for stores where an object is not a file. Default: 1005, more than S3 lists at once. */
  readonly listedObjects?: number;
  dispose?(): Promise<void>;
}

export function describeStore(title: string, create: () => Promise<StoreUnderTest>, skip = false): void {
  describe.skipIf(skip)(`${title} is an object store`, () => {
    let subject: StoreUnderTest;
    let store: ObjectStore;
    let other: ObjectStore;

    beforeAll(async () => {
      subject = await create();
      store = await subject.open();
      other = await subject.open();
    });

    afterAll(async () => {
      await store.close();
      await other.close();
      await subject.dispose?.();
    });

    test('a missing object is not found', async () => {
      expect((await store.get(newName())).kind).toBe('notFound');
      expect((await store.get(newName(), { ifNoneMatch: 'abc' })).kind).toBe('notFound');
    });

    test('what was put is found, with its ETag, by every instance', async () => {
      const name = newName();
      const etag = stored(await store.put(name, bytes('one')));
      expect(found(await store.get(name))).toEqual({ body: 'one', etag });
      expect(found(await other.get(name))).toEqual({ body: 'one', etag });
    });

    test('a get with the ETag it has is answered as not modified, until it changes', async () => {
      const name = newName();
      const first = stored(await store.put(name, bytes('one')));
      expect((await other.get(name, { ifNoneMatch: first })).kind).toBe('notModified');
      const second = stored(await store.put(name, bytes('two')));
      expect(found(await other.get(name, { ifNoneMatch: first }))).toEqual({ body: 'two', etag: second });
      expect((await other.get(name, { ifNoneMatch: second })).kind).toBe('notModified');
    });

    test('answers have a date', async () => {
      const name = newName();
      const put = await store.put(name, bytes('x'));
      const get = await store.get(name);
      const dates = [put, get, await store.get(newName()), await store.list(name), await store.delete(name)];
      for (const answer of dates) expect(answer).toMatchObject({ date: expect.any(Number) as number });
    });

    test('create refuses what exists and changes nothing', async () => {
      const name = newName();
      const etag = stored(await store.put(name, bytes('one'), { ifNoneMatch: '*' }));
      expect((await other.put(name, bytes('two'), { ifNoneMatch: '*' })).kind).toBe('preconditionFailed');
      expect(found(await store.get(name))).toEqual({ body: 'one', etag });
    });

    test('an overwrite with another ETag is refused and changes nothing', async () => {
      const name = newName();
      const first = stored(await store.put(name, bytes('one')));
      const second = stored(await store.put(name, bytes('two'), { ifMatch: first }));
      expect((await other.put(name, bytes('three'), { ifMatch: first })).kind).toBe('preconditionFailed');
      expect(found(await store.get(name))).toEqual({ body: 'two', etag: second });
    });

    test('an overwrite of a missing object creates nothing', async () => {
      const name = newName();
      const { kind } = await store.put(name, bytes('x'), { ifMatch: '0'.repeat(32) });
      expect(['notFound', 'preconditionFailed']).toContain(kind);
      expect((await store.get(name)).kind).toBe('notFound');
    });

    test('of 50 concurrent creates one wins', async () => {
      const name = newName();
      const results = await race(50, (i) =>
        (i % 2 === 0 ? store : other).put(name, bytes(`v${i}`), { ifNoneMatch: '*' }),
      );
      expect(found(await store.get(name)).body).toBe(`v${soleWinner(results)}`);
    });

    test('of 50 concurrent overwrites with one ETag one wins', async () => {
      const name = newName();
      const ifMatch = stored(await store.put(name, bytes('first')));
      const results = await race(50, (i) => (i % 2 === 0 ? store : other).put(name, bytes(`v${i}`), { ifMatch }));
      expect(found(await store.get(name)).body).toBe(`v${soleWinner(results)}`);
    });

    test('no ETag comes back, also not where everything happens at once', async () => {
      const name = newName();
      const etags = new Set<string>();
      for (let i = 0; i < 200; i++) etags.add(stored(await store.put(name, bytes(`same length ${i % 2} ${1000 + i}`))));
      expect(etags.size).toBe(200);
    });

    test.each([
      ['no byte', Buffer.alloc(0)],
      ['every byte', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
      ['20 MB', randomBytes(20_000_000)],
    ])('a body of %s comes back as it was', async (_, body) => {
      const name = newName();
      const etag = stored(await store.put(name, body));
      const got = await store.get(name);
      if (got.kind !== 'found') throw new Error(JSON.stringify(got));
      expect(got.etag).toBe(etag);
      expect(Buffer.compare(got.body, body)).toBe(0);
      expect(await store.delete(name)).toMatchObject({ kind: 'deleted' });
    });

    test('a body that its owner changes after the answer stays as it was stored', async () => {
      const name = newName();
      const body = Buffer.from('before');
      await store.put(name, body);
      body.fill('x');
      expect(found(await store.get(name)).body).toBe('before');
    });

    test.each([
      'ü ß/日本 語',
      'a+b',
      '50% off',
      'a%20b',
      "quote'd (1)!*",
      'dots.and-dashes_~',
      'deep/er/and/deeper',
      'a&b=c;d,e@f$g',
    ])('the name %j is a name like any other', async (text) => {
      const prefix = `${newName()}/`;
      const name = prefix + text;
      const etag = stored(await store.put(name, bytes(text)));
      expect(found(await other.get(name))).toEqual({ body: text, etag });
      expect(await names(prefix)).toEqual([name]);
      expect((await store.delete(name)).kind).toBe('deleted');
      expect((await other.get(name)).kind).toBe('notFound');
    });

    test('an empty name is refused', async () => {
      expect((await store.put('', bytes('x'))).kind).toBe('failed');
    });

    test('a list has the names with the prefix, with size and time, and no others', async () => {
      const prefix = newName();
      await store.put(`${prefix}-a`, bytes('12345'));
      await store.put(`${prefix}-b/c`, bytes(''));
      await store.put(`x${prefix}`, bytes('other'));
      const listed = await other.list(`${prefix}-`);
      if (listed.kind !== 'listed') throw new Error(JSON.stringify(listed));
      const objects = [...listed.objects].sort((a, b) => (a.name < b.name ? -1 : 1));
      expect(objects).toMatchObject([
        { name: `${prefix}-a`, size: 5 },
        { name: `${prefix}-b/c`, size: 0 },
      ]);
      expect(objects[0]?.modifiedAt).toBeGreaterThan(1.6e12);
      expect(await names(`${prefix}-b/`)).toEqual([`${prefix}-b/c`]);
      expect(await names(newName())).toEqual([]);
    });

    test('a list of more than a thousand is complete', async () => {
      const prefix = `${newName()}/`;
      const count = subject.listedObjects ?? 1005;
      const expected = Array.from({ length: count }, (_, i) => `${prefix}${String(i).padStart(6, '0')}`);
      for (let i = 0; i < count; i += 32) {
        for (const result of await Promise.all(expected.slice(i, i + 32).map((name) => store.put(name, bytes(name))))) {
          stored(result);
        }
      }
      expect(await names(prefix)).toEqual(expected);
    });

    test('a delete succeeds where there is nothing, and create works after it', async () => {
      const name = newName();
      expect((await store.delete(name)).kind).toBe('deleted');
      await store.put(name, bytes('x'));
      expect((await other.delete(name)).kind).toBe('deleted');
      expect((await store.put(name, bytes('again'), { ifNoneMatch: '*' })).kind).toBe('stored');
    });

    test('counting by compare-and-swap from two instances loses nothing', async () => {
      const name = newName();
      await store.put(name, bytes('0'));
      await Promise.all([store, other].flatMap((instance) => [count(instance, name, 10), count(instance, name, 10)]));
      expect(
        found(await store.get(name))
          .body.trim()
          .split(' ')[0],
      ).toBe('40');
    });

    async function names(prefix: string): Promise<string[]> {
      const listed = await store.list(prefix);
      if (listed.kind !== 'listed') throw new Error(JSON.stringify(listed));
      return listed.objects.map(({ name }) => name).sort();
    }
  });
}

/** Bodies are unique, as those of the log are: after an unknown outcome only that tells whose put won. */
async function count(store: ObjectStore, name: string, times: number): Promise<void> {
  for (let done = 0; done < times;) {
    const { body, etag } = found(await store.get(name));
    const next = `${Number(body.split(' ')[0]) + 1} ${randomBytes(8).toString('hex')}`;
    const result = await store.put(name, bytes(next), { ifMatch: etag });
    if (result.kind === 'stored') done++;
    // The losers of a race on Ceph: 500 or 409. Nothing of theirs is in flight any more.
    else if (result.kind === 'failed' && found(await store.get(name)).body === next) done++;
  }
}

let names = 0;
const run = randomBytes(4).toString('hex');

function newName(): string {
  return `t-${run}-${++names}`;
}

export function bytes(text: string): Uint8Array {
  return Buffer.from(text, 'utf8');
}

export function stored(result: PutResult): string {
  if (result.kind !== 'stored') throw new Error(`not stored: ${JSON.stringify(result)}`);
  return result.etag;
}

export function found(result: GetResult): { body: string; etag: string } {
  if (result.kind !== 'found') throw new Error(`not found: ${JSON.stringify(result)}`);
  return { body: Buffer.from(result.body).toString('utf8'), etag: result.etag };
}

function race(count: number, put: (index: number) => Promise<PutResult>): Promise<PutResult[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => put(index)));
}

/** Losers may get a definite no or, on Ceph, an unknown outcome; never a yes. */
function soleWinner(results: readonly PutResult[]): number {
  const winners = results.flatMap((result, index) => (result.kind === 'stored' ? [index] : []));
  expect(winners).toHaveLength(1);
  for (const result of results) {
    if (result.kind === 'failed') expect(result.failure).toBe('unknown');
  }
  return winners[0] as number;
}
