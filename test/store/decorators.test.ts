/** The decorators: what they count, delay and spoil, and that a seed gives the same again. */
import { describe, expect, test } from 'vitest';
import { CountingStore } from '../../src/store/counting-store.ts';
import { FaultyStore, type Fault } from '../../src/store/faulty-store.ts';
import { LatencyHistogram } from '../../src/store/latency-histogram.ts';
import { LatencyStore } from '../../src/store/latency-store.ts';
import { MemoryStore } from '../../src/store/memory-store.ts';
import type { PutResult } from '../../src/store/object-store.ts';
import { VirtualEnvironment } from '../../src/simulation/virtual-environment.ts';
import { bytes, stored } from './conformance.ts';

/** Runs something in virtual time to its end. */
async function settle<Result>(environment: VirtualEnvironment, request: Promise<Result>): Promise<Result> {
  let done = false;
  void request.finally(() => (done = true));
  await environment.run(() => done);
  return request;
}

describe('CountingStore', () => {
  test('counts requests by outcome, bytes, time and cost', async () => {
    const environment = new VirtualEnvironment(1);
    const inner = new LatencyStore(new MemoryStore(environment.clock), environment, { minMs: 20 });
    const store = new CountingStore(inner, environment.clock);
    const run = async (): Promise<void> => {
      const etag = stored(await store.put('a', bytes('12345')));
      await store.put('a', bytes('1'), { ifNoneMatch: '*' });
      await store.get('a');
      await store.get('a', { ifNoneMatch: etag });
      await store.get('b');
      await store.list('');
      await store.delete('a');
    };
    await settle(environment, run());
    expect(Object.fromEntries(store.statistics('put').outcomes)).toEqual({ stored: 1, preconditionFailed: 1 });
    expect(Object.fromEntries(store.statistics('get').outcomes)).toEqual({ found: 1, notModified: 1, notFound: 1 });
    expect(store.requests).toBe(7);
    expect(store.underWay).toBe(0);
    expect([store.bytesOut, store.bytesIn]).toEqual([6, 5]);
    expect(store.costUsd).toBeCloseTo((2 * 5 + 3 * 0.4 + 5) / 1e6, 12);
    const { latency } = store.statistics('get');
    expect(latency.meanMs).toBeCloseTo(20);
    expect(latency.percentileMs(0.99)).toBeCloseTo(20);
    store.reset();
    expect([store.requests, store.bytesIn, store.costUsd]).toEqual([0, 0, 0]);
  });

  test('a failure is counted by its kind', async () => {
    const environment = new VirtualEnvironment(1);
    const store = new CountingStore(
      new FaultyStore(new MemoryStore(environment.clock), environment, { throttled: 1 }),
      environment.clock,
    );
    await store.put('a', bytes('x'));
    expect(store.statistics('put').outcomes.get('throttled')).toBe(1);
  });
});

test('a percentile is at most a quarter too high', () => {
  const histogram = new LatencyHistogram();
  expect(histogram.percentileMs(0.5)).toBe(0);
  for (let ms = 1; ms <= 1000; ms++) histogram.record(ms);
  for (const share of [0.01, 0.5, 0.9, 0.99, 1]) {
    const exact = share * 1000;
    expect(histogram.percentileMs(share)).toBeGreaterThanOrEqual(exact);
    expect(histogram.percentileMs(share)).toBeLessThanOrEqual(exact * 1.25);
  }
  histogram.record(1e12);
  histogram.record(0);
  expect(histogram.maxMs).toBe(1e12);
});

describe('LatencyStore', () => {
  test('a request takes effect in the middle of its time', async () => {
    const environment = new VirtualEnvironment(1);
    const inner = new MemoryStore(environment.clock);
    const store = new LatencyStore(inner, environment, { minMs: 20 });
    const put = store.put('a', bytes('x'));
    await environment.advance(9);
    expect((await inner.get('a')).kind).toBe('notFound');
    await environment.advance(2);
    expect((await inner.get('a')).kind).toBe('found');
    stored(await settle(environment, put));
    expect(environment.clock.monotonic()).toBeGreaterThanOrEqual(20);
  });

  test('a put that is given up still takes effect', async () => {
    const environment = new VirtualEnvironment(1);
    const inner = new MemoryStore(environment.clock);
    const store = new LatencyStore(inner, environment, { minMs: 100 });
    const result = await settle(environment, store.put('a', bytes('x'), { timeoutMs: 10 }));
    expect(result).toMatchObject({ kind: 'failed', failure: 'unknown' });
    expect((await inner.get('a')).kind).toBe('notFound');
    await environment.advance(100);
    expect((await inner.get('a')).kind).toBe('found');
  });
});

