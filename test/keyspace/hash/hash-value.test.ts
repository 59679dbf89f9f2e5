/** Hashes against a naive model: small and large, changed, undone, frozen and cloned in any order. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../src/environment/seeded-random.ts';
import type { Content } from '../../../src/keyspace/collection.ts';
import type { ElementEffect, HashEffect } from '../../../src/keyspace/effect.ts';
import { applyHashEffect } from '../../../src/keyspace/hash/apply-hash-effect.ts';
import type { FrozenHash } from '../../../src/keyspace/hash/frozen-hash.ts';
import { HashValue } from '../../../src/keyspace/hash/hash-value.ts';
import { smallFieldsMax } from '../../../src/keyspace/hash/small-fields.ts';
import { stringMemory } from '../../../src/keyspace/memory.ts';
import { measureContent, readContents } from '../../support/contents.ts';
import { heapBytes } from '../../support/heap-bytes.ts';

const on = { db: 3, key: 'key' } as const;

/** What a hash holds, in a canonical order. */
type Dump = readonly (readonly [field: string, value: string, expireAt: number | undefined])[];

/** The naive hash. */
class Model {
  readonly fields = new Map<string, { value: string; expireAt: number | undefined }>();

  apply(effect: HashEffect | Content): void {
    if (effect.kind === 'setFields') {
      for (let i = 0; i < effect.fields.length; i += 2) {
        const [field, value] = effect.fields.slice(i, i + 2) as [string, string];
        const known = this.fields.get(field);
        if (known === undefined) this.fields.set(field, { value, expireAt: undefined });
        else Object.assign(known, { value, expireAt: undefined });
      }
    } else if (effect.kind === 'deleteFields') {
      for (const field of effect.fields) this.fields.delete(field);
    } else if (effect.kind === 'setFieldExpiry') {
      for (const field of effect.fields) this.fields.get(field)!.expireAt = effect.expireAt;
    } else throw new Error(`not an effect on a hash: kind=${effect.kind}`);
  }

  dump(): Dump {
    return sorted([...this.fields].map(([field, { value, expireAt }]) => [field, value, expireAt] as const));
  }
}

function sorted(dump: Dump): Dump {
  return dump.toSorted(([a], [b]) => (a < b ? -1 : 1));
}

function dumpOf(hash: HashValue): Dump {
  return sorted([...hash].map(([field, value]) => [field, value, hash.expiryOf(field)] as const));
}

function dumpOfFrozen(contents: readonly Content[]): Dump {
  const model = new Model();
  for (const content of contents) model.apply(content);
  return model.dump();
}

function undo(hash: HashValue, inverses: readonly ElementEffect[], to = 0): void {
  for (let i = inverses.length - 1; i >= to; i--) {
    const inverse = inverses[i]!;
    expect(inverse).toMatchObject(on);
    applyHashEffect(hash, inverse as HashEffect, undefined);
  }
}

/** Everything that can be asked, against the model. */
function expectEqual(hash: HashValue, model: Model): void {
  expect(dumpOf(hash)).toEqual(model.dump());
  expect(hash.size).toBe(model.fields.size);
  const scanned: [string, string][] = [];
  let cursor = 0;
  do cursor = hash.scan(cursor, (field, value) => scanned.push([field, value]));
  while (cursor !== 0);
  expect(new Map(scanned)).toEqual(new Map(hash));
  const expiries = [...model.fields.values()].flatMap(({ expireAt }) => (expireAt === undefined ? [] : [expireAt]));
  expect(hash.expiringCount).toBe(expiries.length);
  const next = hash.nextExpiry();
  expect(next?.expireAt).toBe(expiries.length === 0 ? undefined : Math.min(...expiries));
  if (next !== undefined) expect(hash.expiryOf(next.field)).toBe(next.expireAt);
  for (const now of new Set([0, ...expiries])) {
    const due = [...model.fields].flatMap(([name, { expireAt }]) => ((expireAt ?? Infinity) <= now ? [name] : []));
    expect(hash.dueFields(now, Infinity).toSorted()).toEqual(due.toSorted());
    const some = hash.dueFields(now, 3);
    expect(some).toHaveLength(Math.min(3, due.length));
    expect(due).toEqual(expect.arrayContaining([...some]));
  }
  expect(hash.memory).toBe(recount(hash, model));
}

