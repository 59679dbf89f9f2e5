/** The list of a snapshot's parts, and a part: the effects that make its keys out of nothing. */
import type { Effect } from '../../keyspace/effect.ts';
import { decodeEffects } from './effect-format.ts';
import { asCount, asFields, asList, asText, FormatError, refuseUnknown, show, type Fields } from '../format-error.ts';
import { parseChecked, withChecksum } from './record.ts';

const manifestVersion = 1;
const partVersion = 1;

/** An object that holds a part, or some of it. */
export interface PartObject {
  readonly name: string;
  /** As stored. */
  readonly bytes: number;
  /** As JSON, before it was compressed. */
  readonly length: number;
  /** CRC-32 of what is stored. */
  readonly checksum: string;
}

/** Where a part is. */
export interface PartReference extends PartObject {
  /** In all of its objects. */
  readonly keys: number;
  /** What has no room in the first object. */
  readonly more: readonly PartObject[];
}

export interface Manifest {
  readonly database: string;
  /** The last record that it includes, and the id of the last valid one by then. */
  readonly number: number;
  readonly id: string;
  /** The time of that record. */
  readonly time: number;
  readonly databases: readonly DatabaseParts[];
}

export interface NamedManifest extends Manifest {
  /** Of the object. */
  readonly name: string;
}

export interface DatabaseParts {
  readonly db: number;
  /** The key with the hash h is in the part `h mod parts.length`; their number is a power of two. */
  readonly parts: readonly PartReference[];
}

export function objectsOf(reference: PartReference): readonly PartObject[] {
  return [reference, ...reference.more];
}

/** How long all parts are, as JSON. */
export function lengthOf(databases: readonly DatabaseParts[]): number {
  const objects = databases.flatMap(({ parts }) => parts.flatMap(objectsOf));
  return objects.reduce((sum, { length }) => sum + length, 0);
}

export function keysOf(databases: readonly DatabaseParts[]): number {
  return databases.reduce((sum, { parts }) => sum + parts.reduce((all, { keys }) => all + keys, 0), 0);
}

export function encodeManifest(manifest: Manifest): Buffer {
  const { database, number, id, time, databases } = manifest;
  const written = databases.map(({ db, parts }) => ({ db, parts: parts.map(encodeReference) }));
  const json = { valthree: 'snapshot', version: manifestVersion, database, number, id, time, databases: written };
  return withChecksum(Buffer.from(JSON.stringify(json).slice(0, -1), 'utf8'));
}

/** @throws FormatError */
export function decodeManifest(body: Uint8Array, wanted: { database: string; databaseCount: number }): Manifest {
  const { database, number, id, time, databases, ...rest } = parseChecked(body, 'snapshot', manifestVersion);
  refuseUnknown(rest, 'it');
  if (database !== wanted.database) throw new FormatError(`it is of another database: database=${show(database)}`);
  return {
    database: wanted.database,
    number: asCount(number, 'number'),
    id: asText(id, 'id'),
    time: asCount(time, 'time'),
    databases: asList(databases, 'databases').map((item) => decodeDatabase(item, wanted.databaseCount)),
  };
}

function decodeDatabase(value: unknown, databaseCount: number): DatabaseParts {
  const { db, parts, ...rest } = asFields(value, 'databases');
  refuseUnknown(rest, 'databases');
  const number = asCount(db, 'db');
  if (number >= databaseCount)
    throw new FormatError(`it has a database that this node does not, see --databases: db=${number}`);
  const references = asList(parts, 'parts').map(decodeReference);
  const count = references.length;
  if (count === 0 || (count & (count - 1)) !== 0)
    throw new FormatError(`the number of parts is no power of two: db=${number}`);
  return { db: number, parts: references };
}

function encodeReference({ name, bytes, length, keys, checksum, more }: PartReference): object {
  return { name, bytes, length, keys, checksum, ...(more.length === 0 ? {} : { more }) };
}

function decodeReference(value: unknown): PartReference {
  const { keys, more, ...object } = asFields(value, 'parts');
  return {
    ...decodeObject(object),
    keys: asCount(keys, 'parts.keys'),
    more:
      more === undefined ? [] : asList(more, 'parts.more').map((item) => decodeObject(asFields(item, 'parts.more'))),
  };
}

function decodeObject({ name, bytes, length, checksum, ...rest }: Fields): PartObject {
  refuseUnknown(rest, 'parts');
  return {
    name: asText(name, 'parts.name'),
    bytes: asCount(bytes, 'parts.bytes'),
    length: asCount(length, 'parts.length'),
    checksum: asText(checksum, 'parts.checksum'),
  };
}

export interface Part {
  readonly database: string;
  readonly db: number;
  /** Which one of how many. */
  readonly part: number;
  readonly of: number;
}

/** @param effects as JSON */
export function encodePart({ database, db, part, of }: Part, effects: string): Buffer {
  const start = `{"valthree":"part","version":${partVersion},"database":${JSON.stringify(database)},"db":${db},`;
  return withChecksum(Buffer.from(`${start}"part":${part},"of":${of},"effects":${effects}`, 'utf8'));
}

/** @throws FormatError */
export function decodePart(body: Uint8Array, wanted: Part, databaseCount: number): readonly Effect[] {
  const { database, db, part, of, effects, ...rest } = parseChecked(body, 'part', partVersion);
  refuseUnknown(rest, 'it');
  const found = { database, db, part, of };
  for (const name of ['database', 'db', 'part', 'of'] as const) {
    if (found[name] !== wanted[name]) throw new FormatError(`it is another part: ${name}=${show(found[name])}`);
  }
  return decodeEffects(effects, databaseCount);
}
