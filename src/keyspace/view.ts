/**
 * A database as one command sees it: at one time, with what has expired gone. A read that meets an expired key deletes
 * it by an effect first, so that all nodes agree that it is gone, whatever their clocks say.
 */
import type { Random } from '../environment/environment.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { Entry } from './database.ts';
import type { Effect } from './effect.ts';
import { expired, fieldsExpired } from './event.ts';
import { HashValue } from './hash/hash-value.ts';
import type { Keyspace } from './keyspace.ts';
import type { Value } from './value.ts';

/** An effect, but for the database. */
type Without<E, Name extends string> = E extends unknown ? Omit<E, Name> : never;
export type ViewEffect = Without<Exclude<Effect, { readonly kind: 'flush' | 'swap' }>, 'db'>;

/** Expired fields that one effect deletes: few effects for many fields, and none too long for a commit. */
const effectFieldsMax = 1000;

export class View {
  readonly keyspace: Keyspace;
  /** The index of the database. */
  readonly db: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** Whether reading a key counts as using it (`CLIENT NO-TOUCH`). */
  readonly #touches: boolean;
  /** Whether a key that is not there counts as missed: it does for what is read, as opposed to changed. */
  readonly #misses: boolean;

  constructor(keyspace: Keyspace, options: { db: number; now: number; touches: boolean; misses?: boolean }) {
    this.keyspace = keyspace;
    this.db = options.db;
    this.now = options.now;
    this.#touches = options.touches;
    this.#misses = options.misses === true;
    keyspace.accessClock.seconds = Math.floor(options.now / 1000);
  }

