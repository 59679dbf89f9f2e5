/**
 * What an RDB file consists of (`rdb.c`): the magic word and the version, then items, each behind a byte that tells
 * what it is: what is known beside the keys, the keys with what is known of each before it, and the end.
 */
import type { ByteString } from '../resp/bytes.ts';
import type { ByteReader } from './byte-reader.ts';
import { RdbFormatError } from './format-error.ts';
import { skipModuleAux, skipModuleValue } from './module-format.ts';
import { readLength, readString } from './string-format.ts';
import { isKnownVersion, rdbOpcodes, rdbTypes, rdbVersionValkey9 } from './types.ts';
import { isEmpty, type RdbValue } from './value.ts';
import { valueReader } from './value-format.ts';

export type RdbItem =
  /** The keys that follow are in this database. */
  | { readonly kind: 'selectDb'; readonly db: number }
  /** How many keys of the database follow, and how many of them expire: a hint. */
  | { readonly kind: 'resizeDb'; readonly keys: number; readonly expiring: number }
  /** A fact about the file or the server that wrote it. */
  | { readonly kind: 'aux'; readonly name: ByteString; readonly value: ByteString }
  | RdbKey
  /** A key that holds nothing, which old servers have left behind by mistake: it is not there. */
  | { readonly kind: 'emptyKey'; readonly db: number; readonly key: ByteString }
  /** A key whose value only a module can read: it is passed over. */
  | { readonly kind: 'moduleKey'; readonly db: number; readonly key: ByteString; readonly module: string }
  /** What a module keeps beside the keys: it is passed over. */
  | { readonly kind: 'moduleAux'; readonly module: string }
  /** The source of a library of functions. */
  | { readonly kind: 'function'; readonly code: ByteString }
  /** Facts about the slots of a cluster: they are passed over. */
  | { readonly kind: 'slots' }
  | { readonly kind: 'end' };

export interface RdbKey {
  readonly kind: 'key';
  readonly db: number;
  readonly key: ByteString;
  readonly value: RdbValue;
  /** Milliseconds since 1970. */
  readonly expireAt: number | undefined;
  /** Since it was last used, where the server's policy was LRU. */
  readonly idleSeconds: number | undefined;
  /** From 0 to 255, where the policy was LFU. */
  readonly frequency: number | undefined;
}

/** In place of an expiry: there is none. */
const never = -1;

/**
 * The version.
 * @throws RdbFormatError where this is no RDB file or one of a version that is not known
 */
export function readHeader(reader: ByteReader): number {
  const header = reader.text(9);
  const [, magic, digits] = /^(REDIS(?=\d{4})|VALKEY)(\d{3,4})$/.exec(header) ?? [];
  if (digits === undefined) throw new RdbFormatError('it is not an RDB file: it does not begin with REDIS or VALKEY');
  const version = Number(digits);
  const isValkeys = version === rdbVersionValkey9;
  if (version === 0 || !isKnownVersion(version) || isValkeys !== (magic === 'VALKEY'))
    throw new RdbFormatError(`it is of a version that is not known: header=${header}`);
  return version;
}

/**
 * The next item, in the database that was selected last.
 * @throws RdbFormatError
 */
export function readItem(reader: ByteReader, version: number, db: number): RdbItem {
  const opcode = reader.byte();
  switch (opcode) {
    case rdbOpcodes.selectDb:
      return { kind: 'selectDb', db: readLength(reader) };
    case rdbOpcodes.resizeDb:
      return { kind: 'resizeDb', keys: readLength(reader), expiring: readLength(reader) };
    case rdbOpcodes.aux:
      return { kind: 'aux', name: readString(reader), value: readString(reader) };
    case rdbOpcodes.function:
      return { kind: 'function', code: readString(reader) };
    case rdbOpcodes.functionPreview:
      throw new RdbFormatError('it has functions in a form of before the release of Redis 7.0');
    case rdbOpcodes.moduleAux:
      return { kind: 'moduleAux', module: skipModuleAux(reader) };
    case rdbOpcodes.slotInfo:
      return skipSlotInfo(reader);
    case rdbOpcodes.end:
      return { kind: 'end' };
    default:
      if (opcode === rdbOpcodes.slotImport && version === rdbVersionValkey9) return skipSlotImport(reader);
      return readKey(reader, opcode, version, db);
  }
}

/** A slot, how many keys are in it, and how many of them expire. */
function skipSlotInfo(reader: ByteReader): RdbItem {
  for (let i = 0; i < 3; i++) readLength(reader);
  return { kind: 'slots' };
}

/** The name of a migration that is under way, and the first and last slots of each range that it is about. */
function skipSlotImport(reader: ByteReader): RdbItem {
  readString(reader);
  for (let left = readLength(reader); left > 0; left--) {
    readLength(reader);
    readLength(reader);
  }
  return { kind: 'slots' };
}

function readKey(reader: ByteReader, first: number, version: number, db: number): RdbItem {
  let expireAt: number | undefined;
  let idleSeconds: number | undefined;
  let frequency: number | undefined;
  for (let opcode = first; ; opcode = reader.byte()) {
    switch (opcode) {
      case rdbOpcodes.expireAtMs:
        expireAt = reader.time();
        if (expireAt === never) expireAt = undefined;
        break;
      case rdbOpcodes.expireAtSeconds:
        expireAt = Number(reader.integer(4)) * 1000;
        break;
      case rdbOpcodes.idle:
        idleSeconds = readLength(reader);
        break;
      case rdbOpcodes.frequency:
        frequency = reader.byte();
        break;
      default: {
        const read = valueReader(opcode, version);
        const key = readString(reader);
        if (opcode === rdbTypes.module) return { kind: 'moduleKey', db, key, module: skipModuleValue(reader) };
        const value = read(reader);
        if (isEmpty(value)) return { kind: 'emptyKey', db, key };
        return { kind: 'key', db, key, value, expireAt, idleSeconds, frequency };
      }
    }
  }
}
