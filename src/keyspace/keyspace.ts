/**
 * The keyspace: every database of a node, in memory. It changes only by effects. While a recording is on, each effect
 * is noted together with its inverses, so that the engine can commit the ones and, after a conflict, apply the others.
 *
 * Invariant: `rollback(recording)` right after the recorded effects leaves the keyspace as it was before them; the
 * same effects applied to equal keyspaces leave equal keyspaces.
 */
import type { ByteString } from '../resp/bytes.ts';
import { Database, type AccessClock } from './database.ts';
import { takesElements, type Effect, type ElementEffect } from './effect.ts';
import { eventsOf, overwritten, type KeyEvent } from './event.ts';
import type { Inverse } from './inverse.ts';
import { emptyDatabaseMemory, entryMemory, expiryMemory } from './memory.ts';
import { canonical } from './contents.ts';
import { Watches, type Watch } from './watches.ts';

/** Effects in the order of their application, and what undoes them. */
export interface Recording {
  readonly effects: Effect[];
  readonly inverses: Inverse[];
  /** The watches that they have tripped. */
  readonly tripped: Watch[];
  /** What keyspace notifications tell of them, if anybody listens. */
  readonly events: KeyEvent[];
}

/** How far a recording had come at some time. */
export interface RecordingMark {
  readonly effects: number;
  readonly inverses: number;
  readonly tripped: number;
  readonly events: number;
}

const beginning: RecordingMark = { effects: 0, inverses: 0, tripped: 0, events: 0 };

export function newRecording(): Recording {
  return { effects: [], inverses: [], tripped: [], events: [] };
}

export function markOf({ effects, inverses, tripped, events }: Recording): RecordingMark {
  return { effects: effects.length, inverses: inverses.length, tripped: tripped.length, events: events.length };
}

export class Keyspace {
  readonly watches = new Watches();
  /**
   * Who is told of the events of effects that are not recorded, as they are those of commits; those of a recording are
   * in it. Where there is none, no events are made.
   */
  eventSink: ((event: KeyEvent) => void) | undefined;
  readonly accessClock: AccessClock;
  readonly #databases: Database[];
  #recording: Recording | undefined;
  /** A deletion that the next effect goes on from (`event.ts`). */
  #overwritten: Effect | undefined;

  /** @param accessClock that of the keyspace whose place it may take (`become`) */
  constructor(databaseCount = 16, accessClock: AccessClock = { seconds: 0 }) {
    this.accessClock = accessClock;
    this.#databases = Array.from({ length: databaseCount }, () => new Database(this.accessClock));
  }

  get databaseCount(): number {
    return this.#databases.length;
  }