/** By the sizes of V8's objects, from the model alone but for the form, which never goes back. */
function recount(hash: HashValue, model: Model): number {
  let memory = 72 + (hash.largestSize > smallFieldsMax ? 320 + 64 * model.fields.size : 80 + 16 * model.fields.size);
  let expiring = 0;
  for (const [field, { value, expireAt }] of model.fields) {
    memory += stringMemory(field) + stringMemory(value);
    if (expireAt !== undefined) expiring++;
  }
  return memory + (expiring === 0 ? 0 : 416 + 96 * expiring);
}

// Around the largest small hash, as often as not.
const field = fc.nat(2 * smallFieldsMax).map((index) => (index === 7 ? '' : `field:${index}`));
const value = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 20 });
const fields = fc.array(field, { minLength: 1, maxLength: 40 });
const expireAt = fc.option(
  fc.nat(5).map((step) => 1_900_000_000_000 + step),
  { nil: undefined },
);

const effect: fc.Arbitrary<HashEffect> = fc.oneof(
  fc
    .array(fc.tuple(field, value), { minLength: 1, maxLength: 60 })
    .map((pairs) => ({ ...on, kind: 'setFields' as const, fields: pairs.flat() })),
  fc.record({ kind: fc.constant('deleteFields' as const), fields }).map((rest) => ({ ...on, ...rest })),
  fc.record({ kind: fc.constant('setFieldExpiry' as const), fields, expireAt }).map((rest) => ({ ...on, ...rest })),
);

/** Of an effect what can be applied: an expiry needs its field. */
function applicable(effect: HashEffect, hash: HashValue): HashEffect | undefined {
  if (effect.kind !== 'setFieldExpiry') return effect;
  const fields = effect.fields.filter((name) => hash.get(name) !== undefined);
  return fields.length === 0 ? undefined : { ...effect, fields };
}

describe('HashValue', () => {
  it('holds what the model holds, through effects, their inverses, freezes and clones', () => {
    const step = fc.oneof(
      { weight: 10, arbitrary: effect },
      fc.constant({ kind: 'commit' as const }),
      fc.constant({ kind: 'rollback' as const }),
      fc.constant({ kind: 'freeze' as const }),
      {
        weight: 2,
        arbitrary: fc.record({ kind: fc.constant('read' as const), lengthMax: fc.integer({ min: 1, max: 500 }) }),
      },
      fc.constant({ kind: 'release' as const }),
      fc.constant({ kind: 'clone' as const }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60, size: 'max' }), (steps) => {
        let hash = new HashValue();
        let model = new Model();
        let [inverses, committed]: [ElementEffect[], Dump] = [[], []];
        const frozen: { hash: FrozenHash; dump: Dump }[] = [];
        const clones: { hash: HashValue; dump: Dump }[] = [];
        for (const next of steps) {
          if (next.kind === 'commit') [inverses, committed] = [[], dumpOf(hash)];
          else if (next.kind === 'rollback') {
            undo(hash, inverses);
            inverses = [];
            expect(dumpOf(hash)).toEqual(committed);
            model = new Model();
            for (const [name, text, expiry] of committed) model.fields.set(name, { value: text, expireAt: expiry });
          } else if (next.kind === 'freeze') {
            if (frozen.length < 3) frozen.push({ hash: hash.freeze(), dump: dumpOf(hash) });
          } else if (next.kind === 'read') {
            const oldest = frozen.shift();
            if (oldest === undefined) continue;
            expect(oldest.hash.size).toBe(oldest.dump.length);
            expect(dumpOfFrozen(readContents(oldest.hash, next.lengthMax))).toEqual(oldest.dump);
            oldest.hash.release();
          } else if (next.kind === 'release') frozen.shift()?.hash.release();
          else if (next.kind === 'clone') {
            clones.push({ hash, dump: dumpOf(hash) });
            hash = hash.clone();
          } else {
            const effect = applicable(next, hash);
            if (effect === undefined) continue;
            applyHashEffect(hash, effect, inverses);
            model.apply(effect);
          }
          expectEqual(hash, model);
        }
        for (const clone of clones) expect(dumpOf(clone.hash)).toEqual(clone.dump);
      }),
      { numRuns: 300 },
    );
  });

  it('undoes each effect exactly, whatever it names twice or in vain', () => {
    fc.assert(
      fc.property(fc.array(effect, { maxLength: 8 }), effect, (before, tried) => {
        const hash = new HashValue();
        for (const one of before) {
          const possible = applicable(one, hash);
          if (possible !== undefined) applyHashEffect(hash, possible, undefined);
        }
        const last = applicable(tried, hash);
        if (last === undefined) return;
        const dump = dumpOf(hash);
        const inverses: ElementEffect[] = [];
        applyHashEffect(hash, last, inverses);
        undo(hash, inverses);
        expect(dumpOf(hash)).toEqual(dump);
      }),
      { numRuns: 1000 },
    );
  });

  it('puts back what a field that is named twice held first', () => {
    const hash = new HashValue();
    hash.set('old', '1');
    hash.setExpiry('old', 5000);
    const inverses: ElementEffect[] = [];
    applyHashEffect(
      hash,
      { ...on, kind: 'setFields', fields: ['old', '2', 'new', 'a', 'old', '3', 'new', 'b'] },
      inverses,
    );
    expect(dumpOf(hash)).toEqual([['new', 'b', undefined], ['old', '3', undefined]]); // prettier-ignore
    undo(hash, inverses);
    expect(dumpOf(hash)).toEqual([['old', '1', 5000]]);
  });

  it('tells what was there, and deletes what is missing without harm', () => {
    const hash = new HashValue();
    expect(hash.set('f', '')).toBeUndefined();
    expect(hash.set('f', 'v')).toBe('');
    expect(hash.delete('g')).toBeUndefined();
    expect(hash.delete('f')).toBe('v');
    const inverses: ElementEffect[] = [];
    applyHashEffect(hash, { ...on, kind: 'deleteFields', fields: ['f'] }, inverses);
    expect(inverses).toEqual([]);
  });

  it('refuses to let a missing field expire', () => {
    const missing = (): void => {
      applyHashEffect(new HashValue(), { ...on, kind: 'setFieldExpiry', fields: ['x'], expireAt: 1 }, undefined);
    };
    expect(missing).toThrow('expiry of a missing field: field="x"');
  });

  it('keeps the order in which fields came while it is small', () => {
    const hash = new HashValue();
    for (let i = 0; i < smallFieldsMax; i++) hash.set(`${(i * 37) % smallFieldsMax}`, 'v');
    hash.set('5', 'again');
    hash.delete('0');
    hash.set('0', 'last');
    const expected = Array.from({ length: smallFieldsMax }, (_, i) => `${(i * 37) % smallFieldsMax}`).slice(1);
    expect([...hash].map(([name]) => name)).toEqual([...expected, '0']);
  });

  it('remembers what Valkey converts by, in clones too', () => {
    const hash = new HashValue();
    for (const name of ['a', 'b', 'c']) hash.set(name, 'x'.repeat(70));
    hash.setExpiry('a', 1000);
    for (const name of ['a', 'b']) hash.delete(name);
    hash.set('c', '');
    for (const one of [hash, hash.clone()]) {
      const { size, largestSize, longestLength, hasHadExpiry } = one;
      expect({ size, largestSize, longestLength, hasHadExpiry }).toEqual({
        size: 1,
        largestSize: 3,
        longestLength: 70,
        hasHadExpiry: true,
      });
    }
    hash.set('long field', '');
    expect(new HashValue().hasHadExpiry).toBe(false);
  });
});

