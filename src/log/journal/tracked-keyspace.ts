/** Notes of all databases of a keyspace which record has changed what: see `TrackedDatabase`. */
import type { Database } from '../../keyspace/database.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Manifest } from './manifest.ts';
import { TrackedDatabase } from './tracked-database.ts';

/** The keyspace is what the log is up to this record; what it was before is not known. */
export function track(keyspace: Keyspace, number: number, manifest: Manifest | undefined): void {
  for (let db = 0; db < keyspace.databaseCount; db++) {
    const parts = manifest?.databases.find((one) => one.db === db)?.parts;
    new TrackedDatabase(keyspace.database(db), parts?.length).noteRecord(number);
  }
}

/** The keyspace is now what the log is up to this record. To be called after every one, whoever wrote it. */
export function noteRecord(keyspace: Keyspace, number: number): void {
  for (let db = 0; db < keyspace.databaseCount; db++) trackedOf(keyspace.database(db)).noteRecord(number);
}

export function trackedOf(database: Database): TrackedDatabase {
  const { observer } = database;
  // One that has come with a flush counts as changed by the record that holds the flush.
  return observer instanceof TrackedDatabase ? observer : new TrackedDatabase(database);
}
