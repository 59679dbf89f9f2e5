/** Sets against a naive model: of integers, small and large, changed, undone, frozen and cloned in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/environment/seeded-random.ts';
import type { Content } from '../../../src/keyspace/collection.ts';
import type { ElementEffect, SetEffect } from '../../../src/keyspace/effect.ts';
import { stringMemory } from '../../../src/keyspace/memory.ts';
import { applySetEffect } from '../../../src/keyspace/set/apply-set-effect.ts';
import type { FrozenSet } from '../../../src/keyspace/set/frozen-set.ts';
import { integerMembersMax } from '../../../src/keyspace/set/integer-members.ts';
import { SetValue } from '../../../src/keyspace/set/set-value.ts';
import { smallMembersMax } from '../../../src/keyspace/set/small-members.ts';
import { measureContent, readContents } from '../../support/contents.ts';
import { heapBytes } from '../../support/heap-bytes.ts';

const on = { db: 3, key: 'key' } as const;

function dumpOf(set: Iterable<string>): readonly string[] {
  return [...set].sort();
}

function dumpOfFrozen(contents: readonly Content[]): readonly string[] {
  const members = contents.flatMap((content) => {
    if (content.kind !== 'addMembers') throw new Error(`not a content of a set: kind=${content.kind}`);
    return content.members;
  });
  return members.sort();
}

function applyToModel(model: Set<string>, { kind, members }: SetEffect): void {
  for (const member of members) {
    if (kind === 'addMembers') model.add(member);
    else model.delete(member);
  }
}

function undo(set: SetValue, inverses: readonly ElementEffect[]): void {
  for (const inverse of inverses.toReversed()) {
    expect(inverse).toMatchObject(on);
    applySetEffect(set, inverse as SetEffect, undefined);
  }
}

/** One text is compared much faster than many. */
function joined(members: Iterable<string>): string {
  return JSON.stringify(dumpOf(members));
}

/** Everything that can be asked, against the model. */
function expectEqual(set: SetValue, model: ReadonlySet<string>): void {
  const members = [...set];
  expect(joined(members)).toBe(joined(model));
  expect(set.size).toBe(model.size);
  const scanned = new Set<string>();
  let cursor = 0;
  do cursor = set.scan(cursor, (member) => scanned.add(member));
  while (cursor !== 0);
  expect(joined(scanned)).toBe(joined(model));
  expect([...members, ...absent].filter((member) => set.has(member) !== model.has(member))).toEqual([]);
}

const absent = ['', '-0', '00', '+1', ' 1', '1 ', '1.0', '1e3', 'NaN', '9223372036854775808', 'absent'];

const integer = fc.oneof(
  { weight: 20, arbitrary: fc.integer({ min: -400, max: 400 }).map(String) },
  fc.maxSafeInteger().map(String),
);
const other = fc.oneof(
  fc.nat(2 * smallMembersMax).map((index) => `member:${index}`),
  fc.constantFrom('', '-0', '007', '9007199254740993', '-9223372036854775808', '9223372036854775808', '\xff\x00'),
);

function effects(member: fc.Arbitrary<string>, lengthMax: number): fc.Arbitrary<SetEffect> {
  return fc
    .record({
      kind: fc.constantFrom('addMembers' as const, 'addMembers' as const, 'removeMembers' as const),
      members: fc.array(member, { minLength: 1, maxLength: lengthMax, size: 'max' }),
    })
    .map((rest) => ({ ...on, ...rest }));
}

const integerEffect = effects(integer, 200);
const anyEffect = fc.oneof(
  { weight: 4, arbitrary: integerEffect },
  effects(other, 40),
  effects(fc.oneof(integer, other), 20),
);

type Step =
  | { readonly kind: 'effect'; readonly effect: SetEffect }
  | { readonly kind: 'commit' | 'rollback' | 'freeze' | 'release' | 'clone' }
  | { readonly kind: 'read'; readonly lengthMax: number };

const steps = (effect: fc.Arbitrary<SetEffect>): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof<fc.MaybeWeightedArbitrary<Step>[]>(
      { weight: 10, arbitrary: effect.map((one) => ({ kind: 'effect', effect: one })) },
      {
        weight: 5,
        arbitrary: fc.constantFrom('commit', 'rollback', 'freeze', 'release', 'clone').map((kind) => ({ kind })),
      },
      { weight: 2, arbitrary: fc.integer({ min: 1, max: 500 }).map((lengthMax) => ({ kind: 'read', lengthMax })) },
    ),
    { maxLength: 40, size: 'max' },
  );

