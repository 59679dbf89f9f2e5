/** Looks at every part of a snapshot, and compares it with what the log has led to, where that is known. */
import type { Effect } from '../keyspace/effect.ts';
import { hashOf } from '../keyspace/dictionary.ts';
import type { Database } from '../keyspace/database.ts';
import { isSameValue } from '../keyspace/contents.ts';
import { Keyspace } from '../keyspace/keyspace.ts';
import { typeName, type TypeName, type Value } from '../keyspace/value.ts';
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

/** The kinds of effects that parts have, and the type of value that each makes. */
const typesByKind: { readonly [Kind in Effect['kind']]?: TypeName } = {
  setString: 'string',
  writeString: 'string',
  setFields: 'hash',
  setFieldExpiry: 'hash',
  addMembers: 'set',
  setScores: 'zset',
  pushElements: 'list',
};

/** The keys of a part, over all of its objects: values, whole or in pieces, and expiries. */
class PartKeys {
  readonly #part: Part;
  readonly #options: SnapshotOptions;
  /** What the part makes out of nothing. */
  readonly #found: Keyspace;

  constructor(part: Part, options: SnapshotOptions) {
    this.#part = part;
    this.#options = options;
    this.#found = new Keyspace(options.keyspace.databaseCount);
  }

  get size(): number {
    return this.#entries.size;
  }

  get #entries(): Database {
    return this.#found.database(this.#part.db);
  }

  take(effect: Effect, object: string): void {
    const { keyspace, use, report } = this.#options;
    const wrong = this.#wrongWith(effect);
    if (wrong !== undefined) {
      report(object, wrong);
      return;
    }
    this.#found.apply(effect);
    if (use === 'fill') keyspace.apply(effect);
  }

  end({ name, keys }: PartReference): void {
    const { keyspace, use, report } = this.#options;
    if (this.size !== keys) report(name, `it has ${this.size} keys, but its snapshot says ${keys}`);
    if (use !== 'compare') return;
    for (const { key, value, expireAt } of this.#entries.entries()) {
      const wanted = keyspace.database(this.#part.db).find(key);
      if (wanted === undefined || wanted.expireAt !== expireAt || !isSameValue(value, wanted.value))
        report(name, `it has another value or expiry of ${JSON.stringify(key)} than the log leads to`);
    }
  }

  #wrongWith(effect: Effect): string | undefined {
    const { db, part, of } = this.#part;
    const type = typesByKind[effect.kind];
    if (effect.kind === 'flush' || effect.kind === 'swap' || (type === undefined && effect.kind !== 'setExpiry'))
      return `it has an effect of no part: ${effect.kind}`;
    const { key } = effect;
    if (effect.db !== db) return `it has a key of database ${effect.db}: ${JSON.stringify(key)}`;
    if ((hashOf(key) & (of - 1)) !== part) return `it has a key that belongs to another part: ${JSON.stringify(key)}`;
    const known = this.#entries.find(key);
    if (effect.kind === 'setExpiry')
      return known === undefined ? `it has the expiry of no key: ${JSON.stringify(key)}` : undefined;
    const goesOn = effect.kind !== 'setString' && typeName(known?.value ?? '') === type;
    if (known !== undefined && !(goesOn && !this.#overwrites(effect, known.value)))
      return `it has a key twice: ${JSON.stringify(key)}`;
    if (known === undefined && effect.kind === 'setFieldExpiry')
      return `it has the expiry of fields of no key: ${JSON.stringify(key)}`;
    return undefined;
  }

  /** A piece of a string stands behind those before it. */
  #overwrites(effect: Effect, known: Value): boolean {
    return effect.kind === 'writeString' && effect.offset !== (known as ByteString).length;
  }
}
