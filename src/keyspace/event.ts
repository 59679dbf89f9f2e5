/**
 * Events of keyspace notifications, as Valkey names them: what an effect is called, and its class (the letters of
 * `notify-keyspace-events`). Facts from Valkey's `notify.c` and the `notifyKeyspaceEvent` calls of its commands.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { Effect } from './effect.ts';

/** `n`: a key that was not there; `m`: a read of one that is not. */
type EventClass = '$' | 'g' | 'l' | 's' | 'h' | 'z' | 'x' | 'n' | 'm';

export interface KeyEvent {
  readonly db: number;
  readonly key: ByteString;
  readonly name: string;
  readonly class: EventClass;
}

/**
 * How a deletion is called that only makes room for what the next effect puts there: nobody is told of it, and what
 * follows is not new.
 */
export const overwritten = 'overwritten';

/** How the deletion of what has expired is called: a key, fields of a hash. */
export const expired = 'expired';
export const fieldsExpired = 'hexpired';

/** What an effect of this kind is called if it does not say otherwise. */
const names: { readonly [Kind in Effect['kind']]?: readonly [name: string, type: EventClass] } = {
  setString: ['set', '$'],
  writeString: ['setrange', '$'],
  setExpiry: ['expire', 'g'],
  delete: ['del', 'g'],
  rename: ['rename_from', 'g'],
  copy: ['copy_to', 'g'],
  setFields: ['hset', 'h'],
  deleteFields: ['hdel', 'h'],
  setFieldExpiry: ['hexpire', 'h'],
  addMembers: ['sadd', 's'],
  removeMembers: ['srem', 's'],
  setScores: ['zadd', 'z'],
  removeScores: ['zrem', 'z'],
  setElement: ['lset', 'l'],
  insertElements: ['linsert', 'l'],
  removeElements: ['lrem', 'l'],
};

/** Events whose class is not that of the effect's kind. */
const exceptions: Readonly<Record<string, EventClass>> = { expired: 'x', del: 'g', restore: 'g', move_from: 'g' };

/** The second name of an effect that moves a key: that of its destination. */
const destinations: Readonly<Record<string, string>> = {
  rename_from: 'rename_to',
  move_from: 'move_to',
  copy_to: 'copy_to',
};

/** The events of an effect, in order; whether it made its key, or deleted it with the last element, others know. */
export function eventsOf(effect: Effect): readonly KeyEvent[] {
  if (effect.kind === 'flush' || effect.kind === 'swap') return [];
  if (effect.event === '' || effect.event === overwritten) return [];
  const { db, key } = effect;
  const [name, type] = nameOf(effect);
  const event: KeyEvent = { db, key, name, class: exceptions[name] ?? type };
  if (effect.kind === 'copy') return [{ ...event, db: effect.toDb, key: effect.toKey }];
  if (effect.kind !== 'rename') return [event];
  return [event, { ...event, db: effect.toDb, key: effect.toKey, name: destinations[name] ?? name }];
}

function nameOf(effect: Exclude<Effect, { readonly kind: 'flush' | 'swap' }>): readonly [string, EventClass] {
  const [usual, type] = names[effect.kind] ?? [usualListName(effect), 'l' as const];
  return [effect.event ?? (isPersist(effect) ? persistNames[effect.kind] : undefined) ?? usual, type];
}

const persistNames: { readonly [Kind in Effect['kind']]?: string } = {
  setExpiry: 'persist',
  setFieldExpiry: 'hpersist',
};

function isPersist(effect: Effect): boolean {
  return 'expireAt' in effect && effect.expireAt === undefined;
}

function usualListName(effect: Effect): string {
  const side = 'side' in effect && effect.side === 'left' ? 'l' : 'r';
  return `${side}${effect.kind === 'popElements' ? 'pop' : 'push'}`;
}
