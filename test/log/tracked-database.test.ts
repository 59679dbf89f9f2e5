/**
 * A snapshot is what there was when it began, whatever has happened while it was written; and a part that is taken for
 * unchanged since some record is just what it was then.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { hashOf } from '../../src/keyspace/dictionary.ts';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import { canonical } from '../../src/keyspace/contents.ts';
import { release, type DatabaseImage } from '../../src/log/journal/database-image.ts';
import { groupsOfEntry } from '../../src/log/journal/pieces.ts';
import { TrackedDatabase } from '../../src/log/journal/tracked-database.ts';
import { noteRecord, track, trackedOf } from '../../src/log/journal/tracked-keyspace.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';
import { set } from '../support/fake-log.ts';

type Content = Readonly<Record<string, readonly [value: unknown, expireAt: number | undefined]>>;

function contentOf(keyspace: Keyspace, db = 0): Content {
  const entries = [...keyspace.database(db).entries()].map(({ key, value, expireAt }) => [
    key,
    [canonical(value), expireAt],
  ]);
  return Object.fromEntries(entries) as Content;
}

function partOf(content: Content, part: number, partCount: number): Content {
  return Object.fromEntries(Object.entries(content).filter(([key]) => (hashOf(key) & (partCount - 1)) === part));
}

function captured(image: DatabaseImage, part: number): Content {
  const keyspace = new Keyspace(1);
  for (const captured of image.capture(part)) {
    for (const effects of groupsOfEntry(0, captured, 10)) for (const effect of effects) keyspace.apply(effect);
    release(captured);
  }
  return contentOf(keyspace);
}

const step = fc.oneof(
  { weight: 6, arbitrary: arbitraryEffect.map((effect) => ({ kind: 'effect' as const, effect })) },
  { weight: 4, arbitrary: fc.constant({ kind: 'append' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'committed' as const }) },
  { weight: 2, arbitrary: fc.constant({ kind: 'rollback' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('divide' as const), ago: fc.nat(10), count: fc.constantFrom(1, 2, 8) }),
  },
  { weight: 4, arbitrary: fc.constant({ kind: 'capture' as const }) },
);

describe('a database that is tracked', () => {
  it('says of a part that it is unchanged since a record only if it is, and captures what there was', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 100 }), fc.nat(2), (steps, db) => {
        const keyspace = new Keyspace(3);
        track(keyspace, 0, undefined);
        /** By number: what the database holds, as the chain goes at that time. */
        let states = [contentOf(keyspace, db)];
        let committed = 0;
        let recording = newRecording();
        keyspace.record(recording);
        /** The snapshot that is being written. */
        let run:
          { content: Content; states: Content[]; image: DatabaseImage; todo?: number[]; partCount: number } | undefined;
        const end = (): void => {
          while (run?.todo !== undefined && run.todo.length > 0) capture();
          run = undefined;
        };
        const capture = (): void => {
          const part = run?.todo?.shift();
          if (run === undefined || part === undefined) return;
          expect(captured(run.image, part)).toEqual(partOf(run.content, part, run.partCount));
        };
        for (const next of steps) {
          if (next.kind === 'effect') {
            if (isApplicable(next.effect, keyspace)) keyspace.apply(next.effect);
          } else if (next.kind === 'append') {
            noteRecord(keyspace, states.length);
            states.push(contentOf(keyspace, db));
            if (run !== undefined) continue;
            const image = trackedOf(keyspace.database(db)).begin(8);
            run = { content: contentOf(keyspace, db), states: [...states], image, partCount: 1 };
          } else if (next.kind === 'committed') {
            // What has no record yet would be in the next.
            noteRecord(keyspace, states.length);
            states.push(contentOf(keyspace, db));
            committed = states.length - 1;
            keyspace.record((recording = newRecording()));
          } else if (next.kind === 'rollback') {
            keyspace.rollback(recording);
            states = states.slice(0, committed + 1);
            keyspace.record((recording = newRecording()));
          } else if (next.kind === 'capture') {
            capture();
          } else if (run !== undefined && run.todo === undefined) {
            const number = Math.max(0, run.states.length - 1 - next.ago);
            run.partCount = next.count;
            run.todo = [...run.image.divide(next.count, number)];
            for (let part = 0; part < next.count; part++) {
              if (run.todo.includes(part)) continue;
              const [then, now] = [run.states[number]!, run.content];
              expect(partOf(now, part, next.count)).toEqual(partOf(then, part, next.count));
            }
          } else {
            end();
          }
        }
        end();
      }),
      { numRuns: 2000 },
    );
  });

  it('takes for changed no more than what has changed', () => {
    const keyspace = new Keyspace(1);
    track(keyspace, 3, undefined);
    const partCount = 64;
    const changed = new Set<number>();
    for (let i = 0; i < 500; i++) keyspace.apply(set(`k${i}`, '1'));
    noteRecord(keyspace, 4);
    for (let number = 5; number < 12; number++) {
      keyspace.apply(set(`k${number}`, '2'));
      changed.add(hashOf(`k${number}`) & (partCount - 1));
      noteRecord(keyspace, number);
    }
    const tracked = trackedOf(keyspace.database(0));
    expect(tracked.begin(partCount).divide(partCount, 4)).toEqual([...changed].sort((a, b) => a - b));
    expect(tracked.begin(partCount).divide(partCount, 10)).toEqual([hashOf('k11') & (partCount - 1)]);
    expect(tracked.begin(partCount).divide(partCount, 11)).toEqual([]);
    expect(tracked.begin(partCount).divide(partCount, 3)).toHaveLength(partCount);
  });

  it('knows of finer parts what it knew of coarser ones', () => {
    const keyspace = new Keyspace(1);
    const tracked = new TrackedDatabase(keyspace.database(0));
    tracked.noteRecord(7);
    keyspace.apply(set('k', '1'));
    tracked.noteRecord(8);
    const parts = tracked.begin(4096).divide(4096, 7);
    const slot = hashOf('k') & 1023;
    expect(parts).toEqual([slot, slot + 1024, slot + 2048, slot + 3072]);
    keyspace.apply(set('k', '2'));
    tracked.noteRecord(9);
    expect(tracked.begin(4096).divide(4096, 8)).toEqual([hashOf('k') & 4095]);
  });

  it('has changed as a whole when it has got another number', () => {
    const keyspace = new Keyspace(2);
    track(keyspace, 1, undefined);
    const recording = newRecording();
    keyspace.record(recording);
    keyspace.apply({ kind: 'swap', db: 0, withDb: 1 });
    noteRecord(keyspace, 2);
    for (const db of [0, 1]) expect(trackedOf(keyspace.database(db)).begin(4).divide(4, 1)).toEqual([0, 1, 2, 3]);
    keyspace.rollback(recording);
    noteRecord(keyspace, 3);
    for (const db of [0, 1]) expect(trackedOf(keyspace.database(db)).begin(4).divide(4, 2)).toEqual([0, 1, 2, 3]);
  });
});