  /** The same moment in another database, or for what is read or not. */
  in(db: number, misses = this.#misses): View {
    if (db === this.db && misses === this.#misses) return this;
    return new View(this.keyspace, { db, now: this.now, touches: this.#touches, misses });
  }

  /** For what a command reads, whatever else it does: a key that is not there counts as missed. */
  get reading(): View {
    return this.in(this.db, true);
  }

  get size(): number {
    return this.keyspace.database(this.db).size;
  }

  /** The value of a key, and the key counts as used. */
  get(key: ByteString): Value | undefined {
    const entry = this.find(key);
    if (entry === undefined) return undefined;
    if (this.#touches) entry.accessedAtSeconds = this.keyspace.accessClock.seconds;
    return entry.value;
  }

  /** The entry of a key that has not expired, without fields that have; it does not count as used. */
  peek(key: ByteString): Entry | undefined {
    const entry = this.keyspace.database(this.db).find(key);
    if (entry === undefined) return undefined;
    if (entry.expireAt !== undefined && entry.expireAt <= this.now) {
      this.keyspace.apply({ kind: 'delete', db: this.db, key, event: expired });
      return undefined;
    }
    if (!(entry.value instanceof HashValue)) return entry;
    this.#expireFields(key, entry.value, Infinity);
    return entry.value.size > 0 ? entry : undefined;
  }

  /** Deletes at most so many fields of a hash that have expired; how many there were. */
  #expireFields(key: ByteString, hash: HashValue, countMax: number): number {
    let count = 0;
    while (count < countMax) {
      const fields = hash.dueFields(this.now, Math.min(countMax - count, effectFieldsMax));
      if (fields.length === 0) break;
      this.apply({ kind: 'deleteFields', key, fields, event: fieldsExpired });
      count += fields.length;
    }
    return count;
  }

  has(key: ByteString): boolean {
    return this.find(key) !== undefined;
  }

  /** The same as `peek`, for a command that reads what the key holds: it is missed where it is not there. */
  find(key: ByteString): Entry | undefined {
    const entry = this.peek(key);
    if (entry === undefined && this.#misses) this.keyspace.noteMiss(this.db, key);
    return entry;
  }

  /** Changes what a key of this database holds. Takes the effect over: to copy it costs several times the change. */
  apply(effect: ViewEffect): void {
    // `Object.assign` takes four times as long.
    (effect as { db?: number }).db = this.db;
    this.keyspace.apply(effect as Effect);
  }

  /** Sets a string and keeps the key's expiry. */
  setString(key: ByteString, value: ByteString, event?: string): void {
    this.keyspace.apply({ kind: 'setString', db: this.db, key, value, ...named(event) });
  }

  /** Sets a string and its expiry (`undefined`: none). With a time that has passed, only what was there goes. */
  setStringExpiring(key: ByteString, value: ByteString, expireAt: number | undefined): void {
    if (expireAt !== undefined && expireAt <= this.now) {
      this.delete(key);
      return;
    }
    this.setString(key, value);
    // That an earlier expiry goes is a part of the setting, and no event.
    this.setExpiry(key, expireAt, expireAt === undefined ? '' : undefined);
  }

  writeString(key: ByteString, offset: number, bytes: ByteString, event?: string): void {
    this.keyspace.apply({ kind: 'writeString', db: this.db, key, offset, bytes, ...named(event) });
  }

  /** Sets or clears the expiry of an existing key. A time that has passed deletes the key, as in Valkey. */
  setExpiry(key: ByteString, expireAt: number | undefined, event?: string): void {
    if (expireAt !== undefined && expireAt <= this.now) {
      this.keyspace.apply({ kind: 'delete', db: this.db, key });
      return;
    }
    if (this.keyspace.database(this.db).find(key)?.expireAt === expireAt) return;
    this.keyspace.apply({ kind: 'setExpiry', db: this.db, key, expireAt, ...named(event) });
  }

  /** Whether there was such a key. */
  delete(key: ByteString): boolean {
    if (!this.has(key)) return false;
    this.keyspace.apply({ kind: 'delete', db: this.db, key });
    return true;
  }

  rename(key: ByteString, to: { db: number; key: ByteString }, event?: string): void {
    this.keyspace.apply({ kind: 'rename', db: this.db, key, toDb: to.db, toKey: to.key, ...named(event) });
  }

  copy(key: ByteString, to: { db: number; key: ByteString }): void {
    this.keyspace.apply({ kind: 'copy', db: this.db, key, toDb: to.db, toKey: to.key });
  }

  flush(): void {
    if (this.size > 0) this.keyspace.apply({ kind: 'flush', db: this.db });
  }

  /** Every entry that has not expired. */
  entries(): Entry[] {
    this.expire();
    return [...this.keyspace.database(this.db).entries()];
  }

  /** See `Dictionary.scan`; what has expired is deleted and not visited. */
  scan(cursor: number, visit: (entry: Entry) => void): number {
    const visited: Entry[] = [];
    const next = this.keyspace.database(this.db).scan(cursor, (entry) => visited.push(entry));
    for (const entry of visited) {
      const live = this.peek(entry.key);
      if (live !== undefined) visit(live);
    }
    return next;
  }

  random(random: Random): Entry | undefined {
    this.expire();
    return this.keyspace.database(this.db).random(random);
  }

  /** Deletes keys and fields that have expired, the earliest first, at most so many of each. */
  expire({ keysMax, fieldsMax } = { keysMax: Infinity, fieldsMax: Infinity }): void {
    const database = this.keyspace.database(this.db);
    for (let count = 0; count < keysMax; count++) {
      const next = database.nextExpiry();
      if (next === undefined || next.expireAt > this.now) break;
      this.apply({ kind: 'delete', key: next.key, event: expired });
    }
    for (let count = 0; count < fieldsMax;) {
      const next = database.nextFieldExpiry();
      const hash = next === undefined ? undefined : database.find(next.key)?.value;
      if (next === undefined || next.expireAt > this.now || !(hash instanceof HashValue)) break;
      count += this.#expireFields(next.key, hash, fieldsMax - count);
    }
  }
}

function named(event: string | undefined): { readonly event?: string } {
  return event === undefined ? {} : { event };
}
