import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/environment/seeded-random.ts';
import type { Content, FrozenCollection } from '../../../src/keyspace/collection.ts';
import { stringMemory } from '../../../src/keyspace/memory.ts';
import {
  emptySortedSetMemory,
  scoredMemberMemory,
  SortedSetValue,
} from '../../../src/keyspace/sorted-set/sorted-set-value.ts';
import { heapBytes } from '../../support/heap-bytes.ts';

type Model = Map<string, number>;

const member = fc.oneof(fc.nat(30).map(String), fc.nat(2000).map(String), fc.constantFrom('', '\0', 'é', '\xff'));
const score = fc.oneof(
  fc.integer({ min: -5, max: 5 }),
  fc.constantFrom(-0, 0, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE),
  fc.double({ noNaN: true }),
);
const entries = fc.oneof(
  fc.array(fc.tuple(member, score), { maxLength: 3 }),
  fc.array(fc.tuple(member, score), { minLength: 20, maxLength: 300, size: 'max' }),
);
const operation = fc.record({
  kind: fc.constantFrom('set', 'set', 'set', 'delete', 'freeze', 'clone'),
  entries,
});
type Operation = typeof operation extends fc.Arbitrary<infer O> ? O : never;

/** In order; `-0` as `0`, as those are equal. */
function sorted(model: Model): [string, number][] {
  return [...model].sort(([m, a], [n, b]) => (a === b ? (m < n ? -1 : 1) : a < b ? -1 : 1));
}

function content(set: SortedSetValue): [string, number][] {
  return set.slice().map(({ member, score }) => [member, score]);
}

function change(set: SortedSetValue, model: Model, { kind, entries }: Operation): void {
  for (const [member, score] of entries) {
    if (kind === 'delete') {
      expect(set.delete(member)).toBe(model.get(member));
      model.delete(member);
    } else {
      expect(set.set(member, score)).toBe(model.get(member));
      if (model.get(member) !== score) model.set(member, score);
    }
  }
}

function expectEqual(set: SortedSetValue, model: Model): void {
  const order = sorted(model);
  expect(set.size).toBe(model.size);
  expect(content(set)).toEqual(order);
  expect([...set.members(order.length - 1, -1)].map(({ member }) => member)).toEqual(
    order.map(([member]) => member).reverse(),
  );
  for (const [rank, [member, score]] of order.entries()) {
    const found = { rank: set.rank(member), score: set.score(member) };
    if (found.rank !== rank || !Object.is(found.score, score)) expect(found).toEqual({ rank, score });
  }
  const memory = order.reduce((sum, [member]) => sum + scoredMemberMemory + stringMemory(member), emptySortedSetMemory);
  expect(set.memory).toBe(memory);
}

function contentOf(frozen: FrozenCollection, lengthMax: number, between: () => void = () => undefined): SortedSetValue {
  const set = new SortedSetValue();
  for (const content of frozen.contents(lengthMax)) {
    const { members, scores } = content as Content & { kind: 'setScores' };
    for (const [i, member] of members.entries()) expect(set.set(member, scores[i] as number)).toBeUndefined();
    between();
  }
  return set;
}

function filled(count: number): SortedSetValue {
  const set = new SortedSetValue();
  for (let i = 0; i < count; i++) set.set(`m${i}`, i % 7);
  return set;
}

function scanAll(set: SortedSetValue, between: (step: number) => void = () => undefined): string[] {
  const seen: string[] = [];
  let cursor = 0;
  let step = 0;
  do {
    cursor = set.scan(cursor, ({ member }) => seen.push(member));
    between(step++);
  } while (cursor !== 0);
  return seen;
}

/** So many sets of so many members, each a string of its own. */
function manySets(count: number, size: number): SortedSetValue[] {
  return Array.from({ length: count }, () => {
    const set = new SortedSetValue();
    for (let i = 0; i < size; i++) set.set(Buffer.from(`member:${i}`).toString('latin1'), i + 0.5);
    return set;
  });
}

