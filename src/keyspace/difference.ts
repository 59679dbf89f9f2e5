/** What makes one keyspace another, by effects. */
import type { Effect } from './effect.ts';
import type { Keyspace } from './keyspace.ts';

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
      const { key, value, expireAt } = entry;
      const old = before.find(key);
      if (isGone(entry, now)) continue;
      if (old?.value !== value) effects.push({ kind: 'setString', db, key, value });
      if (old?.expireAt !== expireAt) effects.push({ kind: 'setExpiry', db, key, expireAt });
    }
  }
  return effects;
}

export function isGone(entry: { readonly expireAt: number | undefined } | undefined, now: number): boolean {
  return entry === undefined || (entry.expireAt !== undefined && entry.expireAt <= now);
}

/** How many keys these effects give another value or expiry, and how many they delete. */
export function countKeys(effects: readonly Effect[]): { readonly set: number; readonly deleted: number } {
  const set = new Set<string>();
  let deleted = 0;
  for (const effect of effects) {
    if (effect.kind === 'delete') deleted++;
    else if (effect.kind === 'setString' || effect.kind === 'setExpiry') set.add(`${effect.db} ${effect.key}`);
  }
  return { set: set.size, deleted };
}
