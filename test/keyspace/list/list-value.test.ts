import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content, FrozenCollection } from '../../../src/keyspace/collection.ts';
import { emptyListMemory, listElementMemory, ListValue } from '../../../src/keyspace/list/list-value.ts';
import { stringMemory } from '../../../src/keyspace/memory.ts';

const element = fc.string({
  unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)),
  maxLength: 20,
});
const elements = fc.oneof(
  fc.array(element, { minLength: 1, maxLength: 5 }),
  fc.array(element, { minLength: 40, maxLength: 200, size: 'max' }),
);
const operation = fc.record({
  kind: fc.constantFrom('pushLeft', 'pushRight', 'popLeft', 'popRight', 'set', 'insert', 'remove', 'freeze', 'clone'),
  elements,
  place: fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
});
type Operation = typeof operation extends fc.Arbitrary<infer O> ? O : never;

function change(list: ListValue, model: string[], { kind, elements, place }: Operation): void {
  const index = Math.floor(place * model.length);
  const count = Math.min(elements.length, model.length);
  if (kind === 'pushLeft') {
    list.pushLeft(elements);
    for (const element of elements) model.unshift(element);
  } else if (kind === 'pushRight') {
    list.pushRight(elements);
    model.push(...elements);
  } else if (kind === 'popLeft') {
    expect(list.popLeft(count)).toEqual(model.splice(0, count));
  } else if (kind === 'popRight') {
    expect(list.popRight(count)).toEqual(model.splice(model.length - count, count).reverse());
  } else if (kind === 'set' && index < model.length) {
    expect(list.set(index, elements[0] as string)).toBe(model[index]);
    model[index] = elements[0] as string;
  } else if (kind === 'insert') {
    list.insert(index, elements);
    model.splice(index, 0, ...elements);
  } else if (kind === 'remove') {
    const removable = Math.min(count, model.length - index);
    expect(list.remove(index, removable)).toEqual(model.splice(index, removable));
  }
}

function expectEqual(list: ListValue, model: readonly string[]): void {
  expect(list.size).toBe(model.length);
  expect(list.slice()).toEqual(model);
  const memory = model.reduce((sum, element) => sum + listElementMemory + stringMemory(element), emptyListMemory);
  expect(list.memory).toBe(memory);
}

function contentOf(frozen: FrozenCollection, lengthMax: number, between: () => void = () => undefined): ListValue {
  const list = new ListValue();
  for (const content of frozen.contents(lengthMax)) {
    list.pushRight((content as Content & { kind: 'pushElements' }).elements);
    between();
  }
  return list;
}

describe('ListValue', () => {
  it('does what an array does; what was frozen or cloned stays as it was', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const list = new ListValue();
        const model: string[] = [];
        const frozen: { readonly frozen: FrozenCollection; readonly model: readonly string[] }[] = [];
        const clones: { readonly list: ListValue; readonly model: string[] }[] = [];
        for (const operation of operations) {
          change(list, model, operation);
          if (operation.kind === 'freeze') frozen.push({ frozen: list.freeze(), model: [...model] });
          if (operation.kind === 'clone') clones.push({ list: list.clone(), model: [...model] });
          for (const clone of clones) change(clone.list, clone.model, { ...operation, place: 1 - operation.place });
        }
        expectEqual(list, model);
        for (const clone of clones) expectEqual(clone.list, clone.model);
        for (const { frozen: one, model } of frozen) {
          expect(one.size).toBe(model.length);
          expectEqual(contentOf(one, 100), model);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('is iterated from any element in both directions', () => {
    const list = new ListValue();
    list.pushRight(Array.from({ length: 500 }, (_, i) => `${i}`));
    expect([...list.elements()]).toEqual(list.slice());
    expect([...list.elements(490)]).toEqual(list.slice(490));
    expect([...list.elements(499, -1)]).toEqual(list.slice().reverse());
    expect(list.at(77)).toBe('77');
    expect(list.at(500)).toBeUndefined();
  });

  it('changes while it is read frozen, by two readers at once', () => {
    const list = new ListValue();
    for (let i = 0; i < 600; i++) list.pushRight([`${i}`]);
    const before = list.slice();
    const first = list.freeze();
    const read = contentOf(first, 50, () => {
      list.popLeft(1);
      list.set(list.size >> 1, 'x');
      list.insert(list.size >> 2, ['y', 'z']);
      const second = list.freeze();
      const now = list.slice();
      list.pushLeft(['a']);
      expect(contentOf(second, 1_000_000).slice()).toEqual(now);
      second.release();
    });
    expect(read.slice()).toEqual(before);
    first.release();
    expect([...first.contents(10)]).toEqual([]);
  });

  it('gives frozen contents of bounded length', () => {
    const list = new ListValue();
    list.pushRight(['a'.repeat(10), 'b'.repeat(10), 'c'.repeat(100), 'd', 'e']);
    const contents = [...list.freeze().contents(30)] as (Content & { kind: 'pushElements' })[];
    expect(contents.map(({ elements }) => elements.map(({ length }) => length))).toEqual([[10, 10], [100], [1, 1]]);
    expect([...new ListValue().freeze().contents(30)]).toEqual([]);
  });
});
