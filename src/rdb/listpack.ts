/**
 * The listpack, the form of small collections since Redis 7.0 and of the entries of streams (`listpack.c`): 4 bytes of
 * its own length, 2 of the number of elements (65535: too many to say), the elements, 255. An element is an integer or
 * a string, by its first byte; its length follows it once more, so that a server can walk backwards.
 */
import type { ByteString } from '../resp/bytes.ts';
import { parseInteger } from '../resp/integer.ts';
import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { append } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { readBlob } from './string-format.ts';

const headerBytes = 6;
const terminator = 0xff;
const countUnknown = 0xffff;

const string32 = 0xf0;
const integer16 = 0xf1;
const integer24 = 0xf2;
const integer32 = 0xf3;
const integer64 = 0xf4;

/** Takes the elements one after another. All methods throw RdbFormatError where the listpack is damaged. */
export class ListpackReader {
  readonly #reader: ByteReader;
  readonly #count: number;
  #taken = 0;

  constructor(blob: Uint8Array) {
    this.#reader = new ByteReader(blob);
    const length = this.#reader.uint32();
    this.#count = this.#reader.uint16();
    if (length !== blob.length || blob.at(-1) !== terminator || length < headerBytes + 1)
      throw new RdbFormatError(`a listpack is not as long as it says: length=${length}, bytes=${blob.length}`);
  }

  get hasMore(): boolean {
    return this.#reader.peek() !== terminator;
  }

  string(): ByteString {
    const element = this.#element();
    return typeof element === 'string' ? element : String(element);
  }

  integer(): number | bigint {
    const element = this.#element();
    const integer = typeof element === 'string' ? parseInteger(element) : element;
    if (integer === undefined) throw new RdbFormatError('a listpack has a string where an integer should be');
    return integer;
  }

  /** That there are no more elements, and as many as it says. */
  finish(): void {
    if (this.#reader.byte() !== terminator) throw new RdbFormatError('a listpack has more elements than it should');
    this.#reader.finish('a listpack');
    if (this.#count !== countUnknown && this.#count !== this.#taken)
      throw new RdbFormatError(`a listpack has not as many elements as it says: count=${this.#count}`);
  }

  #element(): ByteString | number | bigint {
    const reader = this.#reader;
    const start = reader.at;
    const element = readElement(reader);
    readBackLength(reader, reader.at - start);
    this.#taken++;
    return element;
  }
}

function readElement(reader: ByteReader): ByteString | number | bigint {
  const first = reader.byte();
  if (first < 0x80) return first;
  if (first < 0xc0) return reader.text(first & 0x3f);
  // 13 bits with a sign: shifted up to the sign of 32 and down again.
  if (first < 0xe0) return (((first << 8) | reader.byte()) << 19) >> 19;
  if (first < 0xf0) return reader.text(((first & 0x0f) << 8) | reader.byte());
  switch (first) {
    case string32:
      return reader.text(reader.uint32());
    case integer16:
      return reader.integer(2);
    case integer24:
      return reader.integer(3);
    case integer32:
      return reader.integer(4);
    case integer64:
      return reader.integer(8);
    default:
      throw new RdbFormatError(`a listpack has an element of a form that is not known: byte=${first}`);
  }
}

function readBackLength(reader: ByteReader, length: number): void {
  // Nearly all of them are one byte: no list of bytes is made for these.
  const isRight = length <= 127 ? reader.byte() === length : backLength(length).every((byte) => reader.byte() === byte);
  if (!isRight) throw new RdbFormatError('a listpack has a wrong length behind an element');
}

/**
 * The bytes that tell the length of an element of this length: seven bits each, the highest first, and the eighth bit
 * in all but the first. The limits are one less than they could be.
 */
function backLength(length: number): readonly number[] {
  if (length <= 127) return [length];
  const places = length < 16_383 ? 2 : length < 2_097_151 ? 3 : length < 268_435_455 ? 4 : 5;
  return Array.from({ length: places }, (_, index) => {
    const bits = (length >>> (7 * (places - 1 - index))) & 0x7f;
    return index === 0 ? bits : bits | 0x80;
  });
}

/**
 * Behind those that are there already.
 * @throws RdbFormatError
 */
export function readListpack(reader: ByteReader, elements: ByteString[] = []): ByteString[] {
  const listpack = new ListpackReader(readBlob(reader));
  while (listpack.hasMore) append(elements, listpack.string(), reader.memory);
  listpack.finish();
  return elements;
}

/** Takes elements, strings as integers where that is the same. */
export class ListpackWriter {
  readonly #writer = new ByteWriter();
  #count = 0;

  constructor() {
    this.#writer.uint32(0);
    this.#writer.uint16(0);
  }

  get count(): number {
    return this.#count;
  }

  /** With its end. */
  get length(): number {
    return this.#writer.length + 1;
  }

  string(text: ByteString): void {
    const integer = parseInteger(text);
    if (integer === undefined) this.#string(text);
    else this.integer(integer);
  }

  integer(value: number | bigint): void {
    const start = this.#writer.length;
    writeInteger(this.#writer, value);
    this.#end(start);
  }

  /** The whole listpack, to which nothing can be added any more. */
  finish(): Buffer {
    this.#writer.byte(terminator);
    const { bytes } = this.#writer;
    bytes.writeUInt32LE(bytes.length, 0);
    bytes.writeUInt16LE(Math.min(this.#count, countUnknown), 4);
    return bytes;
  }

  #string(text: ByteString): void {
    const writer = this.#writer;
    const start = writer.length;
    const { length } = text;
    if (length < 0x40) {
      writer.byte(0x80 | length);
    } else if (length < 0x1000) {
      writer.byte(0xe0 | (length >> 8));
      writer.byte(length & 0xff);
    } else {
      writer.byte(string32);
      writer.uint32(length);
    }
    writer.text(text);
    this.#end(start);
  }

  #end(start: number): void {
    const length = this.#writer.length - start;
    for (const byte of backLength(length)) this.#writer.byte(byte);
    this.#count++;
  }
}

function writeInteger(writer: ByteWriter, value: number | bigint): void {
  if (value >= 0 && value < 0x80) {
    writer.byte(Number(value));
  } else if (value >= -0x1000 && value < 0x1000) {
    writer.byte(0xc0 | ((Number(value) >> 8) & 0x1f));
    writer.byte(Number(value) & 0xff);
  } else if (value >= -0x8000 && value < 0x8000) {
    writer.byte(integer16);
    writer.integer(Number(value), 2);
  } else if (value >= -0x80_0000 && value < 0x80_0000) {
    writer.byte(integer24);
    writer.integer(Number(value), 3);
  } else if (value >= -0x8000_0000 && value < 0x8000_0000) {
    writer.byte(integer32);
    writer.integer(Number(value), 4);
  } else {
    writer.byte(integer64);
    writer.int64(BigInt(value));
  }
}
