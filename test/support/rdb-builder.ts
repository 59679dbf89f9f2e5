/**
 * Builds RDB files, DUMP payloads and the structures in them from the description of the format, by hand and without
 * any of the code that reads them: what old servers have written, and what nobody would.
 */
import type { ByteString } from '../../src/resp/bytes.ts';

export type Bytes = ByteString;

/** The low bytes of an integer, lowest first. */
export function littleEndian(value: number | bigint, byteCount: number): Bytes {
  const bits = BigInt.asUintN(8 * byteCount, BigInt(value));
  let bytes = '';
  for (let i = 0n; i < byteCount; i++) bytes += String.fromCharCode(Number((bits >> (8n * i)) & 255n));
  return bytes;
}

export function bigEndian(value: number | bigint, byteCount: number): Bytes {
  return Array.from(littleEndian(value, byteCount)).reverse().join('');
}

export function byte(...values: number[]): Bytes {
  return String.fromCharCode(...values);
}

/** Bit by bit, as the polynomial is defined. */
export function naiveCrc64(bytes: Bytes): bigint {
  let crc = 0n;
  for (let i = 0; i < bytes.length; i++) {
    crc ^= BigInt(bytes.charCodeAt(i));
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1n) === 0n ? crc >> 1n : (crc >> 1n) ^ 0x95ac9329ac4bc9b5n;
  }
  return crc;
}

export function length(value: number | bigint): Bytes {
  if (value < 64) return byte(Number(value));
  if (value < 16_384) return bigEndian(0x4000 + Number(value), 2);
  if (value < 2 ** 32) return byte(0x80) + bigEndian(value, 4);
  return byte(0x81) + bigEndian(value, 8);
}

export function string(text: Bytes): Bytes {
  return length(text.length) + text;
}

/** In the compressed form, which also has a way to say bytes as they are, and a run of one byte. */
export function compressedString(...parts: (Bytes | { readonly byte: Bytes; readonly times: number })[]): Bytes {
  let input = '';
  let textLength = 0;
  for (const part of parts) {
    if (typeof part === 'string') {
      textLength += part.length;
      for (let at = 0; at < part.length; at += 32) {
        const piece = part.slice(at, at + 32);
        input += byte(piece.length - 1) + piece;
      }
    } else {
      textLength += part.times;
      input += byte(0) + part.byte;
      // The rest refers to the byte before, which is at offset 0.
      for (let left = part.times - 1; left > 0;) {
        const count = left >= 264 && left !== 265 && left !== 266 ? 264 : Math.min(left, 261);
        if (count < 9) throw new Error('a run of that length is not supported');
        input += byte(0xe0, count - 9, 0);
        left -= count;
      }
    }
  }
  return byte(0xc3) + length(input.length) + length(textLength) + input;
}

/** The form and data of an entry of a ziplist. */
function ziplistEntry(value: Bytes | number | bigint): Bytes {
  if (typeof value === 'string') {
    if (value.length < 64) return byte(value.length) + value;
    if (value.length < 16_384) return bigEndian(0x4000 + value.length, 2) + value;
    return byte(0x80) + bigEndian(value.length, 4) + value;
  }
  if (value >= 0 && value <= 12) return byte(0xf1 + Number(value));
  if (value >= -128 && value < 128) return byte(0xfe) + littleEndian(value, 1);
  if (value >= -(2 ** 15) && value < 2 ** 15) return byte(0xc0) + littleEndian(value, 2);
  if (value >= -(2 ** 23) && value < 2 ** 23) return byte(0xf0) + littleEndian(value, 3);
  if (value >= -(2 ** 31) && value < 2 ** 31) return byte(0xd0) + littleEndian(value, 4);
  return byte(0xe0) + littleEndian(value, 8);
}

export function ziplist(...values: (Bytes | number | bigint)[]): Bytes {
  let entries = '';
  let before = 0;
  let last = 10;
  for (const value of values) {
    const entry = (before < 254 ? byte(before) : byte(254) + littleEndian(before, 4)) + ziplistEntry(value);
    last = 10 + entries.length;
    before = entry.length;
    entries += entry;
  }
  return (
    littleEndian(11 + entries.length, 4) +
    littleEndian(last, 4) +
    littleEndian(Math.min(values.length, 0xffff), 2) +
    entries +
    byte(255)
  );
}

/** The elements are complete but for their length behind them. */
export function listpack(...elements: Bytes[]): Bytes {
  const body = elements.map((element) => element + byte(element.length)).join('');
  return littleEndian(7 + body.length, 4) + littleEndian(elements.length, 2) + body + byte(255);
}

/** A short string in a listpack. */
export function packed(text: Bytes): Bytes {
  return byte(0x80 + text.length) + text;
}

/** Any integer in a listpack. */
export function packedInteger(value: number | bigint): Bytes {
  return byte(0xf4) + littleEndian(value, 8);
}

/** Each with so many unused bytes behind its value. */
export function zipmap(unused: number, ...pairs: (readonly [Bytes, Bytes])[]): Bytes {
  const zipmapLength = (text: Bytes): Bytes =>
    text.length < 254 ? byte(text.length) : byte(254) + littleEndian(text.length, 4);
  const body = pairs.map(
    ([field, value]) => zipmapLength(field) + field + zipmapLength(value) + byte(unused) + value + 'u'.repeat(unused),
  );
  return byte(Math.min(pairs.length, 254)) + body.join('') + byte(255);
}

export function intset(width: 2 | 4 | 8, ...integers: (number | bigint)[]): Bytes {
  return (
    littleEndian(width, 4) +
    littleEndian(integers.length, 4) +
    integers.map((integer) => littleEndian(integer, width)).join('')
  );
}

export function dump(version: number, type: number, value: Bytes): Bytes {
  const bytes = byte(type) + value + littleEndian(version, 2);
  return bytes + littleEndian(naiveCrc64(bytes), 8);
}

/** A whole file of these items, with its checksum. */
export function file(version: number, ...items: Bytes[]): Bytes {
  const magic = version < 80 ? `REDIS${String(version).padStart(4, '0')}` : `VALKEY${String(version).padStart(3, '0')}`;
  const bytes = magic + items.join('') + byte(255);
  return version < 5 ? bytes : bytes + littleEndian(naiveCrc64(bytes), 8);
}

export function key(type: number, name: Bytes, value: Bytes): Bytes {
  return byte(type) + string(name) + value;
}
