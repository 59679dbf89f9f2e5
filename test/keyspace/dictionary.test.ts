import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary, hashOf, type DictionaryNode } from '../../src/keyspace/dictionary.ts';
import { seededRandom } from '../../src/environment/seeded-random.ts';

class Node implements DictionaryNode<Node> {
  readonly key: string;
  readonly hash: number;
  next: Node | undefined = undefined;
  constructor(key: string) {
    this.key = key;
    this.hash = hashOf(key);
  }
}

function filled(count: number): Dictionary<Node> {
  const dictionary = new Dictionary<Node>();
  for (let i = 0; i < count; i++) dictionary.insert(new Node(`key:${i}`));
  return dictionary;
}

function scanAll(dictionary: Dictionary<Node>, between: (step: number) => void = () => undefined): Map<string, number> {
  const seen = new Map<string, number>();
  let cursor = 0;
  let step = 0;
  do {
    cursor = dictionary.scan(cursor, ({ key }) => seen.set(key, (seen.get(key) ?? 0) + 1));
    between(step++);
  } while (cursor !== 0);
  return seen;
}

describe('Dictionary', () => {
  it('holds what a Map holds, after any insertions and removals', () => {
    const operation = fc.tuple(fc.constantFrom('insert', 'remove'), fc.nat(200).map(String));
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 2000 }), (operations) => {
        const dictionary = new Dictionary<Node>();
        const model = new Set<string>();
        for (const [kind, key] of operations) {
          if (kind === 'insert' && !model.has(key)) dictionary.insert(new Node(key));
          if (kind === 'insert') model.add(key);
          else expect(dictionary.remove(key)?.key).toBe(model.delete(key) ? key : undefined);
          expect(dictionary.size).toBe(model.size);
        }
        expect([...dictionary].map(({ key }) => key).sort()).toEqual([...model].sort());
        for (let i = 0; i <= 200; i++) expect(dictionary.find(`${i}`) !== undefined).toBe(model.has(`${i}`));
        expect([...scanAll(dictionary).keys()].sort()).toEqual([...model].sort());
      }),
    );
  });

  it('grows to many segments and shrinks back without losing anything', () => {
    const dictionary = filled(50_000);
    for (let i = 0; i < 50_000; i++) if (i % 100 !== 0) dictionary.remove(`key:${i}`);
    expect(dictionary.size).toBe(500);
    for (let i = 0; i < 50_000; i++) expect(dictionary.find(`key:${i}`) !== undefined).toBe(i % 100 === 0);
  });

  it('scans each element exactly once while nothing changes', () => {
    for (const count of [0, 1, 3, 4, 5, 1000, 1500, 4097]) {
      const seen = scanAll(filled(count));
      expect(seen.size).toBe(count);
      expect([...seen.values()].every((times) => times === 1)).toBe(true);
    }
  });

  it('scans what is there from beginning to end, however it grows and shrinks meanwhile', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.array(fc.integer({ min: -300, max: 300 })), (count, changes) => {
        const dictionary = filled(count);
        let extra = 0;
        const seen = scanAll(dictionary, (step) => {
          const change = changes[step] ?? 0;
          for (let i = 0; i < change; i++) dictionary.insert(new Node(`extra:${extra++}`));
          for (let i = 0; i > change && extra > 0; i--) dictionary.remove(`extra:${--extra}`);
        });
        for (let i = 0; i < count; i++) expect(seen.has(`key:${i}`)).toBe(true);
      }),
    );
  });

  it('draws every element about equally often', () => {
    const dictionary = filled(100);
    const random = seededRandom(7);
    const drawn = new Map<string, number>();
    for (let i = 0; i < 100_000; i++) {
      const key = dictionary.random(random)?.key ?? 'none';
      drawn.set(key, (drawn.get(key) ?? 0) + 1);
    }
    expect(drawn.size).toBe(100);
    for (const times of drawn.values()) expect(Math.abs(times - 1000)).toBeLessThan(200);
    expect(new Dictionary<Node>().random(random)).toBeUndefined();
  });
});