describe('a frozen hash', () => {
  it('is what it was, whatever changes between two of its contents', () => {
    const changes = fc.array(fc.array(effect, { maxLength: 3 }), { minLength: 1, maxLength: 30, size: 'max' });
    fc.assert(
      fc.property(fc.nat(1000), changes, fc.integer({ min: 1, max: 400 }), (size, changes, lengthMax) => {
        const hash = new HashValue();
        for (let i = 0; i < size; i++) {
          hash.set(`field:${i}`, `${i}`);
          if (i % 3 === 0) hash.setExpiry(`field:${i}`, 1_900_000_000_000 + (i % 2));
        }
        let step = 0;
        const change = (): void => {
          for (const one of changes[step++ % changes.length]!) {
            const possible = applicable(one, hash);
            if (possible !== undefined) applyHashEffect(hash, possible, undefined);
          }
        };
        const [dump, first] = [dumpOf(hash), hash.freeze()];
        change();
        const [laterDump, second] = [dumpOf(hash), hash.freeze()];
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

  it('gives equal expiries together', () => {
    const hash = new HashValue();
    for (const name of ['a', 'b', 'c', 'd']) hash.set(name, 'v');
    for (const [name, at] of [['a', 1], ['b', 2], ['d', 1]] as const) hash.setExpiry(name, at); // prettier-ignore
    expect(readContents(hash.freeze(), 1000)).toEqual([
      { kind: 'setFields', fields: ['a', 'v', 'b', 'v', 'c', 'v', 'd', 'v'] },
      { kind: 'setFieldExpiry', fields: ['a', 'd'], expireAt: 1 },
      { kind: 'setFieldExpiry', fields: ['b'], expireAt: 2 },
    ]);
  });

  it('is not taken for a shorter one when it is released while it is read', () => {
    const hash = new HashValue();
    for (let i = 0; i < 1000; i++) hash.set(`${i}`, 'v');
    const frozen = hash.freeze();
    const contents = frozen.contents(100);
    contents.next();
    frozen.release();
    expect(() => [...contents]).toThrow('a frozen table was read after its release');
    expect(() => [...frozen.contents(100)]).toThrow('a frozen table is read once only');
  });
});

describe('a large hash', () => {
  const filled = (count: number): HashValue => {
    const hash = new HashValue();
    for (let i = 0; i < count; i++) hash.set(`field:${i}`, `${i}`);
    return hash;
  };

  it('is scanned completely, however it grows and shrinks meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 500 }), fc.array(fc.integer({ min: -300, max: 300 })), (count, changes) => {
        const hash = filled(count);
        const seen = new Set<string>();
        let [cursor, step, extra] = [0, 0, 0];
        do {
          cursor = hash.scan(cursor, (name) => seen.add(name));
          const change = changes[step++] ?? 0;
          for (let i = 0; i < change; i++) hash.set(`extra:${extra++}`, '');
          for (let i = 0; i > change && extra > 0; i--) hash.delete(`extra:${--extra}`);
        } while (cursor !== 0);
        for (let i = 0; i < count; i++) expect(seen.has(`field:${i}`)).toBe(true);
      }),
    );
  });

  it('draws every field about equally often, small or large', () => {
    const random = seededRandom(11);
    for (const count of [10, 1000]) {
      const hash = filled(count);
      const drawn = new Map<string, number>();
      for (let i = 0; i < count * 500; i++) {
        const [name, value] = hash.random(random)!;
        if (hash.get(name) !== value) throw new Error(`not of the hash: ${name}=${value}`);
        drawn.set(name, (drawn.get(name) ?? 0) + 1);
      }
      expect(drawn.size).toBe(count);
      for (const times of drawn.values()) expect(Math.abs(times - 500)).toBeLessThan(150);
    }
    expect(new HashValue().random(random)).toBeUndefined();
  });

  it('hands out its fields in the order in which they expire', () => {
    const hash = filled(5000);
    const random = seededRandom(5);
    const expected: number[] = [];
    for (let round = 0; round < 3; round++) {
      for (let i = 0; i < 5000; i++) hash.setExpiry(`field:${i}`, 1_900_000_000_000 + (random.uint32() % 10_000));
    }
    for (let i = 0; i < 5000; i += 3) hash.set(`field:${i}`, 'stays');
    for (const [name] of hash) if (hash.expiryOf(name) !== undefined) expected.push(hash.expiryOf(name)!);
    const order: number[] = [];
    for (let next = hash.nextExpiry(); next !== undefined; next = hash.nextExpiry()) {
      order.push(next.expireAt);
      hash.delete(next.field);
    }
    expect(order).toEqual(expected.toSorted((a, b) => a - b));
    expect(hash.size).toBe(1667);
  });
});

describe('the account of a hash', () => {
  const text = (prefix: string, index: number): string =>
    Buffer.from(`${prefix}${String(index).padStart(7, '0')}`).toString('latin1');

  const expectNear = (hashes: () => HashValue[]): void => {
    const before = heapBytes();
    const made = hashes();
    const used = heapBytes() - before;
    const ratio = made.reduce((sum, { memory }) => sum + memory, 0) / used;
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  };

  it('is near to what V8 takes for many small ones', () => {
    expectNear(() =>
      Array.from({ length: 20_000 }, (_, i) => {
        const hash = new HashValue();
        for (let j = 0; j < 5; j++) hash.set(text('f', j), text('value:', i));
        return hash;
      }),
    );
  });

  it('is near to what V8 takes for many that expire', () => {
    expectNear(() =>
      Array.from({ length: 10_000 }, (_, i) => {
        const hash = new HashValue();
        for (let j = 0; j < 5; j++) hash.set(text('f', j), text('value:', i));
        for (const [name] of hash) hash.setExpiry(name, 1_900_000_000_000 + i);
        return hash;
      }),
    );
  });

  it('is near to what V8 takes for a large one, with and without expiries', () => {
    for (const expiring of [false, true]) {
      expectNear(() => {
        const hash = new HashValue();
        for (let i = 0; i < 100_000; i++) hash.set(text('f', i), text('value:', i));
        if (expiring) for (let i = 0; i < 100_000; i++) hash.setExpiry(text('f', i), 1_900_000_000_000 + i);
        return [hash];
      });
    }
  });
});
