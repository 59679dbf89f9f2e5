import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ElementEffect, ListEffect } from '../../../src/keyspace/effect.ts';
import { applyListEffect } from '../../../src/keyspace/list/apply-list-effect.ts';
import { ListValue } from '../../../src/keyspace/list/list-value.ts';

const on = { db: 3, key: 'k' };
const kinds = ['pushElements', 'popElements', 'setElement', 'insertElements', 'removeElements'] as const;
const change = fc.record({
  kind: fc.constantFrom(...kinds),
  side: fc.constantFrom('left' as const, 'right' as const),
  elements: fc.array(fc.string({ maxLength: 3 }), { minLength: 1, maxLength: 100 }),
  place: fc.double({ min: 0, max: 1, noNaN: true }),
});

function listOf(...elements: string[]): ListValue {
  const list = new ListValue();
  list.pushRight(elements);
  return list;
}

/** An effect that is possible on a list of this size. */
function effectOf(
  size: number,
  { kind, side, elements, place }: typeof change extends fc.Arbitrary<infer C> ? C : never,
): ListEffect {
  const index = Math.min(Math.floor(place * size), size - 1);
  const count = Math.min(elements.length, size - index);
  if (kind === 'pushElements' || size === 0) return { kind: 'pushElements', ...on, side, elements };
  if (kind === 'popElements') return { kind, ...on, side, count };
  if (kind === 'setElement') return { kind, ...on, index, element: elements[0] as string };
  if (kind === 'insertElements') return { kind, ...on, index, elements };
  return { kind: 'removeElements', ...on, index, count };
}

describe('applyListEffect', () => {
  it('applies each kind', () => {
    const list = listOf('c');
    applyListEffect(list, { kind: 'pushElements', ...on, side: 'left', elements: ['b', 'a'] }, undefined);
    applyListEffect(list, { kind: 'pushElements', ...on, side: 'right', elements: ['d', 'e'] }, undefined);
    expect(list.slice()).toEqual(['a', 'b', 'c', 'd', 'e']);
    applyListEffect(list, { kind: 'popElements', ...on, side: 'left', count: 1 }, undefined);
    applyListEffect(list, { kind: 'popElements', ...on, side: 'right', count: 2 }, undefined);
    expect(list.slice()).toEqual(['b', 'c']);
    applyListEffect(list, { kind: 'setElement', ...on, index: 1, element: 'x' }, undefined);
    applyListEffect(list, { kind: 'insertElements', ...on, index: 1, elements: ['y', 'z'] }, undefined);
    applyListEffect(list, { kind: 'insertElements', ...on, index: 4, elements: ['end'] }, undefined);
    expect(list.slice()).toEqual(['b', 'y', 'z', 'x', 'end']);
    applyListEffect(list, { kind: 'removeElements', ...on, index: 0, count: 3 }, undefined);
    expect(list.slice()).toEqual(['x', 'end']);
  });

  it('is undone by what it notes, last first', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string(), { maxLength: 300 }),
        fc.array(change, { maxLength: 50 }),
        (initial, changes) => {
          const list = listOf(...initial);
          const { memory } = list;
          const inverses: ElementEffect[] = [];
          for (const change of changes) applyListEffect(list, effectOf(list.size, change), inverses);
          expect(inverses).toHaveLength(changes.length);
          for (const inverse of inverses.reverse()) {
            expect(inverse).toMatchObject(on);
            applyListEffect(list, inverse as ListEffect, undefined);
          }
          expect(list.slice()).toEqual(initial);
          expect(list.memory).toBe(memory);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each<[ListEffect, string]>([
    [{ kind: 'popElements', ...on, side: 'left', count: 3 }, 'no such elements: index=0 count=3 size=2'],
    [{ kind: 'popElements', ...on, side: 'right', count: 3 }, 'no such elements: index=-1 count=3 size=2'],
    [{ kind: 'popElements', ...on, side: 'right', count: 0 }, 'effect on no elements: kind=popElements count=0'],
    [
      { kind: 'popElements', ...on, side: 'left', count: Number.NaN },
      'effect on no elements: kind=popElements count=NaN',
    ],
    [{ kind: 'pushElements', ...on, side: 'left', elements: [] }, 'effect on no elements: kind=pushElements count=0'],
    [{ kind: 'setElement', ...on, index: 2, element: 'x' }, 'no such elements: index=2 count=1 size=2'],
    [{ kind: 'setElement', ...on, index: Number.NaN, element: 'x' }, 'no such elements: index=NaN count=1 size=2'],
    [{ kind: 'insertElements', ...on, index: 3, elements: ['x'] }, 'no such elements: index=3 count=0 size=2'],
    [{ kind: 'insertElements', ...on, index: 0, elements: [] }, 'effect on no elements: kind=insertElements count=0'],
    [{ kind: 'removeElements', ...on, index: 1, count: 2 }, 'no such elements: index=1 count=2 size=2'],
  ])('refuses what is impossible and changes nothing: %j', (effect, message) => {
    const list = listOf('a', 'b');
    const inverses: ElementEffect[] = [];
    expect(() => {
      applyListEffect(list, effect, inverses);
    }).toThrow(message);
    expect(list.slice()).toEqual(['a', 'b']);
    expect(inverses).toEqual([]);
  });
});
