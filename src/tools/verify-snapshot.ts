/** Looks at every part of a snapshot, and compares it with what the log has led to, where that is known. */
import type { Effect } from '../keyspace/effect.ts';
import { hashOf } from '../keyspace/dictionary.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Manifest, Part, PartReference } from '../log/journal/manifest.ts';
import { snapshotPrefix } from '../log/journal/names.ts';
import type { DatabaseReader, Owner } from './database-reader.ts';

/** What becomes of the keys: they are taken for the state, compared with it, or only looked at. */
export type SnapshotUse = 'fill' | 'compare' | 'none';

export interface SnapshotOptions {
  readonly reader: DatabaseReader;
  readonly object: string;
  readonly manifest: Manifest;
  readonly owner: Owner;
  /** The state. */
  readonly keyspace: Keyspace;
  readonly use: SnapshotUse;
  readonly report: (object: string, what: string) => void;
  readonly onProgress: () => void;
}

export async function verifySnapshot(options: SnapshotOptions): Promise<void> {
  const { manifest, object, keyspace, use, report } = options;
  const counts = new Map<number, number>();
  for (const { db, parts } of manifest.databases) {
    for (const [part, reference] of parts.entries()) {
      const place = { database: manifest.database, db, part, of: parts.length };
      const keys = await verifyPart(reference, place, options);
      counts.set(db, (counts.get(db) ?? 0) + keys);
      options.onProgress();
    }
  }
  if (use !== 'compare') return;
  for (let db = 0; db < keyspace.databaseCount; db++) {
    const [found, wanted] = [counts.get(db) ?? 0, keyspace.database(db).size];
    if (found !== wanted) report(object, `it has ${found} keys of database ${db}, but the log leads to ${wanted}`);
  }
}

/** @returns how many keys it has */
async function verifyPart(reference: PartReference, part: Part, options: SnapshotOptions): Promise<number> {
  const { reader, owner, use, keyspace } = options;
  const { name } = reference;
  const report = (what: string): void => {
    options.report(name, what);
  };
  if (!name.startsWith(snapshotPrefix(owner.name))) report(`it is not among the snapshots of ${owner.name}`);
  const effects = await reader.part(reference, part);
  if ('kind' in effects) {
    options.report(effects.object, effects.what);
    return reference.keys;
  }
  const seen = new Set<string>();
  for (const effect of effects) {
    const wrong = wrongWith(effect, part, seen);
    if (wrong !== undefined) {
      report(wrong);
      continue;
    }
    if (use === 'fill') keyspace.apply(effect);
    if (use === 'compare') compare(effect, keyspace, report);
  }
  if (seen.size !== reference.keys) report(`it has ${seen.size} keys, but its snapshot says ${reference.keys}`);
  return seen.size;
}

function wrongWith(effect: Effect, { db, part, of }: Part, seen: Set<string>): string | undefined {
  if (effect.kind !== 'setString' && effect.kind !== 'setExpiry') return `it has an effect of no part: ${effect.kind}`;
  const key = JSON.stringify(effect.key);
  if (effect.db !== db) return `it has a key of database ${effect.db}: ${key}`;
  if ((hashOf(effect.key) & (of - 1)) !== part) return `it has a key that belongs to another part: ${key}`;
  if (effect.kind === 'setExpiry') return seen.has(effect.key) ? undefined : `it has the expiry of no key: ${key}`;
  if (seen.has(effect.key)) return `it has a key twice: ${key}`;
  seen.add(effect.key);
  return undefined;
}

function compare(effect: Effect, keyspace: Keyspace, report: (what: string) => void): void {
  if (effect.kind !== 'setString' && effect.kind !== 'setExpiry') return;
  const entry = keyspace.database(effect.db).find(effect.key);
  const isSame = effect.kind === 'setString' ? entry?.value === effect.value : entry?.expireAt === effect.expireAt;
  if (!isSame) report(`it has another value or expiry of ${JSON.stringify(effect.key)} than the log leads to`);
}
