/** Values in the form that the RDB format knows, and back. */
import { elementsOf, fieldsOf, scoresOf } from '../../keyspace/contents.ts';
import type { ElementEffect } from '../../keyspace/effect.ts';
import { applyElementEffect, newCollection } from '../../keyspace/elements.ts';
import type { CollectionValue, Value } from '../../keyspace/value.ts';
import type { FieldExpiry, RdbHash, RdbStream, RdbValue } from '../../rdb/value.ts';

/** What a key can hold here. */
export type HeldRdbValue = Exclude<RdbValue, RdbStream>;

export function toRdbValue(value: Value): HeldRdbValue {
  if (typeof value === 'string') return { kind: 'string', value };
  switch (value.kind) {
    case 'list':
      return { kind: 'list', elements: elementsOf(value) };
    case 'set':
      return { kind: 'set', members: elementsOf(value) };
    case 'zset': {
      const scores = scoresOf(value);
      return { kind: 'zset', members: [...scores.keys()], scores: [...scores.values()] };
    }
    case 'hash': {
      const fields = [...fieldsOf(value)];
      return {
        kind: 'hash',
        fields: fields.flatMap(([field, { value: held }]) => [field, held]),
        expiries: fields.flatMap(([field, { expireAt }]) => (expireAt === undefined ? [] : [{ field, expireAt }])),
      };
    }
  }
}

/** @param value holds something */
export function fromRdbValue(value: HeldRdbValue): Value {
  if (value.kind === 'string') return value.value;
  const collection = newCollection(value.kind);
  for (const effect of effectsOf(value)) applyElementEffect(collection, effect, undefined);
  return collection satisfies CollectionValue;
}

function effectsOf(value: Exclude<HeldRdbValue, { readonly kind: 'string' }>): readonly ElementEffect[] {
  const place = { db: 0, key: '' };
  switch (value.kind) {
    case 'list':
      return [{ kind: 'pushElements', ...place, side: 'right', elements: value.elements }];
    case 'set':
      return [{ kind: 'addMembers', ...place, members: value.members }];
    case 'zset':
      return [{ kind: 'setScores', ...place, members: value.members, scores: value.scores }];
    case 'hash':
      return hashEffects(value, place);
  }
}

function hashEffects(
  { fields, expiries }: RdbHash,
  place: { readonly db: number; readonly key: string },
): readonly ElementEffect[] {
  const expiry = ({ field, expireAt }: FieldExpiry): ElementEffect => ({
    kind: 'setFieldExpiry',
    ...place,
    fields: [field],
    expireAt,
  });
  return [{ kind: 'setFields', ...place, fields }, ...expiries.map(expiry)];
}
