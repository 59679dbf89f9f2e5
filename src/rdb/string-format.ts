/**
 * Lengths and strings, of which all else is made (`rdb.h`). A length takes 1, 2, 5 or 9 bytes, by the two highest bits
 * of the first: 00 and 6 bits, 01 and 14, 10 and 32 or 64. With 11 it is none: what follows is a string in a form of
 * its own, an integer of 1, 2 or 4 bytes or compressed.
 */
import { byteStringLengthMax, fromBuffer, type ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import { ByteReader, clamp } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { RdbFormatError } from './format-error.ts';
import { decompressLzf } from './lzf.ts';

const length32 = 0x80;
const length64 = 0x81;
const integer8 = 0xc0;
const integer16 = 0xc1;
const integer32 = 0xc2;
const compressed = 0xc3;

/** The longest decimal form of an integer of 32 bits. */
const integer32LengthMax = 11;

/**
 * A length that may use all of 64 bits, as the parts of a stream's ids do.
 * @throws RdbFormatError
 */
export function readLength64(reader: ByteReader): number | bigint {
  const first = reader.byte();
  if (first < 0x40) return first;
  if (first < 0x80) return ((first & 0x3f) << 8) | reader.byte();
  if (first === length32) return reader.uint32BigEndian();
  if (first === length64) return reader.uint64BigEndian();
  throw new RdbFormatError(`there is no length where one should be: byte=${first}`);
}

/**
 * How many there are of something.
 * @throws RdbFormatError
 */
export function readLength(reader: ByteReader): number {
  return clamp(readLength64(reader));
}

/** @throws RdbFormatError */
export function readString(reader: ByteReader): ByteString {
  const first = reader.peek();
  if (first < 0x40) {
    reader.byte();
    return reader.text(first);
  }
  if (first === compressed) return fromBuffer(readBlob(reader));
  if (first >= 0xc0) return String(readEncodedInteger(reader));
  return reader.text(readStringLength(reader));
}

/**
 * A string that is no text but a structure. The bytes may be the reader's own.
 * @throws RdbFormatError
 */
export function readBlob(reader: ByteReader): Buffer {
  const first = reader.peek();
  if (first === compressed) {
    reader.byte();
    const inputLength = readStringLength(reader);
    const length = readStringLength(reader);
    reader.memory.spend(length);
    return decompressLzf(reader.bytes(inputLength), length);
  }
  if (first >= 0xc0) return Buffer.from(String(readEncodedInteger(reader)), 'latin1');
  return reader.bytes(readStringLength(reader));
}

function readStringLength(reader: ByteReader): number {
  const length = readLength(reader);
  if (length > byteStringLengthMax)
    throw new RdbFormatError(`a string is longer than any can be: length=${length}, lengthMax=${byteStringLengthMax}`);
  return length;
}

function readEncodedInteger(reader: ByteReader): number | bigint {
  const form = reader.byte();
  if (form === integer8) return reader.integer(1);
  if (form === integer16) return reader.integer(2);
  if (form === integer32) return reader.integer(4);
  throw new RdbFormatError(`a string in a form that is not known: byte=${form}`);
}

export function writeLength(writer: ByteWriter, length: number | bigint): void {
  if (length < 0x40) {
    writer.byte(Number(length));
  } else if (length < 0x4000) {
    writer.byte(0x40 | (Number(length) >> 8));
    writer.byte(Number(length) & 0xff);
  } else if (length <= 0xffff_ffff) {
    writer.byte(length32);
    writer.uint32BigEndian(Number(length));
  } else {
    writer.byte(length64);
    writer.uint64BigEndian(BigInt(length));
  }
}

export function writeString(writer: ByteWriter, text: ByteString): void {
  const integer = text.length <= integer32LengthMax ? parseInteger(text) : undefined;
  if (typeof integer === 'number' && integer === (integer | 0)) {
    writeInteger(writer, integer);
  } else {
    writeLength(writer, text.length);
    writer.text(text);
  }
}

function writeInteger(writer: ByteWriter, integer: number): void {
  if (integer === (integer << 24) >> 24) {
    writer.byte(integer8);
    writer.integer(integer, 1);
  } else if (integer === (integer << 16) >> 16) {
    writer.byte(integer16);
    writer.integer(integer, 2);
  } else {
    writer.byte(integer32);
    writer.integer(integer, 4);
  }
}

export function writeBlob(writer: ByteWriter, bytes: Uint8Array): void {
  writeLength(writer, bytes.length);
  writer.append(bytes);
}