describe('FaultyStore', () => {
  const putWith = async (fault: Fault, seed = 1) => {
    const environment = new VirtualEnvironment(seed);
    const inner = new MemoryStore(environment.clock);
    const store = new FaultyStore(inner, environment, { [fault]: 1 });
    const result: PutResult = await settle(
      environment,
      store.put('a', bytes('x'), { ifNoneMatch: '*', timeoutMs: 50 }),
    );
    const outcome = result.kind === 'failed' ? result.failure : result.kind;
    const before = (await inner.get('a')).kind;
    await environment.advance(10_000);
    const after = (await inner.get('a')).kind;
    expect(store.counts[fault]).toBe(1);
    return [outcome, before, after];
  };

  test.each<[Fault, string, string, string]>([
    ['refused', 'unavailable', 'notFound', 'notFound'],
    ['lostRequest', 'unknown', 'notFound', 'notFound'],
    ['lostResponse', 'unknown', 'found', 'found'],
    ['late', 'unknown', 'notFound', 'found'],
    ['conflict', 'unknown', 'notFound', 'notFound'],
    ['gatewayError', 'unknown', 'notFound', 'notFound'],
    ['conditionRefused', 'preconditionFailed', 'notFound', 'notFound'],
  ])('%s: the caller sees %s, then it is %s, later %s', async (fault, ...expected) => {
    expect(await putWith(fault)).toEqual(expected);
  });

  test.each<Fault>(['serverError', 'stall'])('%s: it may have happened or not', async (fault) => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) seen.add((await putWith(fault, seed)).join());
    expect([...seen].sort()).toEqual(['unknown,found,found', 'unknown,notFound,notFound']);
  });

  test('throttled: it may have happened or not', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) seen.add((await putWith('throttled', seed)).join());
    expect([...seen].sort()).toEqual(['throttled,found,found', 'throttled,notFound,notFound']);
  });

  test('duplicate: the answer is that to the first, or that to the second', async () => {
    const seen = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) seen.add((await putWith('duplicate', seed)).join());
    expect([...seen].sort()).toEqual(['preconditionFailed,found,found', 'stored,found,found']);
  });

  test('a duplicate may undo a delete', async () => {
    const after = new Set<string>();
    for (let seed = 1; seed <= 20; seed++) {
      const environment = new VirtualEnvironment(seed);
      const inner = new MemoryStore(environment.clock);
      const store = new FaultyStore(inner, environment, { duplicate: 1 });
      stored(await store.put('a', bytes('one')));
      await inner.delete('a');
      await environment.advance(10_000);
      after.add((await inner.get('a')).kind);
    }
    expect([...after].sort()).toEqual(['found', 'notFound']);
  });

  const text = '{"a":{"b":"c"}}\n';
  const getWith = async (fault: Fault): Promise<Set<string>> => {
    const environment = new VirtualEnvironment(1);
    const store = new FaultyStore(new MemoryStore(environment.clock), environment, {});
    await store.put('a', bytes(text));
    store.faults = { [fault]: 1 };
    const seen = new Set<string>();
    for (let i = 0; i < 300; i++) {
      const result = await store.get('a');
      seen.add(result.kind === 'found' ? Buffer.from(result.body).toString('latin1') : JSON.stringify(result));
    }
    store.faults = {};
    expect(await store.get('a')).toMatchObject({ kind: 'found', body: new Uint8Array(bytes(text)) });
    return seen;
  };

  test('a truncated body is noticed, or cut inside the text', async () => {
    const cuts = Array.from({ length: text.lastIndexOf('}') }, (_, end) => text.slice(0, end));
    const seen = [...(await getWith('truncated'))].map((body) => (body.includes('"corrupt"') ? 'noticed' : body));
    expect(seen.sort()).toEqual([...cuts, 'noticed'].sort());
  });

  test('a corrupted body differs in one byte', async () => {
    const seen = [...(await getWith('corrupted'))];
    expect(seen.length).toBe(text.length);
    for (const body of seen) {
      expect(body).toHaveLength(text.length);
      expect(Buffer.from(body, 'latin1').filter((byte, i) => byte !== bytes(text)[i])).toHaveLength(1);
    }
  });

  test('a slow answer comes in time', async () => {
    const environment = new VirtualEnvironment(1);
    const store = new FaultyStore(new MemoryStore(environment.clock), environment, { slow: 1 });
    for (let i = 0; i < 20; i++) {
      const begin = environment.clock.monotonic();
      stored(await settle(environment, store.put(`n${i}`, bytes('x'), { timeoutMs: 1000 })));
      expect(environment.clock.monotonic() - begin).toBeLessThan(800);
    }
  });

  test('a stale list is an earlier one, or lacks some', async () => {
    const environment = new VirtualEnvironment(1);
    const store = new FaultyStore(new MemoryStore(environment.clock), environment, {});
    const list = async (): Promise<string> => {
      const result = await store.list('');
      return result.kind === 'listed' ? result.objects.map(({ name }) => name).join('') : result.message;
    };
    for (const name of ['a', 'b']) await store.put(name, bytes('x'));
    expect(await list()).toBe('ab');
    await store.delete('a');
    await store.put('c', bytes('x'));
    const seen = new Set<string>();
    for (let i = 0; i < 100; i++) {
      store.faults = {};
      store.faults = { staleList: 1 };
      seen.add(await list());
    }
    expect([...seen].sort()).toEqual(['', 'ab', 'b', 'bc', 'c']);
  });

  test('the same seed gives the same faults', async () => {
    const transcript = async (seed: number): Promise<string> => {
      const environment = new VirtualEnvironment(seed);
      const store = new FaultyStore(new MemoryStore(environment.clock), environment, {
        lostResponse: 0.1,
        serverError: 0.1,
        late: 0.1,
        stall: 0.1,
        duplicate: 0.1,
        throttled: 0.1,
      });
      const lines: string[] = [];
      const run = async (): Promise<void> => {
        for (let i = 0; i < 100; i++) lines.push(JSON.stringify(await store.put(`n${i % 7}`, bytes(`v${i}`), {})));
      };
      await settle(environment, run());
      return lines.join('\n') + String(environment.random.uint32());
    };
    expect(await transcript(42)).toBe(await transcript(42));
    expect(await transcript(42)).not.toBe(await transcript(43));
  });
});
