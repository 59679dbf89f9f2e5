import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Effect } from '../../src/keyspace/effect.ts';
import { Keyspace, markOf, newRecording } from '../../src/keyspace/keyspace.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

function apply(keyspace: Keyspace, effects: readonly Effect[]): void {
  for (const effect of effects) if (isApplicable(effect, keyspace)) keyspace.apply(effect);
}

const effectLists = fc.array(arbitraryEffect, { maxLength: 60 });

describe('Keyspace', () => {
  it('is as before after any effects have been rolled back, expiries and all', () => {
    fc.assert(
      fc.property(effectLists, effectLists, (before, speculative) => {
        const keyspace = new Keyspace(3);
        apply(keyspace, before);
        const dump = keyspace.dump();
        const expiring = [0, 1, 2].map((db) => keyspace.database(db).nextExpiry()?.expireAt);
        const recording = newRecording();
        keyspace.record(recording);
        apply(keyspace, speculative);
        keyspace.record(undefined);
        keyspace.rollback(recording);
        expect(keyspace.dump()).toEqual(dump);
        expect([0, 1, 2].map((db) => keyspace.database(db).nextExpiry()?.expireAt)).toEqual(expiring);
        expect(recording).toEqual(newRecording());
      }),
    );
  });

  it('rolls back to any point in between', () => {
    fc.assert(
      fc.property(effectLists, effectLists, (kept, undone) => {
        const keyspace = new Keyspace(3);
        const recording = newRecording();
        keyspace.record(recording);
        apply(keyspace, kept);
        const dump = keyspace.dump();
        const point = markOf(recording);
        apply(keyspace, undone);
        keyspace.rollback(recording, point);
        expect(keyspace.dump()).toEqual(dump);
        keyspace.rollback(recording);
        expect(keyspace.dump()).toEqual([]);
      }),
    );
  });

  it('comes out the same where the recorded effects are replayed on another copy', () => {
    fc.assert(
      fc.property(effectLists, (effects) => {
        const original = new Keyspace(3);
        const recording = newRecording();
        original.record(recording);
        apply(original, effects);
        const copy = new Keyspace(3);
        for (const effect of recording.effects) copy.apply(effect);
        expect(copy.dump()).toEqual(original.dump());
      }),
    );
  });

  it('knows the next expiry of a database as a search through all keys finds it', () => {
    fc.assert(
      fc.property(fc.array(arbitraryEffect, { maxLength: 300 }), (effects) => {
        const keyspace = new Keyspace(3);
        for (const effect of effects) {
          apply(keyspace, [effect]);
          const expiries = keyspace.dump().flatMap(([db, , , expireAt]) => (db === 0 && expireAt ? [expireAt] : []));
          expect(keyspace.database(0).nextExpiry()?.expireAt).toBe(expiries.length ? Math.min(...expiries) : undefined);
          expect(keyspace.database(0).expiringCount).toBe(expiries.length);
        }
      }),
    );
  });

  it('lets a watch again that only what was rolled back had tripped', () => {
    const keyspace = new Keyspace(2);
    const recordings = [newRecording(), newRecording()] as const;
    const [onA, onB] = [keyspace.watches.place(0, 'a'), keyspace.watches.place(0, 'b')];
    keyspace.record(recordings[0]);
    keyspace.apply({ kind: 'setString', db: 0, key: 'a', value: '1' });
    const mark = markOf(recordings[0]);
    keyspace.apply({ kind: 'setString', db: 0, key: 'b', value: '1' });
    keyspace.rollback(recordings[0], mark);
    expect([onA.tripped, onB.tripped]).toEqual([true, false]);
    keyspace.record(recordings[1]);
    keyspace.apply({ kind: 'swap', db: 0, withDb: 1 });
    keyspace.apply({ kind: 'flush', db: 1 });
    keyspace.record(undefined);
    keyspace.rollback(recordings[1]);
    // The first one had tripped it already.
    expect(onA.tripped).toBe(true);
    keyspace.rollback(recordings[0]);
    expect([onA.tripped, onB.tripped]).toEqual([false, false]);
    keyspace.apply({ kind: 'setString', db: 0, key: 'b', value: '1' });
    expect([onA.tripped, onB.tripped]).toEqual([false, true]);
  });

  it('leaves a key alone that is moved to itself', () => {
    const keyspace = new Keyspace(1);
    keyspace.apply({ kind: 'setString', db: 0, key: 'a', value: '1' });
    keyspace.apply({ kind: 'rename', db: 0, key: 'a', toDb: 0, toKey: 'a' });
    expect(keyspace.dump()).toEqual([[0, 'a', '1', undefined]]);
  });

  it('trips a watch exactly where its key has been touched', () => {
    const keyspace = new Keyspace(2);
    keyspace.apply({ kind: 'setString', db: 0, key: 'a', value: '1' });
    const [onA, onB, elsewhere] = [
      keyspace.watches.place(0, 'a'),
      keyspace.watches.place(0, 'b'),
      keyspace.watches.place(1, 'a'),
    ];
    keyspace.apply({ kind: 'setString', db: 0, key: 'a', value: '2' });
    expect([onA.tripped, onB.tripped, elsewhere.tripped]).toEqual([true, false, false]);
    keyspace.apply({ kind: 'flush', db: 1 });
    expect([onB.tripped, elsewhere.tripped]).toEqual([false, false]);
    keyspace.apply({ kind: 'setString', db: 0, key: 'b', value: '' });
    onB.tripped = false;
    keyspace.apply({ kind: 'swap', db: 0, withDb: 1 });
    expect([onB.tripped, elsewhere.tripped]).toEqual([true, true]);
    const removed = keyspace.watches.place(0, 'c');
    keyspace.watches.remove(removed);
    keyspace.apply({ kind: 'delete', db: 0, key: 'c' });
    expect(removed.tripped).toBe(false);
  });
});