  /** The number of keys in all databases. */
  get size(): number {
    let size = 0;
    for (const database of this.#databases) size += database.size;
    return size;
  }

  /** What all keys and values take, in bytes (`memory.ts`). */
  get memory(): number {
    let memory = this.emptyMemory;
    for (const database of this.#databases) memory += database.memory;
    return memory;
  }

  /** What it takes while it holds nothing. */
  get emptyMemory(): number {
    return this.#databases.length * emptyDatabaseMemory;
  }

  /** The part of `memory` that is neither a key's bytes nor a value's. */
  get memoryOverhead(): number {
    let overhead = this.emptyMemory;
    for (const { size, expiringCount } of this.#databases)
      overhead += size * entryMemory + expiringCount * expiryMemory;
    return overhead;
  }

  /** @param index below `databaseCount` */
  database(index: number): Database {
    const database = this.#databases[index];
    if (database === undefined) throw new RangeError(`no such database: index=${index}`);
    return database;
  }

  /** Notes every effect from now on in this recording, or in none. */
  record(recording: Recording | undefined): void {
    this.#recording = recording;
    this.watches.noteTripped(recording?.tripped);
  }

  apply(effect: Effect): void {
    const recording = this.#recording;
    recording?.effects.push(effect);
    if (this.eventSink === undefined) this.#apply(effect, recording?.inverses);
    else this.#applyTelling(effect, recording, this.eventSink);
  }

  /** A command has read a key that is not there, which keyspace notifications tell. */
  noteMiss(db: number, key: ByteString): void {
    if (this.eventSink !== undefined) this.#recording?.events.push({ db, key, name: 'keymiss', class: 'm' });
  }

  #apply(effect: Effect, inverses: Inverse[] | undefined): void {
    const { db } = effect;
    const database = this.database(db);
    switch (effect.kind) {
      case 'setString':
        inverses?.push(database.imageOf(db, effect.key));
        database.setValue(effect.key, effect.value);
        this.watches.touch(db, effect.key);
        break;
      case 'writeString':
        inverses?.push(database.imageOf(db, effect.key));
        database.writeString(effect.key, effect.offset, effect.bytes);
        this.watches.touch(db, effect.key);
        break;
      case 'setExpiry':
        inverses?.push(database.imageOf(db, effect.key));
        database.setExpiry(effect.key, effect.expireAt);
        this.watches.touch(db, effect.key);
        break;
      case 'delete':
        inverses?.push(database.imageOf(db, effect.key));
        database.delete(effect.key);
        this.watches.touch(db, effect.key);
        break;
      case 'rename':
        // To itself: what was moved there is not to be deleted.
        if (effect.db === effect.toDb && effect.key === effect.toKey) break;
        this.#transfer(effect, inverses);
        inverses?.push(database.imageOf(db, effect.key));
        database.delete(effect.key);
        this.watches.touch(db, effect.key);
        break;
      case 'copy':
        this.#transfer(effect, inverses);
        break;
      case 'flush':
        inverses?.push({ kind: 'databases', databases: [...this.#databases] });
        this.#replace(db, new Database(this.accessClock));
        break;
      case 'swap':
        inverses?.push({ kind: 'databases', databases: [...this.#databases] });
        for (const moved of [database, this.database(effect.withDb)]) moved.observer?.beforeMove();
        this.#replace(db, this.database(effect.withDb));
        this.#replace(effect.withDb, database);
        break;
      default:
        this.#changeElements(effect, inverses);
    }
  }

  #changeElements(effect: ElementEffect, inverses: Inverse[] | undefined): void {
    this.database(effect.db).changeElements(effect, inverses);
    this.watches.touch(effect.db, effect.key);
  }

  /** Also says that it has made its key, or taken the last element out. */
  #applyTelling(effect: Effect, recording: Recording | undefined, sink: (event: KeyEvent) => void): void {
    const tell = recording === undefined ? sink : (event: KeyEvent): unknown => recording.events.push(event);
    const [main, ...others] = eventsOf(effect);
    const last = others.at(-1) ?? main;
    // Valkey deletes what is at the destination of a key first, and so tells of it as new.
    const replaces = effect.kind === 'rename' || effect.kind === 'copy';
    const isNew = last !== undefined && (replaces || this.#isNew(last));
    this.#overwritten = 'event' in effect && effect.event === overwritten ? effect : undefined;
    this.#apply(effect, recording?.inverses);
    if (main === undefined) return;
    const isThere = this.database(main.db).find(main.key) !== undefined;
    if (isNew) tell({ ...last, name: 'new', class: 'n' });
    tell(main);
    for (const event of others) tell(event);
    if (takesElements(effect) && !isThere) tell({ ...main, name: 'del', class: 'g' });
  }

  #isNew({ db, key }: KeyEvent): boolean {
    if (this.database(db).find(key) !== undefined) return false;
    const before = this.#overwritten;
    return before?.db !== db || !('key' in before) || before.key !== key;
  }

  /** Takes over all that another keyspace holds, which nobody uses any more. Not while a recording is on. */
  become(other: Keyspace): void {
    for (let db = 0; db < this.databaseCount; db++) this.#replace(db, other.database(db));
  }

  /** Runs this; where it throws, what it did to the keyspace is undone. Only while a recording is on. */
  attempt<T>(run: () => T): T {
    const recording = this.#recording;
    if (recording === undefined) throw new Error('nothing can be undone without a recording');
    const before = markOf(recording);
    try {
      return run();
    } catch (cause) {
      this.rollback(recording, before);
      throw cause;
    }
  }

  /**
   * Undoes all that was recorded, last first, down to this mark (default: everything), and forgets it. Watches that it
   * had tripped watch again: what they saw has not happened.
   */
  rollback(recording: Recording, to = beginning): void {
    for (let i = recording.inverses.length - 1; i >= to.inverses; i--) this.#undo(recording.inverses[i] as Inverse);
    for (let i = to.tripped; i < recording.tripped.length; i++) (recording.tripped[i] as Watch).tripped = false;
    recording.inverses.length = to.inverses;
    recording.effects.length = to.effects;
    recording.tripped.length = to.tripped;
    recording.events.length = to.events;
  }

  #undo(inverse: Inverse): void {
    const { observer } = this.watches;
    if (inverse.kind === 'databases') {
      for (const [db, database] of inverse.databases.entries()) {
        if (this.#databases[db] === database) continue;
        database.observer?.beforeMove();
        this.#databases[db] = database;
        observer?.touchWhere(db, (key) => database.find(key) !== undefined);
      }
      return;
    }
    if (inverse.kind === 'key') this.database(inverse.db).restore(inverse);
    else this.database(inverse.db).changeElements(inverse, undefined);
    observer?.touch(inverse.db, inverse.key);
  }

  /** Touches the keys that were there or are there now: the others are missing as before. */
  #replace(db: number, database: Database): void {
    const before = this.database(db);
    this.#databases[db] = database;
    this.watches.touchWhere(db, (key) => before.find(key) !== undefined || database.find(key) !== undefined);
  }

  #transfer(effect: Effect & { kind: 'rename' | 'copy' }, inverses: Inverse[] | undefined): void {
    const from = this.database(effect.db).imageOf(effect.db, effect.key);
    if (from.value === undefined) throw new Error(`effect on a missing key: kind=${effect.kind}`);
    const target = this.database(effect.toDb);
    const value = effect.kind === 'copy' && typeof from.value !== 'string' ? from.value.clone() : from.value;
    inverses?.push(target.imageOf(effect.toDb, effect.toKey));
    target.restore({ ...from, value, db: effect.toDb, key: effect.toKey });
    this.watches.touch(effect.toDb, effect.toKey);
  }

  /** Everything that the keyspace holds, in a canonical order: equal dumps mean equal keyspaces. For tests. */
  dump(): readonly (readonly [db: number, key: ByteString, value: unknown, expireAt: number | undefined])[] {
    return this.#databases.flatMap((database, db) =>
      [...database.entries()]
        .map((entry) => [db, entry.key, canonical(entry.value), entry.expireAt] as const)
        .sort(([, a], [, b]) => (a < b ? -1 : 1)),
    );
  }
}
