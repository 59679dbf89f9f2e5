/** The account of memory against a recount, and against what V8 really takes. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import { emptyDatabaseMemory, entryMemory, expiryMemory, memoryOf, stringMemory } from '../../src/keyspace/memory.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

function recount(keyspace: Keyspace): { memory: number; overhead: number } {
  let [memory, overhead] = [0, 0];
  for (let db = 0; db < keyspace.databaseCount; db++) {
    memory += emptyDatabaseMemory;
    overhead += emptyDatabaseMemory;
    for (const entry of keyspace.database(db).entries()) {
      memory += memoryOf(entry);
      overhead += entryMemory + (entry.expireAt === undefined ? 0 : expiryMemory);
    }
  }
  return { memory, overhead };
}

const step = fc.oneof(
  { weight: 8, arbitrary: arbitraryEffect.map((effect) => ({ kind: 'effect' as const, effect })) },
  fc.constant({ kind: 'rollback' as const }),
  fc.constant({ kind: 'commit' as const }),
);

describe('the account of memory', () => {
  it('is what a recount finds, whatever is done and undone', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const keyspace = new Keyspace(3);
        let recording = newRecording();
        keyspace.record(recording);
        for (const next of steps) {
          if (next.kind === 'effect') {
            if (isApplicable(next.effect, keyspace)) keyspace.apply(next.effect);
          } else {
            if (next.kind === 'rollback') keyspace.rollback(recording);
            keyspace.record((recording = newRecording()));
          }
          const { memory, memoryOverhead: overhead } = keyspace;
          expect({ memory, overhead }).toEqual(recount(keyspace));
        }
      }),
      { numRuns: 1000 },
    );
  });

  it('is near to what V8 takes', () => {
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const heapBytes = (): number => {
      collect();
      return process.memoryUsage().heapUsed;
    };
    const keyspace = new Keyspace(1);
    const before = heapBytes();
    for (let i = 0; i < 100_000; i++) {
      const key = Buffer.from(`key:${String(i).padStart(8, '0')}`).toString('latin1');
      keyspace.apply({ kind: 'setString', db: 0, key, value: Buffer.alloc(i % 200, 97).toString('latin1') });
      if (i % 3 === 0) keyspace.apply({ kind: 'setExpiry', db: 0, key, expireAt: 1_800_000_000_000 + i });
    }
    const ratio = keyspace.memory / (heapBytes() - before);
    expect(ratio).toBeGreaterThan(0.85);
    expect(ratio).toBeLessThan(1.15);
  });

  it('grows with every byte, by words', () => {
    expect([0, 1, 8, 9].map((length) => stringMemory('x'.repeat(length)))).toEqual([16, 24, 24, 32]);
  });
});