describe('SortedSetValue', () => {
  it('does what a sorted array does; what was frozen or cloned stays as it was', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 40 }), (operations) => {
        const set = new SortedSetValue();
        const model: Model = new Map();
        const frozen: { readonly frozen: FrozenCollection; readonly model: Model }[] = [];
        const clones: { readonly set: SortedSetValue; readonly model: Model }[] = [];
        let largestSize = 0;
        let longestMember = 0;
        for (const operation of operations) {
          change(set, model, operation);
          largestSize = Math.max(largestSize, model.size, set.largestSize);
          for (const member of model.keys()) longestMember = Math.max(longestMember, member.length);
          for (const clone of clones) change(clone.set, clone.model, { ...operation, kind: 'delete' });
          if (operation.kind === 'freeze') frozen.push({ frozen: set.freeze(), model: new Map(model) });
          if (operation.kind === 'clone') clones.push({ set: set.clone(), model: new Map(model) });
        }
        expectEqual(set, model);
        expect(set.largestSize).toBe(largestSize);
        expect(set.longestMember).toBe(longestMember);
        for (const clone of clones) expectEqual(clone.set, clone.model);
        for (const { frozen: one, model } of frozen) {
          expect(one.size).toBe(model.size);
          expectEqual(contentOf(one, 500), model);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('finds the first rank at which a condition holds', () => {
    fc.assert(
      fc.property(entries, score, member, (entries, score, member) => {
        const set = new SortedSetValue();
        const model: Model = new Map();
        change(set, model, { kind: 'set', entries });
        const order = sorted(model);
        expect(set.firstRank(() => true, score)).toBe(order.filter(([, s]) => s < score).length);
        expect(set.firstRank(() => false, score)).toBe(order.filter(([, s]) => s <= score).length);
        expect(set.firstRank(() => true)).toBe(0);
        expect(set.firstRank(() => false)).toBe(order.length);
        const equal = new SortedSetValue();
        for (const name of model.keys()) equal.set(name, 0);
        const before = [...model.keys()].filter((name) => name < member).length;
        expect(equal.firstRank((one) => one.member >= member)).toBe(before);
      }),
    );
  });

  it('keeps the sign of zero until the score is another', () => {
    const set = new SortedSetValue();
    set.set('a', -0);
    expect(set.set('a', 0)).toBe(-0);
    expect(set.score('a')).toBe(-0);
    set.set('b', 0);
    set.set('b', -0);
    expect(set.score('b')).toBe(0);
    set.set('a', 1);
    set.set('a', 0);
    expect(set.score('a')).toBe(0);
  });

  it('refuses a score that is not a number', () => {
    const set = filled(3);
    expect(() => set.set('m1', Number.NaN)).toThrow('a score is not a number');
    expect(set.score('m1')).toBe(1);
  });

  it('remembers the largest size and the longest member, and a clone does', () => {
    const set = filled(40);
    set.set('longest', 1);
    set.delete('longest');
    for (let i = 0; i < 39; i++) set.delete(`m${i}`);
    for (const one of [set, set.clone()]) {
      expect(one.size).toBe(1);
      expect(one.largestSize).toBe(41);
      expect(one.longestMember).toBe(7);
    }
  });

  it('scans each member once while nothing changes, small or large', () => {
    for (const count of [0, 1, 32, 33, 1000]) {
      const seen = scanAll(filled(count));
      expect(seen).toHaveLength(count);
      expect(new Set(seen).size).toBe(count);
    }
  });

  it('scans what is there from beginning to end, however it grows, shrinks and changes scores meanwhile', () => {
    const changes = fc.array(fc.integer({ min: -300, max: 300 }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 300 }), changes, (count, changes) => {
        const set = filled(count);
        let extra = 0;
        const seen = new Set(
          scanAll(set, (step) => {
            const change = changes[step] ?? 0;
            for (let i = 0; i < change; i++) set.set(`extra${extra++}`, i);
            for (let i = 0; i > change && extra > 0; i--) set.delete(`extra${--extra}`);
            for (let i = 0; i < count; i += 3) set.set(`m${i}`, step);
          }),
        );
        for (let i = 0; i < count; i++) expect(seen.has(`m${i}`)).toBe(true);
      }),
      { numRuns: 30 },
    );
  });

  it('draws every member about equally often', () => {
    for (const count of [10, 100]) {
      const set = filled(count);
      const random = seededRandom(7);
      const drawn = new Map<string, number>();
      for (let i = 0; i < 1000 * count; i++) {
        const member = set.random(random)?.member ?? 'none';
        drawn.set(member, (drawn.get(member) ?? 0) + 1);
      }
      expect(drawn.size).toBe(count);
      for (const times of drawn.values()) expect(Math.abs(times - 1000)).toBeLessThan(200);
    }
    expect(new SortedSetValue().random(seededRandom(7))).toBeUndefined();
  });

  it('changes while it is read frozen, by two readers at once', () => {
    const set = filled(600);
    const before = content(set);
    const first = set.freeze();
    let step = 0;
    const read = contentOf(first, 200, () => {
      set.set(`m${step++}`, -step);
      set.delete(`m${599 - step}`);
      const second = set.freeze();
      const now = content(set);
      set.set(`new${step}`, step);
      expect(content(contentOf(second, 1_000_000))).toEqual(now);
      second.release();
    });
    expect(step).toBeGreaterThan(10);
    expect(content(read)).toEqual(before);
    first.release();
    expect([...first.contents(10)]).toEqual([]);
  });

  it('gives frozen contents of bounded length', () => {
    const set = new SortedSetValue();
    for (const [i, length] of [10, 10, 100, 1, 1].entries()) set.set(`${i}`.repeat(length), i);
    const contents = [...set.freeze().contents(50)] as (Content & { kind: 'setScores' })[];
    expect(contents.map(({ scores }) => scores)).toEqual([[0, 1], [2], [3, 4]]);
  });

  it.each([
    [20_000, 1],
    [20_000, 5],
    [1000, 500],
    [1, 100_000],
    [5000, 3, 30],
  ])('takes about the memory that it says: %i sets of %i members', (count, size, sizeBefore = size) => {
    const before = heapBytes();
    const made = manySets(count, sizeBefore);
    // In place, as nothing else shrinks.
    for (const set of made) for (const { member } of set.slice(size)) set.delete(member);
    const used = heapBytes() - before;
    const ratio = made.reduce((sum, { memory }) => sum + memory, 0) / used;
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });
});
