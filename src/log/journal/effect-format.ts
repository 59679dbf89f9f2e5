/**
 * Effects in JSON: a list each, of the kind's name and what it needs, `["setString", 0, "key", "value"]`. Nothing that
 * is not exactly of this form is read (`docs/store-format.md`).
 */
import type { Effect } from '../../keyspace/effect.ts';
import { isAscii } from '../../resp/bytes.ts';
import { decodeBytes, encodeBytes } from './bytes-format.ts';
import { asCount, asList, FormatError, isCount, show } from '../format-error.ts';

export function encodeEffects(effects: readonly Effect[]): string {
  let json = '';
  // V8 adds to a text without copying it; a list of all their texts, joined, takes twice the time.
  for (const effect of effects) json += json === '' ? encodeEffect(effect) : `,${encodeEffect(effect)}`;
  return `[${json}]`;
}

function encodeEffect(effect: Effect): string {
  const { kind, db } = effect;
  switch (effect.kind) {
    case 'setString':
      return `["${kind}",${db},${encodeBytes(effect.key)},${encodeBytes(effect.value)}]`;
    case 'writeString':
      return `["${kind}",${db},${encodeBytes(effect.key)},${effect.offset},${encodeBytes(effect.bytes)}]`;
    case 'setExpiry':
      return `["${kind}",${db},${encodeBytes(effect.key)},${effect.expireAt ?? 'null'}]`;
    case 'delete':
      return `["${kind}",${db},${encodeBytes(effect.key)}]`;
    case 'rename':
    case 'copy':
      return `["${kind}",${db},${encodeBytes(effect.key)},${effect.toDb},${encodeBytes(effect.toKey)}]`;
    case 'flush':
      return `["${kind}",${db}]`;
    case 'swap':
      return `["${kind}",${db},${effect.withDb}]`;
  }
}

/** @throws FormatError */
export function decodeEffects(json: unknown, databaseCount: number): readonly Effect[] {
  const reader = new Reader(databaseCount);
  return asList(json, 'effects').map((item, index) => {
    reader.begin(item, index);
    const kind = reader.item();
    const effect = decodeEffect(kind, reader.database(), reader);
    reader.end();
    return effect;
  });
}

function decodeEffect(kind: unknown, db: number, reader: Reader): Effect {
  switch (kind) {
    case 'setString':
      return { kind, db, key: reader.bytes(), value: reader.bytes() };
    case 'writeString':
      return { kind, db, key: reader.bytes(), offset: reader.count(), bytes: reader.bytes() };
    case 'setExpiry':
      return { kind, db, key: reader.bytes(), expireAt: reader.time() };
    case 'delete':
      return { kind, db, key: reader.bytes() };
    case 'rename':
    case 'copy':
      return { kind, db, key: reader.bytes(), toDb: reader.database(), toKey: reader.bytes() };
    case 'flush':
      return { kind, db };
    case 'swap':
      return { kind, db, withDb: reader.database() };
    default:
      throw new FormatError(`an effect that is not known to this release: kind=${show(kind)}`);
  }
}

/** Takes what an effect needs one after another, in order. One for all effects: there are many, and they are small. */
class Reader {
  readonly #databaseCount: number;
  #items: readonly unknown[] = [];
  #at = 0;
  #index = 0;

  constructor(databaseCount: number) {
    this.#databaseCount = databaseCount;
  }

  /** The next effect, the list's item at this index. */
  begin(item: unknown, index: number): void {
    this.#items = Array.isArray(item) ? item : asList(item, this.#what(index));
    this.#at = 0;
    this.#index = index;
  }

  item(): unknown {
    return this.#items[this.#at++];
  }

  bytes(): string {
    const value = this.item();
    return typeof value === 'string' && isAscii(value) ? value : decodeBytes(value, this.#what());
  }

  count(): number {
    const value = this.item();
    return isCount(value) ? value : asCount(value, this.#what());
  }

  /** Milliseconds since 1970; `undefined`: never. */
  time(): number | undefined {
    if (this.#items[this.#at] !== null) return this.count();
    this.#at++;
    return undefined;
  }

  database(): number {
    const db = this.count();
    if (db < this.#databaseCount) return db;
    throw new FormatError(`${this.#what()} is of a database that this node does not have, see --databases: db=${db}`);
  }

  end(): void {
    if (this.#at < this.#items.length) throw new FormatError(`${this.#what()} has more than it needs`);
  }

  /** Only made where something is wrong. */
  #what(index = this.#index): string {
    return `effects[${index}]`;
  }
}
