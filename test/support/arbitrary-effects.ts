/** Random effects that are valid on the keyspace they are applied to, for property tests. */
import fc from 'fast-check';
import type { Effect, ElementEffect } from '../../src/keyspace/effect.ts';
import { HashValue } from '../../src/keyspace/hash/hash-value.ts';
import { ListValue } from '../../src/keyspace/list/list-value.ts';
import { SetValue } from '../../src/keyspace/set/set-value.ts';
import { SortedSetValue } from '../../src/keyspace/sorted-set/sorted-set-value.ts';
import type { Value } from '../../src/keyspace/value.ts';
import type { ByteString } from '../../src/resp/bytes.ts';
import type { Keyspace } from '../../src/keyspace/keyspace.ts';

const key = fc.constantFrom('a', 'b', 'c', '', '\xff\x00', 'long key with spaces');
const db = fc.nat(2);
const bytes = fc.string({ unit: fc.nat(255).map((code) => String.fromCharCode(code)), maxLength: 8 });

const element = fc.oneof(fc.constantFrom('x', 'y', 'z', '1', '22', '-3'), bytes);
const elements = fc.array(element, { minLength: 1, maxLength: 5 });
const score = fc.oneof(fc.constantFrom(0, -0, 1, Infinity, -Infinity, 0.1), fc.double({ noNaN: true }));
const side = fc.constantFrom('left' as const, 'right' as const);
const count = fc.integer({ min: 1, max: 4 });
const index = fc.nat(5);
const kindOf = <Kind extends string>(kind: Kind): fc.Arbitrary<Kind> => fc.constant(kind);

type Without<E> = E extends unknown ? Omit<E, 'db' | 'key'> : never;
type ElementChange = Without<ElementEffect>;

const elementChange: fc.Arbitrary<ElementChange> = fc.oneof(
  fc
    .array(fc.tuple(element, bytes), { minLength: 1, maxLength: 4 })
    .map((pairs) => ({ kind: 'setFields' as const, fields: pairs.flat() })),
  fc.record({ kind: kindOf('deleteFields'), fields: elements }),
  fc.record({
    kind: kindOf('setFieldExpiry'),
    fields: fc.array(element, { minLength: 1, maxLength: 2 }),
    expireAt: fc.option(fc.integer({ min: 1, max: 2_000_000_000_000 }), { nil: undefined }),
  }),
  fc.record({ kind: kindOf('addMembers'), members: elements }),
  fc.record({ kind: kindOf('removeMembers'), members: elements }),
  fc
    .array(fc.tuple(element, score), { minLength: 1, maxLength: 4 })
    .map((pairs) => ({ kind: 'setScores' as const, members: pairs.map(([m]) => m), scores: pairs.map(([, s]) => s) })),
  fc.record({ kind: kindOf('removeScores'), members: elements }),
  fc.record({ kind: kindOf('pushElements'), side, elements }),
  fc.record({ kind: kindOf('popElements'), side, count }),
  fc.record({ kind: kindOf('setElement'), index, element }),
  fc.record({ kind: kindOf('insertElements'), index, elements }),
  fc.record({ kind: kindOf('removeElements'), index, count }),
);

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
  { weight: 12, arbitrary: fc.tuple(elementChange, db, key).map(([change, ...place]) => placed(change, ...place)) },
  fc.record({ kind: fc.constant('setString' as const), db, key, value: bytes, event: fc.constantFrom('incrby', '') }),
);

function placed(change: ElementChange, inDb: number, at: ByteString): Effect {
  return { ...change, db: inDb, key: at };
}

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
    case 'setString':
    case 'delete':
    case 'flush':
      return true;
    case 'writeString': {
      const old = keyspace.database(effect.db).find(effect.key)?.value;
      return old === undefined || typeof old === 'string';
    }
    default:
      return suits(effect, keyspace.database(effect.db).find(effect.key)?.value);
  }
}

function suits(effect: ElementEffect, value: Value | undefined): boolean {
  switch (effect.kind) {
    case 'setFields':
      return value === undefined || value instanceof HashValue;
    case 'deleteFields':
      return value instanceof HashValue;
    case 'setFieldExpiry':
      return value instanceof HashValue && effect.fields.every((field) => value.get(field) !== undefined);
    case 'addMembers':
      return value === undefined || value instanceof SetValue;
    case 'removeMembers':
      return value instanceof SetValue;
    case 'setScores':
      return value === undefined || value instanceof SortedSetValue;
    case 'removeScores':
      return value instanceof SortedSetValue;
    case 'pushElements':
      return value === undefined || value instanceof ListValue;
    case 'popElements':
      return value instanceof ListValue && effect.count <= value.size;
    case 'setElement':
      return value instanceof ListValue && effect.index < value.size;
    case 'insertElements':
      return value instanceof ListValue && effect.index <= value.size;
    case 'removeElements':
      return value instanceof ListValue && effect.index + effect.count <= value.size;
  }
}
