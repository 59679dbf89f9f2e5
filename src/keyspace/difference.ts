/** What makes one keyspace another, by effects. */
import { valueDifference } from './value-difference.ts';
import type { Effect } from './effect.ts';
import type { Keyspace } from './keyspace.ts';
import type { Value } from './value.ts';

/** Keys that have expired by now count as missing: they are neither brought back nor deleted. */
export function difference(from: Keyspace, to: Keyspace, now: number): readonly Effect[] {
  const effects: Effect[] = [];
  for (let db = 0; db < from.databaseCount; db++) {
    const [before, after] = [from.database(db), to.database(db)];
    for (const entry of before.entries()) {
      const { key } = entry;
      if (!isGone(entry, now) && isGone(after.find(key), now)) effects.push({ kind: 'delete', db, key });
    }
    for (const entry of after.entries()) {
      if (isGone(entry, now)) continue;
      for (const effect of keyDifference({ db, key: entry.key }, before.find(entry.key), entry)) effects.push(effect);
    }
  }
  return effects;
}

/** What makes a key hold this value and expiry; `undefined` before: it is missing. */
export function keyDifference(
  { db, key }: { readonly db: number; readonly key: string },
  before: { readonly value: Value; readonly expireAt: number | undefined } | undefined,
  { value, expireAt }: { readonly value: Value; readonly expireAt: number | undefined },
): readonly Effect[] {
  const effects = [...valueDifference({ db, key }, before?.value, value)];
  // A deletion on the way takes the expiry along.
  const old = effects.some(({ kind }) => kind === 'delete') ? undefined : before?.expireAt;
  return old === expireAt ? effects : [...effects, { kind: 'setExpiry', db, key, expireAt }];
}

export function isGone(entry: { readonly expireAt: number | undefined } | undefined, now: number): boolean {
  return entry === undefined || (entry.expireAt !== undefined && entry.expireAt <= now);
}

/** How many keys these effects give another value or expiry, and how many they delete. */
export function countKeys(effects: readonly Effect[]): { readonly set: number; readonly deleted: number } {
  const set = new Set<string>();
  const deleted = new Set<string>();
  for (const effect of effects) {
    if (!('key' in effect)) continue;
    const key = `${effect.db} ${effect.key}`;
    if (effect.kind === 'delete') {
      deleted.add(key);
    } else {
      set.add(key);
      deleted.delete(key);
    }
  }
  return { set: set.size, deleted: deleted.size };
}