function run(steps: readonly Step[]): void {
  let set = new SetValue();
  const model = new Set<string>();
  let [inverses, committed]: [ElementEffect[], readonly string[]] = [[], []];
  const frozen: { set: FrozenSet; dump: readonly string[] }[] = [];
  const clones: { set: SetValue; dump: readonly string[] }[] = [];
  for (const next of steps) {
    if (next.kind === 'effect') {
      applySetEffect(set, next.effect, inverses);
      applyToModel(model, next.effect);
    } else if (next.kind === 'commit') [inverses, committed] = [[], dumpOf(set)];
    else if (next.kind === 'rollback') {
      undo(set, inverses);
      inverses = [];
      model.clear();
      for (const member of committed) model.add(member);
    } else if (next.kind === 'freeze') {
      if (frozen.length < 3) frozen.push({ set: set.freeze(), dump: dumpOf(set) });
    } else if (next.kind === 'read') {
      const oldest = frozen.shift();
      if (oldest === undefined) continue;
      expect(oldest.set.size).toBe(oldest.dump.length);
      expect(dumpOfFrozen(readContents(oldest.set, next.lengthMax))).toEqual(oldest.dump);
      oldest.set.release();
    } else if (next.kind === 'release') frozen.shift()?.set.release();
    else {
      clones.push({ set, dump: dumpOf(set) });
      set = set.clone();
    }
    expectEqual(set, model);
  }
  for (const clone of clones) expect(dumpOf(clone.set)).toEqual(clone.dump);
}

describe('SetValue', () => {
  it('holds what the model holds, through effects, their inverses, freezes and clones', () => {
    fc.assert(fc.property(steps(anyEffect), run), { numRuns: 200 });
  });

  it('does so as long as there are integers only, too', () => {
    fc.assert(fc.property(steps(integerEffect), run), { numRuns: 100 });
  });

  it('undoes each effect exactly, whatever it names twice or in vain', () => {
    fc.assert(
      fc.property(fc.array(anyEffect, { maxLength: 6 }), anyEffect, (before, last) => {
        const set = new SetValue();
        for (const effect of before) applySetEffect(set, effect, undefined);
        const dump = dumpOf(set);
        const inverses: ElementEffect[] = [];
        applySetEffect(set, last, inverses);
        undo(set, inverses);
        expect(dumpOf(set)).toEqual(dump);
      }),
      { numRuns: 1000 },
    );
  });

  it('undoes nothing that has not happened', () => {
    const set = new SetValue();
    set.add('a');
    const inverses: ElementEffect[] = [];
    applySetEffect(set, { ...on, kind: 'addMembers', members: ['a', 'b', 'b'] }, inverses);
    applySetEffect(set, { ...on, kind: 'addMembers', members: ['a'] }, inverses);
    applySetEffect(set, { ...on, kind: 'removeMembers', members: ['missing'] }, inverses);
    expect(inverses).toEqual([{ ...on, kind: 'removeMembers', members: ['b'] }]);
  });

  it('keeps integers in their order and others in that of their coming, while it is small', () => {
    const set = new SetValue();
    for (const member of ['10', '9', '-3', '9007199254740991', '0']) set.add(member);
    expect([...set]).toEqual(['-3', '0', '9', '10', '9007199254740991']);
    for (const member of ['z', 'a', '5']) set.add(member);
    set.delete('0');
    expect([...set]).toEqual(['-3', '9', '10', '9007199254740991', 'z', 'a', '5']);
    const full = new SetValue();
    for (let i = integerMembersMax - 1; i >= 0; i--) full.add(String(i));
    expect([...full]).toEqual(Array.from({ length: integerMembersMax }, (_, i) => String(i)));
  });

  it('remembers what Valkey converts by, in clones too', () => {
    const facts = ({ size, isOfIntegers, largestSizeOfIntegers, largestSize, longestMember }: SetValue) => [
      size,
      isOfIntegers,
      largestSizeOfIntegers,
      largestSize,
      longestMember,
    ];
    const set = new SetValue();
    for (const member of ['1', '2', '9223372036854775807']) set.add(member);
    set.delete('1');
    expect(facts(set)).toEqual([2, true, 3, 0, 19]);
    for (const member of ['a', 'x'.repeat(70)]) set.add(member);
    for (const member of ['a', 'x'.repeat(70), '2']) set.delete(member);
    expect(facts(set)).toEqual([1, false, 3, 4, 70]);
    expect(facts(set.clone())).toEqual(facts(set));
  });
});

