/** Looks at every part of a snapshot, and compares it with what the log has led to, where that is known. */
import type { Effect } from '../keyspace/effect.ts';
import { hashOf } from '../keyspace/dictionary.ts';
import type { Keyspace } from '../keyspace/keyspace.ts';
import { objectsOf, type Manifest, type Part, type PartReference } from '../log/journal/manifest.ts';
import type { ByteString } from '../resp/bytes.ts';
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
  const keys = new PartKeys(part, options);
  for (const object of objectsOf(reference)) {
    if (!object.name.startsWith(snapshotPrefix(options.owner.name)))
      options.report(object.name, `it is not among the snapshots of ${options.owner.name}`);
    const effects = await options.reader.part(object, part);
    if ('kind' in effects) {
      options.report(effects.object, effects.what);
      return reference.keys;
    }
    for (const effect of effects) keys.take(effect, object.name);
  }
  keys.end(reference);
  return keys.size;
}

/** The keys of a part, over all of its objects: strings, whole or in pieces, and expiries. */
class PartKeys {
  readonly #part: Part;
  readonly #options: SnapshotOptions;
  /** How much of each has been seen; `undefined`: it came whole. */
  readonly #lengths = new Map<ByteString, number | undefined>();

  constructor(part: Part, options: SnapshotOptions) {
    this.#part = part;
    this.#options = options;
  }

  get size(): number {
    return this.#lengths.size;
  }

  take(effect: Effect, object: string): void {
    const { keyspace, use, report } = this.#options;
    const wrong = this.#note(effect);
    if (wrong !== undefined) {
      report(object, wrong);
      return;
    }
    if (use === 'fill') keyspace.apply(effect);
    if (use === 'compare' && !isSame(effect, keyspace))
      report(object, `it has another value or expiry of ${keyOf(effect)} than the log leads to`);
  }

  end({ name, keys }: PartReference): void {
    const { keyspace, use, report } = this.#options;
    if (this.size !== keys) report(name, `it has ${this.size} keys, but its snapshot says ${keys}`);
    if (use !== 'compare') return;
    for (const [key, length] of this.#lengths) {
      const wanted = keyspace.database(this.#part.db).find(key)?.value.length;
      if (length !== undefined && wanted !== undefined && length !== wanted)
        report(name, `it has ${length} bytes of ${JSON.stringify(key)}, but the log leads to ${wanted}`);
    }
  }

  /** What is wrong with it. */
  #note(effect: Effect): string | undefined {
    const { db, part, of } = this.#part;
    if (effect.kind !== 'setString' && effect.kind !== 'writeString' && effect.kind !== 'setExpiry')
      return `it has an effect of no part: ${effect.kind}`;
    const { key } = effect;
    if (effect.db !== db) return `it has a key of database ${effect.db}: ${keyOf(effect)}`;
    if ((hashOf(key) & (of - 1)) !== part) return `it has a key that belongs to another part: ${keyOf(effect)}`;
    const isKnown = this.#lengths.has(key);
    if (effect.kind === 'setExpiry') return isKnown ? undefined : `it has the expiry of no key: ${keyOf(effect)}`;
    const before = this.#lengths.get(key);
    if (isKnown && (effect.kind === 'setString' || before === undefined)) return `it has a key twice: ${keyOf(effect)}`;
    this.#lengths.set(key, effect.kind === 'setString' ? undefined : (before ?? 0) + effect.bytes.length);
    return undefined;
  }
}

function keyOf(effect: Effect): string {
  return 'key' in effect ? JSON.stringify(effect.key) : '';
}

function isSame(effect: Effect, keyspace: Keyspace): boolean {
  if (effect.kind !== 'setString' && effect.kind !== 'writeString' && effect.kind !== 'setExpiry') return false;
  const entry = keyspace.database(effect.db).find(effect.key);
  if (entry === undefined) return false;
  if (effect.kind === 'setExpiry') return entry.expireAt === effect.expireAt;
  if (effect.kind === 'setString') return entry.value === effect.value;
  return entry.value.startsWith(effect.bytes, effect.offset);
}
