/** Random effects that are valid on the keyspace they are applied to, for property tests. */
import fc from 'fast-check';
import type { Effect } from '../../src/keyspace/effect.ts';
import type { Keyspace } from '../../src/keyspace/keyspace.ts';

const key = fc.constantFrom('a', 'b', 'c', '', '\xff\x00', 'long key with spaces');
const db = fc.nat(2);
const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 8 });

export const arbitraryEffect: fc.Arbitrary<Effect> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('setString' as const), db, key, value: bytes }) },
  fc.record({ kind: fc.constant('writeString' as const), db, key, offset: fc.nat(12), bytes }),
  fc.record({
    kind: fc.constant('setExpiry' as const),
    db,
    key,
    expireAt: fc.option(fc.integer({ min: 1, max: 2_000_000_000_000 }), { nil: undefined }),
  }),
  fc.record({ kind: fc.constant('delete' as const), db, key }),
  fc.record({ kind: fc.constant('rename' as const), db, key, toDb: db, toKey: key }),
  fc.record({ kind: fc.constant('copy' as const), db, key, toDb: db, toKey: key }),
  fc.record({ kind: fc.constant('flush' as const), db }),
  fc.record({ kind: fc.constant('swap' as const), db, withDb: db }),
);

/** Whether commands could produce this effect here: some need an existing key, and none acts on a key and itself. */
export function isApplicable(effect: Effect, keyspace: Keyspace): boolean {
  switch (effect.kind) {
    case 'setExpiry':
      return keyspace.database(effect.db).find(effect.key) !== undefined;
    case 'rename':
    case 'copy':
      return (
        keyspace.database(effect.db).find(effect.key) !== undefined &&
        (effect.db !== effect.toDb || effect.key !== effect.toKey)
      );
    case 'swap':
      return effect.db !== effect.withDb;
    default:
      return true;
  }
}
