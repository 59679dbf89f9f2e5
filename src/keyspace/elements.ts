/** Which effects are of which type of collection: the one place that knows them all. */
import type { CollectionKind } from './collection.ts';
import type { ElementEffect } from './effect.ts';
import { applyHashEffect } from './hash/apply-hash-effect.ts';
import { HashValue } from './hash/hash-value.ts';
import { applyListEffect } from './list/apply-list-effect.ts';
import { ListValue } from './list/list-value.ts';
import { applySetEffect } from './set/apply-set-effect.ts';
import { SetValue } from './set/set-value.ts';
import { applySortedSetEffect } from './sorted-set/apply-sorted-set-effect.ts';
import { SortedSetValue } from './sorted-set/sorted-set-value.ts';
import type { CollectionValue, Value } from './value.ts';

/** An empty collection of the type that the effect adds elements to; `undefined` where it adds none. */
export function newCollectionFor({ kind }: ElementEffect): CollectionValue | undefined {
  switch (kind) {
    case 'setFields':
      return new HashValue();
    case 'addMembers':
      return new SetValue();
    case 'setScores':
      return new SortedSetValue();
    case 'pushElements':
      return new ListValue();
    default:
      return undefined;
  }
}

/** An empty collection. */
export function newCollection(kind: CollectionKind): CollectionValue {
  switch (kind) {
    case 'hash':
      return new HashValue();
    case 'set':
      return new SetValue();
    case 'zset':
      return new SortedSetValue();
    case 'list':
      return new ListValue();
  }
}

/**
 * @param inverses takes the effects that undo this one, if they are applied last first
 * @throws Error where the value is of another type, or the effect is impossible: the log is broken
 */
export function applyElementEffect(value: Value, effect: ElementEffect, inverses: ElementEffect[] | undefined): void {
  switch (effect.kind) {
    case 'setFields':
    case 'deleteFields':
    case 'setFieldExpiry':
      if (value instanceof HashValue) applyHashEffect(value, effect, inverses);
      else refuse(value, effect);
      break;
    case 'addMembers':
    case 'removeMembers':
      if (value instanceof SetValue) applySetEffect(value, effect, inverses);
      else refuse(value, effect);
      break;
    case 'setScores':
    case 'removeScores':
      if (value instanceof SortedSetValue) applySortedSetEffect(value, effect, inverses);
      else refuse(value, effect);
      break;
    default:
      if (value instanceof ListValue) applyListEffect(value, effect, inverses);
      else refuse(value, effect);
  }
}

function refuse(value: Value, { kind }: ElementEffect): never {
  throw new Error(
    `effect on a key of another type: kind=${kind} type=${typeof value === 'string' ? 'string' : value.kind}`,
  );
}
