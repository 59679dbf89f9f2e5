/**
 * Lists: plain, as one ziplist, as a list of ziplists (Redis 3.2) or of listpacks (Redis 7.0), in which an element that
 * would fill a listpack alone stands by itself.
 */
import { fromBuffer, type ByteString } from '../resp/bytes.ts';
import type { ByteReader } from './byte-reader.ts';
import type { ByteWriter } from './byte-writer.ts';
import { append } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import type { EncodingLimits } from './limits.ts';
import { ListpackWriter, readListpack } from './listpack.ts';
import { readBlob, readLength, readString, writeBlob, writeLength } from './string-format.ts';
import type { RdbValue } from './value.ts';
import { readZiplist } from './ziplist.ts';

const container = { plain: 1, packed: 2 } as const;

export function readList(reader: ByteReader): RdbValue {
  const elements: ByteString[] = [];
  for (let left = readLength(reader); left > 0; left--) append(elements, readString(reader), reader.memory);
  return { kind: 'list', elements };
}

export function readListZiplist(reader: ByteReader): RdbValue {
  return { kind: 'list', elements: readZiplist(reader) };
}

export function readListOfZiplists(reader: ByteReader): RdbValue {
  const elements: ByteString[] = [];
  for (let left = readLength(reader); left > 0; left--) readZiplist(reader, elements);
  return { kind: 'list', elements };
}

export function readListOfListpacks(reader: ByteReader): RdbValue {
  const elements: ByteString[] = [];
  for (let left = readLength(reader); left > 0; left--) {
    const kind = readLength(reader);
    if (kind === container.plain) append(elements, fromBuffer(readBlob(reader)), reader.memory);
    else if (kind === container.packed) readListpack(reader, elements);
    else throw new RdbFormatError(`a list has a node of a kind that is not known: kind=${kind}`);
  }
  return { kind: 'list', elements };
}

export function writeListOfListpacks(
  writer: ByteWriter,
  elements: readonly ByteString[],
  { listMaxListpackSize }: EncodingLimits,
): void {
  const fill = nodeFill(listMaxListpackSize);
  const nodes: (ListpackWriter | ByteString)[] = [];
  let tail: ListpackWriter | undefined;
  for (const element of elements) {
    if (element.length > fill.bytesMax) {
      nodes.push(element);
      tail = undefined;
      continue;
    }
    if (tail === undefined || tail.count >= fill.countMax || tail.length + element.length + overheadMax > fill.bytesMax)
      nodes.push((tail = new ListpackWriter()));
    tail.string(element);
  }
  writeLength(writer, nodes.length);
  for (const node of nodes) {
    writeLength(writer, typeof node === 'string' ? container.plain : container.packed);
    if (typeof node !== 'string') {
      writeBlob(writer, node.finish());
    } else {
      writeLength(writer, node.length);
      writer.text(node);
    }
  }
}

/** What an element takes beside its text, as Valkey estimates it. */
const overheadMax = 8;

/** `list-max-listpack-size`: a number of elements, of at most 8 KiB; below zero 4, 8, 16, 32 or 64 KiB. */
function nodeFill(setting: number): { readonly countMax: number; readonly bytesMax: number } {
  if (setting >= 0) return { countMax: Math.max(1, setting), bytesMax: 8192 };
  return { countMax: Infinity, bytesMax: 4096 * 2 ** (Math.min(-setting, 5) - 1) };
}
