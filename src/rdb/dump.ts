/**
 * What DUMP answers and RESTORE takes (`cluster.c`): the type of the value and the value as in an RDB file, 2 bytes of
 * the version of that format, 8 of the CRC-64 of all before it.
 *
 * A server refuses a payload of a version above its own (Redis 5 and 6: 9, Redis 7.0: 10, Redis 7.2, Valkey 7.2 and 8:
 * 11, Redis 7.4: 12, Valkey 9: 80), and takes those below; but Valkey 9 refuses 12 to 79, which are Redis' own. So what
 * we write is of version 10, in forms that Redis 7.0 knows: all later servers take it, of either family. Only what
 * that cannot say is of a higher one: a stream whose consumers were seen after they were active (11, as Valkey 8
 * writes), and a hash of which fields expire (80, as Valkey 9 writes).
 */
import { fromBuffer, toBuffer, type ByteString } from '../resp/bytes.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter, TooLong } from './byte-writer.ts';
import { crc64 } from './crc64.ts';
import { RdbFormatError } from './format-error.ts';
import { defaultEncodingLimits, type EncodingLimits } from './limits.ts';
import { unlimitedMemory } from './memory-budget.ts';
import { isKnownVersion } from './types.ts';
import { isEmpty, type RdbValue } from './value.ts';
import { valueReader, writeValue } from './value-format.ts';

const versionBytes = 2;
const footerBytes = versionBytes + 8;
/** What a payload has beside the value: its type before it, the footer behind. */
export const dumpFrameBytes = 1 + footerBytes;

/** The payload; `undefined` where it would be longer than a byte string can be. */
export function encodeDump(value: RdbValue, limits: EncodingLimits = defaultEncodingLimits): ByteString | undefined {
  const writer = new ByteWriter();
  try {
    writer.uint16(writeValue(writer, value, limits));
    const { low, high } = crc64(writer.bytes);
    writer.integer(low, 4);
    writer.integer(high, 4);
    return fromBuffer(writer.bytes);
  } catch (error) {
    if (error instanceof TooLong) return undefined;
    throw error;
  }
}

/** A payload that is of a known version and whole; what it holds may be damaged yet. */
export interface SealedDump {
  readonly version: number;
  /** Type and value. */
  readonly content: Uint8Array;
}

/** Cheap, however much the value is; `undefined`: its version is not known or its checksum is wrong. */
export function checkDump(payload: ByteString): SealedDump | undefined {
  const bytes = toBuffer(payload);
  if (bytes.length < footerBytes) return undefined;
  const versionAt = bytes.length - footerBytes;
  const checksumAt = versionAt + versionBytes;
  const version = bytes.readUInt16LE(versionAt);
  const { low, high } = crc64(bytes.subarray(0, checksumAt));
  const isWhole = bytes.readInt32LE(checksumAt) === low && bytes.readInt32LE(checksumAt + 4) === high;
  return isKnownVersion(version) && isWhole ? { version, content: bytes.subarray(0, versionAt) } : undefined;
}

type DecodedValue =
  | { readonly kind: 'value'; readonly value: RdbValue }
  /** It cannot be read, for this reason. */
  | { readonly kind: 'badValue'; readonly reason: string };

/** @param memory what the value may take while it is read */
export function decodeSealed({ version, content }: SealedDump, memory = unlimitedMemory): DecodedValue {
  const reader = new ByteReader(content, memory);
  try {
    const value = valueReader(reader.byte(), version)(reader);
    reader.finish('the value');
    if (isEmpty(value)) throw new RdbFormatError(`a ${value.kind} of nothing`);
    return { kind: 'value', value };
  } catch (error) {
    if (error instanceof RdbFormatError) return { kind: 'badValue', reason: error.message };
    throw error;
  }
}

export type DecodedDump = DecodedValue | { readonly kind: 'badFooter' };

export function decodeDump(payload: ByteString): DecodedDump {
  const sealed = checkDump(payload);
  return sealed === undefined ? { kind: 'badFooter' } : decodeSealed(sealed);
}
