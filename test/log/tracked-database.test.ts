/** A snapshot is what there was when it began, whatever has happened while it was written. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import { TrackedDatabase } from '../../src/log/journal/tracked-database.ts';
import { arbitraryEffect, isApplicable } from '../support/arbitrary-effects.ts';

type Content = Readonly<Record<string, readonly [value: string, expireAt: number | undefined]>>;

function contentOf(keyspace: Keyspace): Content {
  const entries = [...keyspace.database(0).entries()].map(({ key, value, expireAt }) => [key, [value, expireAt]]);
  return Object.fromEntries(entries) as Content;
}

const step = fc.oneof(
  {
    weight: 6,
    arbitrary: arbitraryEffect.map((effect) => ({ kind: 'effect' as const, effect: { ...effect, db: 0 } })),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'capture' as const }) },
  fc.constant({ kind: 'rollback' as const }),
  fc.constant({ kind: 'end' as const }),
  fc.constant({ kind: 'fail' as const }),
);

it('captures what there was at the beginning, and writes again only what has changed', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), fc.constantFrom(1, 2, 8), (steps, partCount) => {
      const keyspace = new Keyspace(3);
      const tracked = new TrackedDatabase(keyspace.database(0), partCount);
      // What has been written, by part: together it must be the content at the last beginning.
      let written = new Map<number, Content>();
      let before = { content: contentOf(keyspace), todo: [...tracked.begin()], written: new Map<number, Content>() };
      let recording = newRecording();
      keyspace.record(recording);
      const capture = (): void => {
        const part = before.todo.shift();
        if (part === undefined) return;
        const content: Record<string, [string, number | undefined]> = {};
        tracked.capture(part, (key, value, expireAt) => (content[key] = [value, expireAt]));
        before.written.set(part, content);
      };
      const begin = (): void => {
        before = { content: contentOf(keyspace), todo: [...tracked.begin()], written: new Map(written) };
      };
      for (const next of steps) {
        if (next.kind === 'effect') {
          const { effect } = next;
          // A flush or a swap puts another database in the place of this one; then it is not tracked any more.
          if (effect.kind === 'flush' || effect.kind === 'swap' || !isApplicable(effect, keyspace)) continue;
          keyspace.apply(effect);
        } else if (next.kind === 'rollback') {
          keyspace.rollback(recording);
          keyspace.record((recording = newRecording()));
        } else if (next.kind === 'capture') {
          capture();
        } else if (next.kind === 'fail') {
          tracked.fail();
          begin();
        } else {
          while (before.todo.length > 0) capture();
          written = before.written;
          expect(Object.assign({}, ...written.values())).toEqual(before.content);
          tracked.succeed();
          begin();
        }
      }
    }),
    { numRuns: 2000 },
  );
});