describe('a frozen set', () => {
  it('is what it was, whatever changes between two of its contents', () => {
    const changes = fc.array(fc.array(anyEffect, { maxLength: 2 }), { minLength: 1, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(fc.nat(1000), changes, fc.integer({ min: 1, max: 300 }), (size, changes, lengthMax) => {
        const set = new SetValue();
        for (let i = 0; i < size; i++) set.add(i % 2 === 0 ? String(i) : `member:${i}`);
        let step = 0;
        const change = (): void => {
          for (const effect of changes[step++ % changes.length]!) applySetEffect(set, effect, undefined);
        };
        const [dump, first] = [dumpOf(set), set.freeze()];
        change();
        const [laterDump, second] = [dumpOf(set), set.freeze()];
        const contents = readContents(first, lengthMax, change);
        expect(dumpOfFrozen(contents)).toEqual(dump);
        for (const content of contents) {
          const { length, count } = measureContent(content);
          expect(count > 0 && (length <= lengthMax || count === 1)).toBe(true);
        }
        expect(dumpOfFrozen(readContents(second, lengthMax, change))).toEqual(laterDump);
      }),
      { numRuns: 200 },
    );
  });
});

describe('a large set', () => {
  const filled = (count: number, name: (index: number) => string): SetValue => {
    const set = new SetValue();
    for (let i = 0; i < count; i++) set.add(name(i));
    return set;
  };

  it('is scanned completely, however it grows and shrinks meanwhile', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 700 }),
        fc.array(fc.integer({ min: -300, max: 300 })),
        fc.constantFrom('', 'member:'),
        (count, changes, prefix) => {
          const set = filled(count, (index) => `${prefix}${index}`);
          const seen = new Set<string>();
          let [cursor, step, extra] = [0, 0, 1000];
          do {
            cursor = set.scan(cursor, (member) => seen.add(member));
            const change = changes[step++] ?? 0;
            for (let i = 0; i < change; i++) set.add(`${prefix}${extra++}`);
            for (let i = 0; i > change && extra > 1000; i--) set.delete(`${prefix}${--extra}`);
          } while (cursor !== 0);
          for (let i = 0; i < count; i++) expect(seen.has(`${prefix}${i}`)).toBe(true);
        },
      ),
    );
  });

  it('draws every member about equally often, in every form', () => {
    const random = seededRandom(12);
    for (const [count, prefix] of [
      [10, ''],
      [10, 'm'],
      [1000, 'm'],
    ] as const) {
      // prettier-ignore
      const set = filled(count, (index) => `${prefix}${index}`);
      const drawn = new Map<string, number>();
      for (let i = 0; i < count * 500; i++) {
        const member = set.random(random)!;
        drawn.set(member, (drawn.get(member) ?? 0) + 1);
      }
      expect(dumpOf(drawn.keys())).toEqual(dumpOf(set));
      for (const times of drawn.values()) expect(Math.abs(times - 500)).toBeLessThan(150);
    }
    expect(new SetValue().random(random)).toBeUndefined();
  });
});

describe('the account of a set', () => {
  it('is what a recount finds', () => {
    // By the sizes of V8's objects and the form that the numbers of members leave.
    const recount = (members: Iterable<string>, form: 'integers' | 'small' | 'table'): number => {
      let memory = form === 'table' ? 72 + 320 : 72 + 80;
      for (const member of members) {
        memory += form === 'integers' ? 8 : stringMemory(member) + (form === 'small' ? 8 : 56);
      }
      return memory;
    };
    const member = fc.oneof(integer, integer, other);
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.boolean(), member), { maxLength: 800, size: 'max' }),
        fc.boolean(),
        (steps, mix) => {
          const set = new SetValue();
          const model = new Set<string>();
          let form: 'integers' | 'small' | 'table' = 'integers';
          for (const [adds, drawn] of steps) {
            const name = mix ? drawn : String(Number.isNaN(Number(drawn)) ? 0 : Math.trunc(Number(drawn) % 1e6));
            if (adds || !mix) {
              set.add(name);
              model.add(name);
            } else {
              set.delete(name);
              model.delete(name);
            }
            if (form === 'integers' && [...model].some((one) => String(Number(one)) !== one)) form = 'small';
            if (model.size > (form === 'integers' ? integerMembersMax : smallMembersMax) || form === 'table')
              form = 'table';
            expect(set.memory).toBe(recount(model, form));
            expect(set.clone().memory).toBe(set.memory);
          }
        },
      ),
      { numRuns: 100 },
    );
  });

  const text = (index: number): string => Buffer.from(`member:${String(index).padStart(7, '0')}`).toString('latin1');

  const expectNear = (sets: () => SetValue[]): void => {
    const before = heapBytes();
    const made = sets();
    const used = heapBytes() - before;
    const ratio = made.reduce((sum, { memory }) => sum + memory, 0) / used;
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  };

  it('is near to what V8 takes, in every form', () => {
    const many = (count: number, size: number, name: (index: number) => string): SetValue[] =>
      Array.from({ length: count }, (_, i) => {
        const set = new SetValue();
        for (let j = 0; j < size; j++) set.add(name(i + j));
        return set;
      });
    expectNear(() => many(20_000, 5, String));
    expectNear(() => many(1000, 500, (index) => String(index * 1e10)));
    expectNear(() => many(20_000, 5, text));
    expectNear(() => many(1, 100_000, text));
  });
});
