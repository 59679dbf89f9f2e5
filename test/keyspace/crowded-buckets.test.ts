/** Dictionaries whose keys have been chosen so that they meet in few buckets. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Dictionary, hashOf, type DictionaryNode } from '../../src/keyspace/dictionary.ts';
import { seededRandom } from '../../src/environment/seeded-random.ts';

/** Its fields are all that the dictionary looks at: `looks` counts how often it does. */
class Node implements DictionaryNode<Node> {
  static looks = 0;
  readonly #key: string;
  readonly #hash: number;
  #next: Node | undefined;

  constructor(key: string, hash: number) {
    this.#key = key;
    this.#hash = hash;
  }

  get key(): string {
    Node.looks++;
    return this.#key;
  }

  get hash(): number {
    Node.looks++;
    return this.#hash;
  }

  get next(): Node | undefined {
    Node.looks++;
    return this.#next;
  }

  set next(next: Node | undefined) {
    this.#next = next;
  }
}

/** Some are the same up to the bit 10, 20 or 31: they part when the table has grown to that, or never. */
const hashes = [0, 0, 0, 0, 0x400, 0x100000, -0x80000000, 1, 2, -1, 5, 0x12345678];

function hashFor(i: number): number {
  return hashes[i % hashes.length] as number;
}

function nodeOf(i: number): Node {
  return new Node(`${i}`, hashFor(i));
}

function filled(count: number, hash: (i: number) => number): Dictionary<Node> {
  const dictionary = new Dictionary<Node>();
  for (let i = 0; i < count; i++) dictionary.insert(new Node(`${i}`, hash(i)));
  return dictionary;
}

function scanAll(dictionary: Dictionary<Node>, between: (step: number) => void = () => undefined): string[] {
  const seen: string[] = [];
  let cursor = 0;
  let step = 0;
  do {
    cursor = dictionary.scan(cursor, ({ key }) => seen.push(key));
    between(step++);
  } while (cursor !== 0);
  return seen;
}

function partsOf(dictionary: Dictionary<Node>, partCount: number): string[] {
  const seen: string[] = [];
  for (let part = 0; part < partCount; part++) {
    dictionary.visitPart(part, partCount, ({ key, hash }) => {
      expect(hash & (partCount - 1)).toBe(part);
      seen.push(key);
    });
  }
  return seen;
}

/** Inserts, where the number is positive, or removes a run of keys. */
const run = fc.tuple(fc.nat(599), fc.integer({ min: -200, max: 200 }));

describe('a dictionary of few hashes', () => {
  it('holds what a Map holds, after any insertions and removals', () => {
    fc.assert(
      fc.property(fc.array(run, { maxLength: 30 }), (runs) => {
        const dictionary = new Dictionary<Node>();
        const model = new Map<string, Node>();
        for (const [start, count] of runs) {
          for (let i = start; i < start + Math.abs(count); i++) {
            const held = model.get(`${i}`);
            if (count < 0) {
              expect(dictionary.remove(`${i}`, hashFor(i))).toBe(held);
              model.delete(`${i}`);
            } else if (held === undefined) {
              const node = nodeOf(i);
              dictionary.insert(node);
              model.set(`${i}`, node);
            }
          }
          expect(dictionary.size).toBe(model.size);
          for (let i = 0; i < 800; i += 7) expect(dictionary.find(`${i}`, hashFor(i))).toBe(model.get(`${i}`));
          const keys = [...model.keys()].sort();
          expect(Array.from(dictionary, ({ key }) => key).sort()).toEqual(keys);
          expect(scanAll(dictionary).sort()).toEqual(keys);
          for (const partCount of [1, 8, 2048]) expect(partsOf(dictionary, partCount).sort()).toEqual(keys);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('scans what is there from beginning to end, however it grows and shrinks meanwhile', () => {
    const changes = fc.array(fc.integer({ min: -300, max: 300 }));
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), changes, (count, sizes) => {
        const dictionary = filled(count, hashFor);
        let end = count;
        const seen = new Set(
          scanAll(dictionary, (step) => {
            const change = sizes[step] ?? 0;
            for (let i = 0; i < change; i++) dictionary.insert(nodeOf(end++));
            for (let i = 0; i > change && end > count; i--) dictionary.remove(`${--end}`, hashFor(end));
          }),
        );
        for (let i = 0; i < count; i++) expect(seen.has(`${i}`)).toBe(true);
      }),
    );
  });

  it.each([8, 9, 16, 17, 20, 128])('draws each of %i nodes of one hash', (count) => {
    const dictionary = filled(count, () => 7);
    const random = seededRandom(11);
    const drawn = new Set<string>();
    for (let i = 0; i < count * 20; i++) drawn.add(dictionary.random(random)?.key ?? 'none');
    expect(drawn.size).toBe(count);
  });

  it('draws every node about equally often, wherever it is', () => {
    // A crowd of 60, a chain of 14, and 100 that are spread.
    const dictionary = filled(174, (i) => (i < 60 ? 0x70000000 : i < 74 ? 0x70000001 : hashOf(`${i}`)));
    const random = seededRandom(12);
    const drawn = new Map<string, number>();
    for (let i = 0; i < 174_000; i++) {
      const key = dictionary.random(random)?.key ?? 'none';
      drawn.set(key, (drawn.get(key) ?? 0) + 1);
    }
    expect(drawn.size).toBe(174);
    for (const times of drawn.values()) expect(Math.abs(times - 1000)).toBeLessThan(200);
  });

  it.each<[string, (i: number) => number]>([
    ['one hash', () => 7],
    ['one hash, of the half that is split off', () => -1],
    ['one bucket, from different hashes', (i) => i << 17],
    ['two hashes', (i) => i & 1],
  ])('does work in proportion to its keys: %s', (_, hash) => {
    const count = 30_000;
    Node.looks = 0;
    const dictionary = new Dictionary<Node>();
    for (let i = 0; i < count; i++) {
      expect(dictionary.find(`${i}`, hash(i))).toBeUndefined();
      dictionary.insert(new Node(`${i}`, hash(i)));
    }
    for (let i = 0; i < count; i++) expect(dictionary.find(`${i}`, hash(i))).toBeDefined();
    for (let i = 0; i < count; i++) expect(dictionary.remove(`${i}`, hash(i))).toBeDefined();
    expect(dictionary.size).toBe(0);
    expect(Node.looks).toBeLessThan(count * 40);
  });
});
