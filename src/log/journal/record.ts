/**
 * A record: one commit, an object that is created once and never changes. It names its parent, the record that it stands
 * on; one whose parent is not the last valid record before it is void, and all readers skip it.
 *
 * Form: `{"valthree":"record","version":1,"database":…,"number":…,"id":…,"parent":…,"node":…,"time":…,"effects":[…],
 * "checksum":"…"}`, where `"sides":[…]` stands in place of the effects if they are objects of their own. The checksum is
 * the CRC-32 of all bytes before `,"checksum"`.
 */
import type { Random } from '../../environment/environment.ts';
import type { Effect } from '../../keyspace/effect.ts';
import { crc32 } from './crc32.ts';
import { decodeEffects } from './effect-format.ts';
import {
  asCount,
  asFields,
  asList,
  asText,
  decodeBody,
  FormatError,
  parseJson,
  refuseUnknown,
  show,
} from '../format-error.ts';

const recordVersion = 1;

/** The parent of the first record of all. */
export const beginningId = 'beginning';

/** The parent of a claim (`turns.ts`). No record has this id, so that a claim is void wherever it stands. */
export const claimParent = 'claim';

export function isClaim({ parent }: Pick<Record, 'parent'>): boolean {
  return parent === claimParent;
}

export interface Record {
  readonly database: string;
  readonly number: number;
  readonly id: string;
  readonly parent: string;
  /** Who wrote it. */
  readonly node: string;
  /** Milliseconds since 1970, by the database: it never goes back from a valid record to the next. */
  readonly time: number;
  readonly content: RecordContent;
  /** In bytes. */
  readonly length: number;
}

type RecordContent =
  | { readonly kind: 'effects'; readonly effects: readonly Effect[] }
  /** In this order. */
  | { readonly kind: 'sides'; readonly objects: readonly SideObject[] };

/** Effects that are an object of their own. */
export interface SideObject {
  readonly name: string;
  readonly bytes: number;
  readonly checksum: string;
}

export interface RecordEnvelope extends Omit<Record, 'content' | 'length'> {
  /** JSON of the effects, or the objects that hold them. */
  readonly content: string | readonly SideObject[];
}

/** 96 bits, as hexadecimal digits. */
export function newId(random: Random): string {
  return [0, 1, 2].map(() => random.uint32().toString(16).padStart(8, '0')).join('');
}

/** So many digits at the beginning of a record's id are the same in all that a process writes: addresses may be shared. */
const writerDigits = 6;

/** The process that wrote the record with this id, told from others with certainty enough for what is no promise. */
export function writerOf(id: string): string {
  return id.slice(0, writerDigits);
}

/** The id of another record of this writer; 72 bits of it are chance. */
export function newIdOf(writer: string, random: Random): string {
  return writer + newId(random).slice(writerDigits);
}

export function encodeRecord({ database, number, id, parent, node, time, content }: RecordEnvelope): Buffer {
  const what = typeof content === 'string' ? `"effects":${content}` : `"sides":${JSON.stringify(content)}`;
  const text =
    `{"valthree":"record","version":${recordVersion},"database":${JSON.stringify(database)},"number":${number},` +
    `"id":"${id}","parent":"${parent}","node":${JSON.stringify(node)},"time":${time},${what}`;
  return withChecksum(Buffer.from(text, 'utf8'));
}

/** About how long what surrounds the effects is. */
export const envelopeLength = 260;

const checksumLength = ',"checksum":"01234567"}'.length;

/** Ends a JSON object, all of whose other members are there, with its checksum. */
export function withChecksum(body: Buffer): Buffer {
  return Buffer.concat([body, Buffer.from(`,"checksum":"${crc32(body)}"}`)]);
}

/**
 * A JSON object that ends with its checksum, without it.
 * @throws FormatError
 */
export function parseChecked(body: Uint8Array, kind: string, version: number): { readonly [name: string]: unknown } {
  const content = body.subarray(0, Math.max(0, body.length - checksumLength));
  const end = Buffer.from(body.subarray(content.length)).toString('latin1');
  const { valthree, version: found, checksum, ...fields } = asFields(parseJson(decodeBody(body)), 'it');
  if (valthree !== kind) throw new FormatError(`it is no ${kind} of Valthree: valthree=${show(valthree)}`);
  if (found !== version) {
    throw new FormatError(`its version is not known to this release, which knows ${version}: version=${show(found)}`);
  }
  if (checksum !== crc32(content) || end !== `,"checksum":"${checksum}"}`)
    throw new FormatError('its checksum is wrong: it was damaged or edited');
  return fields;
}

/** Whether this is what somebody has written who ended it with its checksum. */
export function hasChecksum(body: Uint8Array): boolean {
  const content = body.subarray(0, Math.max(0, body.length - checksumLength));
  const end = Buffer.from(body.subarray(content.length)).toString('latin1');
  return end === `,"checksum":"${crc32(content)}"}`;
}

export interface RecordPlace {
  readonly database: string;
  readonly number: number;
  readonly databaseCount: number;
}

/**
 * @param place where it was found, which is what it must say of itself
 * @throws FormatError
 */
export function decodeRecord(body: Uint8Array, place: RecordPlace): Record {
  const parsed = parseChecked(body, 'record', recordVersion);
  const { database, number, id, parent, node, time, effects, sides, ...rest } = parsed;
  refuseUnknown(rest, 'it');
  if (database !== place.database) throw new FormatError(`it is of another database: database=${show(database)}`);
  if (number !== place.number) throw new FormatError(`it has another number than its name: number=${show(number)}`);
  return {
    database: place.database,
    number: place.number,
    id: asText(id, 'id'),
    parent: asText(parent, 'parent'),
    node: asText(node, 'node'),
    time: asCount(time, 'time'),
    content: sides === undefined ? contentOf(effects, place) : decodeSides(sides, effects),
    length: body.length,
  };
}

function contentOf(effects: unknown, { databaseCount }: RecordPlace): RecordContent {
  return { kind: 'effects', effects: decodeEffects(effects, databaseCount) };
}

function decodeSides(value: unknown, effects: unknown): RecordContent {
  if (effects !== undefined) throw new FormatError('it has effects and side objects at once');
  return { kind: 'sides', objects: asList(value, 'sides').map(decodeSide) };
}

function decodeSide(value: unknown): SideObject {
  const { name, bytes, checksum, ...rest } = asFields(value, 'sides');
  refuseUnknown(rest, 'sides');
  return {
    name: asText(name, 'sides.name'),
    bytes: asCount(bytes, 'sides.bytes'),
    checksum: asText(checksum, 'sides.checksum'),
  };
}
