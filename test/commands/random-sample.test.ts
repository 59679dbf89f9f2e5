import { describe, expect, it } from 'vitest';
import { sample } from '../../src/commands/random-sample.ts';
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { hashOf } from '../../src/keyspace/dictionary.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { collidingWords } from '../support/colliding-words.ts';

describe('a sample', () => {
  it('ends though the collection hardly ever draws but one element', () => {
    const elements = Array.from({ length: 100 }, (_, i) => `${i}`);
    const drawn = sample(
      { size: elements.length, random: () => '0' },
      { count: 10, random: seededRandom(1), all: () => elements, nameOf: (element) => element },
    );
    expect(new Set(drawn).size).toBe(10);
  });

  it('is drawn of elements whose hashes are the same', () => {
    const runner = new CommandRunner();
    const words = collidingWords(128);
    expect(new Set(words.map((word) => hashOf(word))).size).toBe(1);
    runner.run('SADD', 's', ...words);
    runner.run('HSET', 'h', ...words.flatMap((word) => [word, '']));
    const listOf = (reply: Reply): readonly string[] => reply as string[];
    expect(new Set(listOf(runner.run('SRANDMEMBER', 's', '30'))).size).toBe(30);
    expect(new Set(listOf(runner.run('HRANDFIELD', 'h', '30'))).size).toBe(30);
    const { items } = runner.run('SPOP', 's', '30') as unknown as { items: readonly string[] };
    expect(new Set(items).size).toBe(30);
    expect(runner.run('SCARD', 's')).toBe(98);
  });
});
