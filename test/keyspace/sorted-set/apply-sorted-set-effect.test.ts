import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementEffect, SortedSetEffect } from '../../../src/keyspace/effect.ts';
import { applySortedSetEffect } from '../../../src/keyspace/sorted-set/apply-sorted-set-effect.ts';
import { SortedSetValue } from '../../../src/keyspace/sorted-set/sorted-set-value.ts';

const on = { db: 3, key: 'k' };
const member = fc.oneof(fc.nat(9).map(String), fc.nat(200).map(String));
const score = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constantFrom(-0, Infinity, -Infinity));
const change = fc.record({
  kind: fc.constantFrom('setScores', 'removeScores'),
  entries: fc.array(fc.tuple(member, score), { minLength: 1, maxLength: 60 }),
});

function setOf(entries: readonly (readonly [string, number])[]): SortedSetValue {
  const set = new SortedSetValue();
  for (const [member, score] of entries) set.set(member, score);
  return set;
}

function content(set: SortedSetValue): [string, number][] {
  return set.slice().map(({ member, score }) => [member, score]);
}

describe('applySortedSetEffect', () => {
  it('applies each kind', () => {
    const set = setOf([['a', 1]]);
    applySortedSetEffect(set, { kind: 'setScores', ...on, members: ['b', 'a', 'c'], scores: [1, 2, 0] }, undefined);
    expect(content(set)).toEqual([
      ['c', 0],
      ['b', 1],
      ['a', 2],
    ]);
    applySortedSetEffect(set, { kind: 'removeScores', ...on, members: ['a', 'c'] }, undefined);
    expect(content(set)).toEqual([['b', 1]]);
  });

  it('is undone by what it notes, last first, also where a member is named twice', () => {
    const initial = fc.array(fc.tuple(member, score), { maxLength: 200 });
    fc.assert(
      fc.property(initial, fc.array(change, { maxLength: 40 }), (initial, changes) => {
        const set = setOf(initial);
        const before = content(set);
        const { memory } = set;
        const inverses: ElementEffect[] = [];
        for (const { kind, entries } of changes) {
          const members = entries.map(([member]) => member);
          if (kind === 'setScores') {
            const scores = entries.map(([, score]) => score);
            applySortedSetEffect(set, { kind, ...on, members, scores }, inverses);
          } else {
            const present = [...new Set(members)].filter((member) => set.score(member) !== undefined);
            if (present.length > 0) {
              applySortedSetEffect(set, { kind: 'removeScores', ...on, members: present }, inverses);
            }
          }
        }
        for (const inverse of inverses.reverse()) {
          expect(inverse).toMatchObject(on);
          applySortedSetEffect(set, inverse as SortedSetEffect, undefined);
        }
        expect(content(set)).toEqual(before);
        expect(set.memory).toBe(memory);
      }),
      { numRuns: 300 },
    );
  });

  it('notes nothing where it changes nothing', () => {
    const inverses: ElementEffect[] = [];
    const set = setOf([
      ['a', -0],
      ['b', 1],
    ]);
    applySortedSetEffect(set, { kind: 'setScores', ...on, members: ['a', 'b'], scores: [0, 1] }, inverses);
    expect(inverses).toEqual([]);
    expect(content(set)).toEqual([
      ['a', -0],
      ['b', 1],
    ]);
  });

  it.each<[SortedSetEffect, string]>([
    [{ kind: 'setScores', ...on, members: ['a'], scores: [] }, 'not one score for each member: members=1 scores=0'],
    [{ kind: 'setScores', ...on, members: ['a', 'b'], scores: [5, Number.NaN] }, 'a score is not a number'],
    [{ kind: 'setScores', ...on, members: [], scores: [] }, 'effect on no members: kind=setScores'],
    [{ kind: 'removeScores', ...on, members: [] }, 'effect on no members: kind=removeScores'],
  ])('refuses what is impossible and changes nothing: %j', (effect, message) => {
    const set = setOf([
      ['a', 1],
      ['b', 2],
    ]);
    const inverses: ElementEffect[] = [];
    expect(() => {
      applySortedSetEffect(set, effect, inverses);
    }).toThrow(message);
    expect(content(set)).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(inverses).toEqual([]);
  });

  it('removes what is there, and undoes just that', () => {
    const set = setOf([
      ['a', 1],
      ['b', 2],
    ]);
    const inverses: ElementEffect[] = [];
    applySortedSetEffect(set, { kind: 'removeScores', ...on, members: ['a', 'x', 'a'] }, inverses);
    expect(content(set)).toEqual([['b', 2]]);
    expect(inverses).toEqual([{ kind: 'setScores', ...on, members: ['a'], scores: [1] }]);
  });
});
