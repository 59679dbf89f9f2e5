/** A commit that is obsolete, and of which only a part has been collected, is no damage to a node that has slept. */
import { expect, it } from 'vitest';
import { sidePrefix } from '../../src/log/journal/names.ts';
import { JournalWorld, Writer } from '../support/journal-world.ts';

it('a sleeper that finds a record without its side objects reads on from a newer head', async () => {
  const world = new JournalWorld(3);
  const sleeper = await Writer.open(world, 'db', { recordsMax: Infinity });
  const writer = await Writer.open(world, 'db', { recordsMax: 3 });
  await writer.write([{ kind: 'setString', db: 0, key: 'large', value: 'x'.repeat(2_000_000) }]);
  for (let i = 0; i < 30; i++) await writer.write([{ kind: 'setString', db: 0, key: 'k', value: String(i) }]);
  const sides = await world.names(sidePrefix('db'));
  expect(sides.length).toBeGreaterThan(1);
  for (const name of sides) await world.delete(name);
  const { clock } = world.environment;
  for (;;) {
    const outcome = await world.finish(sleeper.log.verify(clock.monotonic() + 5000));
    if (outcome.kind !== 'changed') {
      expect(outcome.kind).toBe('current');
      break;
    }
    outcome.changes.applyTo(sleeper.keyspace);
  }
  expect(sleeper.keyspace.dump()).toEqual(writer.keyspace.dump());
});
