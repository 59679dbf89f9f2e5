/** Effects in pieces do what the whole does. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/keyspace/effect.ts';
import { Keyspace } from '../../src/keyspace/keyspace.ts';
import { encodeEffects } from '../../src/log/journal/effect-format.ts';
import { groupsOfEffect, groupsOfEntry, joined, lengthOfEffects, type Group } from '../../src/log/journal/pieces.ts';
import { fromText, toText } from '../../src/resp/bytes.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

const bytes = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }).map(fromText),
  fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1')),
);
const pieceLength = fc.integer({ min: 4, max: 20 });

/** All groups, those of each queue in their order. */
function* merged(queues: readonly Group[][], order: Iterator<number>): Generator<Group, void, undefined> {
  let left = queues.filter((queue) => queue.length > 0);
  while (left.length > 0) {
    const queue = left[(order.next().value as number) % left.length] as Group[];
    yield queue.shift() as Group;
    left = left.filter((one) => one.length > 0);
  }
}

describe('pieces', () => {
  it('of entries make them out of nothing, among those of others', () => {
    const effects = fc.array(arbitraryEffect, { maxLength: 60 });
    const longValue = bytes.map((value): Effect => ({ kind: 'setString', db: 0, key: 'long', value }));
    const expiry: Effect = { kind: 'setExpiry', db: 0, key: 'long', expireAt: 2_000_000_000_000 };
    fc.assert(
      fc.property(effects, longValue, pieceLength, fc.infiniteStream(fc.nat()), (made, long, length, order) => {
        const wanted = new Keyspace(3);
        for (const effect of [...made, long, expiry]) if (isApplicable(effect, wanted)) wanted.apply(effect);
        const queues = [0, 1, 2].flatMap((db) =>
          [...wanted.database(db).entries()].map(({ key, value, expireAt }) => {
            const image = { key, value: typeof value === 'string' ? value : value.freeze(), expireAt };
            return [...groupsOfEntry(db, image, length)];
          }),
        );
        const keyspace = new Keyspace(3);
        for (const list of joined(merged(queues, order), 50)) for (const effect of list) keyspace.apply(effect);
        expect(keyspace.dump()).toEqual(wanted.dump());
      }),
      { numRuns: 500 },
    );
  });

  it('of effects do the same as these', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEffect, { maxLength: 40 }), pieceLength, (effects, length) => {
        const [whole, inPieces] = [new Keyspace(3), new Keyspace(3)];
        const applied: Effect[] = [];
        for (const effect of effects) {
          if (!isApplicable(effect, whole)) continue;
          whole.apply(effect);
          applied.push(effect);
        }
        const groups = applied.flatMap((effect) => [...groupsOfEffect(effect, length)]);
        for (const list of joined(groups, 30)) for (const effect of list) inPieces.apply(effect);
        expect(inPieces.dump()).toEqual(whole.dump());
      }),
      { numRuns: 500 },
    );
  });

  it('of collections are short, but not so short that keys are most of them', () => {
    const keyspace = new Keyspace(1);
    const members = Array.from({ length: 20_000 }, (_, i) => `member:${i}`);
    for (const key of ['short', 'x'.repeat(50_000)]) {
      keyspace.apply({ kind: 'setScores', db: 0, key, members, scores: members.map((_, i) => i) });
      const { value } = keyspace.database(0).find(key)!;
      const image = { key, value: typeof value === 'string' ? value : value.freeze(), expireAt: undefined };
      const lengths = [...groupsOfEntry(0, image, 1 << 20)].flat().map((effect) => encodeEffects([effect]).length);
      const ofMembers = lengths.reduce((sum, length) => sum + length, 0) - lengths.length * key.length;
      expect(Math.max(...lengths)).toBeLessThan(Math.max(1 << 15, 10 * key.length));
      expect(lengths.length * key.length).toBeLessThan(ofMembers / 2);
    }
  });

  it('of a text are texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }).map(fromText), pieceLength, (value, length) => {
        for (const group of groupsOfEntry(0, { key: 'k', value, expireAt: undefined }, length)) {
          for (const effect of group) {
            const piece = effect.kind === 'writeString' ? effect.bytes : value;
            expect(toText(piece)).toBeDefined();
            expect(piece.length).toBeLessThanOrEqual(length);
          }
        }
      }),
    );
  });

  it('are joined in order, to lists of about the length that they may have', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEffect), fc.integer({ min: 30, max: 200 }), (effects, lengthMax) => {
        const lists = [
          ...joined(
            effects.map((effect) => [effect]),
            lengthMax,
          ),
        ];
        expect(lists.flat()).toEqual(effects);
        for (const list of lists) {
          expect(list.length).toBeGreaterThan(0);
          if (list.length > 1) expect(lengthOfEffects(list)).toBeLessThanOrEqual(lengthMax);
        }
      }),
    );
  });

  it('have about the length that was foretold', () => {
    const effects: Effect[] = [
      { kind: 'setString', db: 0, key: 'k'.repeat(50), value: 'v'.repeat(500) },
      { kind: 'writeString', db: 0, key: 'k', offset: 7, bytes: 'v'.repeat(500) },
      { kind: 'rename', db: 0, key: 'k'.repeat(100), toDb: 1, toKey: 'l'.repeat(100) },
      { kind: 'flush', db: 0 },
    ];
    const ratio = lengthOfEffects(effects) / encodeEffects(effects).length;
    expect(ratio).toBeGreaterThan(0.9);
    expect(ratio).toBeLessThan(1.1);
  });
});
