/** Long histories are checked in steps that grow with their length, and what is too hard ends with `unknown`. */
import { describe, expect, it } from 'vitest';
import {
  checkHistory,
  type CheckLimits,
  type CheckProgress,
  type History,
  type Json,
  type Limit,
  type Operation,
} from '../../src/verify/index.ts';
import { mixes, randomHistory, type RandomHistoryOptions } from './support/random-history.ts';

function history(model: string, operations: number, more: Partial<RandomHistoryOptions> = {}): History {
  const options = { seed: 1, operations, keys: 10, clients: 30, uncertainPerMille: 10, mix: mixes[model]!, ...more };
  return randomHistory(model, options);
}

/** As Jepsen has them: few values, compare-and-set that often succeeds, queues that only grow. */
const asOfJepsen: readonly [string, Partial<RandomHistoryOptions>][] = [
  ['register', { values: 5 }],
  ['cas-register', { values: 5 }],
  ['cas-register', { values: 3, mix: { read: 3, write: 2, cas: 5 } }],
  ['queue', { quiet: true, mix: { enqueue: 6, dequeue: 4 } }],
];

describe('30 clients on 10 keys, one operation of a hundred uncertain', () => {
  // Steps, not seconds, so that the machine does not matter; a step takes microseconds.
  it.each([
    ['register', 100_000, 1],
    ['cas-register', 100_000, 20],
    ['counter', 100_000, 20],
    ['kv', 100_000, 20],
    ['set', 50_000, 60],
    ['list', 50_000, 50],
    ['queue', 50_000, 300],
    ['valkey', 50_000, 100],
    ['queue', 1000, 100],
  ])('%s: %i operations', (model, operations, stepsOfOperation) => {
    let steps = 0;
    const onProgress = (progress: CheckProgress): void => {
      steps = progress.steps;
    };
    const stepsMax = (stepsOfOperation * operations) / 10;
    const { verdict } = checkHistory(history(model, operations), { onProgress, stepsMax });
    expect(verdict, `${steps} steps`).toBe('ok');
  });
});

// As simulation seed 3197 had it: without placing GETs at once, all orders of the SETs among them would be tried.
it.each([1, 2, 3])('16 clients on one key that may expire are checked in few steps (%i)', (seed) => {
  const mix = { get: 10, set: 6, expire: 1, append: 1, del: 1 };
  const crowded = history('valkey', 600, { seed, keys: 1, clients: 16, uncertainPerMille: 3, mix });
  expect(checkHistory(crowded, { stepsMax: 40_000 }).verdict).toBe('ok');
});

describe("what Jepsen's workloads write", () => {
  it.each(asOfJepsen)('%s of %o', (model, more) => {
    expect(checkHistory(history(model, 50_000, more), { stepsMax: 50_000 }).verdict).toBe('ok');
  });

  // Without a look at what can have been there, the search would have to try all orders of what came before.
  it.each<[string, string, Json, Partial<RandomHistoryOptions>]>([
    ['register', 'read', 77, { values: 5 }],
    ['cas-register', 'read', 77, { values: 5 }],
    ['kv', 'get', 'nobody wrote it', {}],
    ['set', 'contains', true, {}],
    ['list', 'lpop', 'nobody wrote it', {}],
    ['queue', 'dequeue', 'nobody wrote it', {}],
    ['valkey', 'get', 'nobody wrote it', {}],
  ])('%s: one %s of what nobody wrote is found at once', (model, f, output, more) => {
    const { operations, ...head } = history(model, 10_000, { keys: 1, clients: 10, ...more });
    const at = operations.findIndex((one, index) => index > 5000 && one.f === f && one.outcome === 'ok');
    const input = model === 'set' ? 'nobody wrote it' : null;
    const wrong = operations.with(at, { ...operations[at]!, input, output });
    const verdict = checkHistory({ ...head, operations: wrong }, { stepsMax: 1_000_000 });
    expect(verdict.verdict).toBe('illegal');
  });
});

/** Adds whose sum no read can be: every subset has to be tried. */
const hard: History = {
  model: 'counter',
  initial: 0,
  nullReadIsWildcard: false,
  operations: [
    ...Array.from({ length: 40 }, (_, process): Operation => {
      const input = 2 * (process + 3) ** 3;
      return { process, f: 'add', key: 'a', input, output: null, call: process, return: Infinity, outcome: 'info' };
    }),
    { process: 40, f: 'read', key: 'a', input: null, output: 50_001, call: 41, return: 42, outcome: 'ok' },
    { process: 40, f: 'read', key: 'b', input: null, output: 1, call: 43, return: 44, outcome: 'ok' },
  ],
};

describe('what is too hard', () => {
  it.each<[Limit, CheckLimits]>([
    ['steps', { stepsMax: 10_000 }],
    ['memory', { memoryBytesMax: 10_000_000 }],
    ['time', { isOver: after(100) }],
  ])('is unknown when %s are over, and a violation of another key is found all the same', (limit, limits) => {
    const verdict = checkHistory(hard, limits);
    if (verdict.kind !== 'linearizability') throw new Error('another kind of verdict');
    expect(verdict.partitions.map((partition) => [partition.key, partition.verdict])).toEqual([
      ['a', 'unknown'],
      ['b', 'illegal'],
    ]);
    expect(verdict.partitions.map(({ limit }) => limit)).toEqual([limit, undefined]);
    expect(verdict.verdict).toBe('illegal');
    expect(checkHistory({ ...hard, operations: hard.operations.slice(0, -1) }, limits).verdict).toBe('unknown');
  });

  it('is over soon when the time is', () => {
    let steps = 0;
    const onProgress = (progress: CheckProgress): void => {
      steps = progress.steps;
    };
    expect(checkHistory(history('kv', 100_000), { isOver: () => true, onProgress }).verdict).toBe('unknown');
    expect(steps).toBeLessThan(10 * 5000);
  });
});

function after(times: number): () => boolean {
  let asked = 0;
  return () => ++asked > times;
}
