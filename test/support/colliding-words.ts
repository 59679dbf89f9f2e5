import { seededRandom } from '../../src/environment/seeded-random.ts';

/**
 * Words whose hashes are all the same: a block follows from the state of FNV-1a before it, so two blocks that lead to
 * the same state can be exchanged, at each of so many places (Joux, 2004).
 */
export function collidingWords(count: number): readonly string[] {
  let words = [''];
  let state = 0x811c9dc5;
  while (words.length < count) {
    const [one, other] = collidingBlocks(state);
    words = words.flatMap((word) => [word + one, word + other]);
    state = stateAfter(state, one);
  }
  return words.slice(0, count);
}

function collidingBlocks(state: number): readonly [string, string] {
  const random = seededRandom(state);
  const seen = new Map<number, string>();
  // By chance of birthdays after some 80,000.
  for (;;) {
    const block = random.uint32().toString(36);
    const after = stateAfter(state, block);
    const other = seen.get(after);
    if (other !== undefined && other !== block) return [other, block];
    seen.set(after, block);
  }
}

function stateAfter(state: number, block: string): number {
  let after = state;
  for (let i = 0; i < block.length; i++) after = Math.imul(after ^ block.charCodeAt(i), 0x01000193);
  return after;
}
