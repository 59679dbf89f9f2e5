import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Sequence } from '../../../src/keyspace/sequence/sequence.ts';

/** Sizes around the width of a node (64), what is left of one at an end (48), and trees of three levels. */
const amount = fc.oneof(fc.nat(3), fc.nat(20), fc.integer({ min: 40, max: 70 }), fc.integer({ min: 100, max: 6000 }));
/** Where, as a fraction of the size; the ends are frequent. */
const place = fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true }));
const operation = fc.record({
  kind: fc.constantFrom('insert', 'insert', 'remove', 'remove', 'set', 'share', 'compare'),
  amount,
  place,
});

function numbers(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, i) => from + i);
}

function expectEqual(sequence: Sequence<number>, model: readonly number[]): void {
  expect(sequence.size).toBe(model.length);
  expect(sequence.last).toBe(model.at(-1));
  expect(sequence.slice()).toEqual(model);
}

describe('Sequence', () => {
  it('does what an array does, and so do those that share its nodes', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 60 }), fc.nat(), (operations, choice) => {
        const all = [{ sequence: new Sequence<number>(), model: [] as number[] }];
        let next = 0;
        for (const { kind, amount, place } of operations) {
          const { sequence, model } = all[(choice + next) % all.length] as (typeof all)[number];
          const index = Math.floor(place * model.length);
          const count = Math.min(amount, model.length - index);
          if (kind === 'insert') {
            const items = numbers(next, amount);
            sequence.insert(index, items);
            model.splice(index, 0, ...items);
          } else if (kind === 'remove') {
            expect(sequence.remove(index, count)).toEqual(model.splice(index, count));
          } else if (kind === 'set' && count > 0) {
            expect(sequence.set(index, next)).toBe(model[index]);
            model[index] = next;
          } else if (kind === 'share' && all.length < 4) {
            all.push({ sequence: sequence.share(), model: [...model] });
          } else {
            expect(sequence.at(index)).toBe(model[index]);
            expect(sequence.slice(index, index + amount)).toEqual(model.slice(index, index + amount));
            expect([...sequence.iterate(index, 1)]).toEqual(model.slice(index));
            expect([...sequence.iterate(Math.min(index, model.length - 1), -1)]).toEqual(
              model.slice(0, index + 1).reverse(),
            );
          }
          next += amount + 1;
        }
        for (const { sequence, model } of all) expectEqual(sequence, model);
      }),
      { numRuns: 200 },
    );
  });

  it('does so one item at a time', () => {
    const single = fc.record({
      kind: fc.constantFrom('insert', 'remove'),
      place,
      times: fc.integer({ min: 1, max: 300 }),
    });
    fc.assert(
      fc.property(fc.array(single, { maxLength: 30 }), (operations) => {
        const sequence = new Sequence<number>();
        const model: number[] = [];
        for (const { kind, place, times } of operations) {
          for (let i = 0; i < times; i++) {
            const index = Math.floor(place * model.length);
            if (kind === 'insert') {
              sequence.insert(index, [i]);
              model.splice(index, 0, i);
            } else if (index < model.length) {
              expect(sequence.remove(index, 1)).toEqual(model.splice(index, 1));
            } else if (model.length > 0) {
              expect(sequence.remove(index - 1, 1)).toEqual([model.pop()]);
            }
          }
          expectEqual(sequence, model);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('finds the first item that fulfils a monotone condition', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(5000), { maxLength: 5000 }), fc.nat(5000), (items, bound) => {
        const sorted = items.sort((a, b) => a - b);
        const sequence = new Sequence<number>((item) => item);
        sequence.insert(0, sorted);
        const first = sorted.findIndex((item) => item >= bound);
        expect(sequence.firstFrom(Number.NaN, (item) => item >= bound)).toBe(first < 0 ? sorted.length : first);
      }),
    );
  });

  it('knows the scores of its items, however it changes, and finds items by them', () => {
    // Several of each score, which a second number orders.
    const scoreOf = (item: number): number => Math.floor(item / 8) - 0.5;
    const change = fc.record({
      kind: fc.constantFrom('insert', 'insert', 'remove', 'replace', 'share'),
      amount,
      place,
      item: fc.nat(4000),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 30 }), fc.nat(), (changes, choice) => {
        const all = [{ sequence: new Sequence(scoreOf), model: [] as number[] }];
        for (const [step, { kind, amount, place, item }] of changes.entries()) {
          const { sequence, model } = all[(choice + step) % all.length] as (typeof all)[number];
          const index = Math.floor(place * model.length);
          const count = Math.min(amount, model.length - index);
          if (kind === 'insert') {
            for (let i = 0; i < Math.min(amount, 400); i++) {
              const added = (item + i * 37) % 4000;
              const at = sequence.firstFrom(scoreOf(added), (other) => other >= added);
              expect(at).toBe(model.filter((other) => other < added).length);
              sequence.insert(at, [added]);
              model.splice(at, 0, added);
            }
          } else if (kind === 'remove') {
            expect(sequence.remove(index, count)).toEqual(model.splice(index, count));
          } else if (kind === 'replace' && count > 0) {
            const next = model[index + 1] ?? 4000;
            sequence.set(index, next);
            model[index] = next;
          } else if (kind === 'share' && all.length < 4) {
            all.push({ sequence: sequence.share(), model: [...model] });
          }
        }
        for (const { sequence, model } of all) {
          const leaves = [...sequence.leaves()];
          expect(leaves.flatMap(({ items }) => items)).toEqual(model);
          expect(leaves.flatMap(({ scores }) => scores)).toEqual(model.map(scoreOf));
          let scored = 0;
          for (let bound = -1; bound <= 501; bound += 0.5) {
            while (scored < model.length && scoreOf(model[scored] as number) < bound) scored++;
            expect(sequence.firstFrom(bound, () => true)).toBe(scored);
          }
          for (let i = 0; i < model.length; i += 17) {
            const item = model[i] as number;
            expect(sequence.indexOf(item, scoreOf(item), (other) => other >= item)).toBe(model.indexOf(item));
          }
        }
      }),
      { numRuns: 100 },
    );
  });

  it('answers nothing outside of itself, and refuses to change there', () => {
    const sequence = new Sequence<number>();
    sequence.insert(0, numbers(0, 1000));
    for (const index of [-1, 1000, Number.NaN]) expect(sequence.at(index)).toBeUndefined();
    expect(sequence.slice(-5, 2)).toEqual([0, 1]);
    expect(sequence.slice(998, 5000)).toEqual([998, 999]);
    expect(sequence.slice(5, 5)).toEqual([]);
    expect([...sequence.iterate(1000, -1)]).toEqual([]);
    expect([...sequence.iterate(-1)]).toEqual([]);
    expect(() => sequence.set(1000, 1)).toThrow('no such elements: index=1000 count=1 size=1000');
    expect(() => sequence.remove(990, 11)).toThrow('no such elements: index=990 count=11 size=1000');
    expect(() => sequence.remove(-1, 1)).toThrow('no such elements');
    expect(() => sequence.remove(0, 0.5)).toThrow('no such elements');
    expect(() => {
      sequence.insert(1001, [1]);
    }).toThrow('no such elements');
    expect(sequence.slice()).toEqual(numbers(0, 1000));
  });

  it('holds a million items, removed from the middle in one go', () => {
    const sequence = new Sequence<number>();
    for (let i = 0; i < 1_000_000; i += 1000) sequence.insert(i, numbers(i, 1000));
    expect(sequence.remove(5, 999_990)).toHaveLength(999_990);
    expect(sequence.slice()).toEqual([0, 1, 2, 3, 4, 999_995, 999_996, 999_997, 999_998, 999_999]);
  });
});
