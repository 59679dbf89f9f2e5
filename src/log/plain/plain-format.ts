/**
 * The body of the one object of the `plain` layout: a JSON object that people read and edit with `jq`, and that the
 * original Go program reads and writes as long as it holds nothing but texts (`docs/store-format.md`).
 *
 * - A key and a string that are valid UTF-8, without expiry, in database 0: `"key": "value"`.
 * - Else, where the key is a text in database 0: `"key": {"type": "string", "value" | "base64": …, "expireAt": ms}`; of
 *   other types with `"elements"`, `"members"`, `"scores"` or `"fields"` in place of the value (`collection-format.ts`).
 * - All the rest is in the list `"$valthree": {"format": 1, "entries": [{"db", "key" | "keyBase64", …}]}`. A string
 *   member of that name is an ordinary key.
 *
 * Nothing that is not exactly of this form is read: somebody else's JSON is refused, never overwritten.
 */
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { Entry } from '../../keyspace/database.ts';
import type { Value } from '../../keyspace/value.ts';
import { decodeCollection, encodeCollection, isCollectionType } from '../collection-format.ts';
import { fromText, fromBuffer, toBuffer, toText, type ByteString } from '../../resp/bytes.ts';
import { FormatError, type Fields } from '../format-error.ts';

const reserved = '$valthree';
const formatVersion = 1;

/** What a body holds, by database. */
export type Image = readonly ReadonlyMap<ByteString, ImageValue>[];

interface ImageValue {
  readonly value: Value;
  readonly expireAt: number | undefined;
}

export function encodeKeyspace(keyspace: Keyspace): string {
  const members: string[] = [];
  const others: string[] = [];
  for (let db = 0; db < keyspace.databaseCount; db++) {
    for (const entry of keyspace.database(db).entries()) {
      const key = toText(entry.key);
      if (db !== 0 || key === undefined || key === reserved) others.push(encodeOther(db, key, entry));
      else members.push(`${JSON.stringify(key)}:${encodeValue(entry)}`);
    }
  }
  if (others.length > 0) members.push(`"${reserved}":{"format":${formatVersion},"entries":[${others.join(',')}]}`);
  return `{${members.join(',')}}`;
}

function encodeValue(entry: Entry): string {
  if (typeof entry.value === 'string' && entry.expireAt === undefined) {
    const text = toText(entry.value);
    if (text !== undefined) return JSON.stringify(text);
  }
  return `{${taggedFields(entry)}}`;
}

function encodeOther(db: number, key: string | undefined, entry: Entry): string {
  const name = key === undefined ? `"keyBase64":"${base64(entry.key)}"` : `"key":${JSON.stringify(key)}`;
  return `{"db":${db},${name},${taggedFields(entry)}}`;
}

function taggedFields({ value, expireAt }: Entry): string {
  const tagged = typeof value === 'string' ? taggedString(value) : encodeCollection(value);
  return expireAt === undefined ? tagged : `${tagged},"expireAt":${expireAt}`;
}

function taggedString(value: ByteString): string {
  const text = toText(value);
  return `"type":"string",${text === undefined ? `"base64":"${base64(value)}"` : `"value":${JSON.stringify(text)}`}`;
}

/**
 * @param text the whole body; white space at the end is ignored
 * @throws FormatError that names the member at fault
 */
export function decodeImage(text: string, databaseCount: number): Image {
  const image = Array.from({ length: databaseCount }, () => new Map<ByteString, ImageValue>());
  const first = image[0] as Map<ByteString, ImageValue>;
  for (const [name, member] of Object.entries(parseObject(text))) {
    if (name === reserved && typeof member === 'object') decodeOthers(member, image);
    else if (typeof member === 'string')
      place(first, bytesOf(name, name), { value: bytesOf(member, name), expireAt: undefined });
    else place(first, bytesOf(name, name), decodeTagged(asFields(member, name), name));
  }
  return image;
}

/** A key may stand as a member or among the entries, not twice: nobody could say which value is meant. */
function place(database: Map<ByteString, ImageValue>, key: ByteString, value: ImageValue): void {
  if (database.has(key)) throw new FormatError(`the same key twice: key=${JSON.stringify(key)}`);
  database.set(key, value);
}

function parseObject(text: string): Fields {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    const what = text.trim() === '' ? 'it is empty' : 'it is not valid JSON, or was cut off';
    throw new FormatError(what, { cause });
  }
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new FormatError('it is not a JSON object');
  return json as Fields;
}

function decodeOthers(member: unknown, image: readonly Map<ByteString, ImageValue>[]): void {
  const { format, entries, ...rest } = asFields(member, reserved);
  if (format !== formatVersion) {
    throw new FormatError(
      `its format version is not known to this release, which knows ${formatVersion}: format=${JSON.stringify(format)}`,
    );
  }
  if (!Array.isArray(entries)) throw new FormatError(`member has no list of entries: key="${reserved}"`);
  refuseUnknown(rest, reserved);
  for (const [index, item] of (entries as unknown[]).entries()) {
    const where = `${reserved}.entries[${index}]`;
    const { db, key, keyBase64, ...value } = asFields(item, where);
    const database = typeof db === 'number' ? image[db] : undefined;
    if (database === undefined)
      throw new FormatError(`no such database, see --databases: member=${where} db=${JSON.stringify(db)}`);
    place(database, decodeBytes(key, keyBase64, where), decodeTagged(value, where));
  }
}

function decodeTagged(fields: Fields, where: string): ImageValue {
  const { expireAt, ...tagged } = fields;
  if (expireAt !== undefined && !(Number.isSafeInteger(expireAt) && (expireAt as number) >= 0)) {
    throw new FormatError(`expireAt is not a time in milliseconds: member=${JSON.stringify(where)}`);
  }
  return { value: decodeValue(tagged, where), expireAt: expireAt as number | undefined };
}

function decodeValue(fields: Fields, where: string): Value {
  const { type, ...content } = fields;
  if (isCollectionType(type)) return decodeCollection(type, content, `member ${JSON.stringify(where)}`);
  if (type !== 'string') {
    throw new FormatError(`neither a string nor a type known to this release: member=${JSON.stringify(where)}`);
  }
  const { value, base64: encoded, ...rest } = content;
  refuseUnknown(rest, where);
  return decodeBytes(value, encoded, where);
}

function decodeBytes(text: unknown, encoded: unknown, where: string): ByteString {
  if (typeof text === 'string' && encoded === undefined) return bytesOf(text, where);
  if (typeof encoded === 'string' && text === undefined) {
    const buffer = Buffer.from(encoded, 'base64');
    if (buffer.toString('base64') === encoded) return fromBuffer(buffer);
  }
  throw new FormatError(`exactly one text or one base64 string is needed: member=${JSON.stringify(where)}`);
}

function bytesOf(text: string, where: string): ByteString {
  // A lone surrogate has no UTF-8 form; encoding it would silently change what the file says.
  if (/[\ud800-\udfff]/.test(text) && /\p{Surrogate}/u.test(text)) {
    throw new FormatError(`text with an unpaired surrogate: member=${JSON.stringify(where)}`);
  }
  return fromText(text);
}

function asFields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new FormatError(`neither a string nor a tagged object: member=${JSON.stringify(where)}`);
}

function refuseUnknown(rest: Fields, where: string): void {
  const [name] = Object.keys(rest);
  if (name !== undefined)
    throw new FormatError(`unknown field: member=${JSON.stringify(where)} field=${JSON.stringify(name)}`);
}

function base64(bytes: ByteString): string {
  return toBuffer(bytes).toString('base64');
}
