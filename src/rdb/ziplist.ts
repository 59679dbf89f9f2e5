/**
 * The ziplist, the form of small collections before Redis 7.0 (`ziplist.c`): 4 bytes of its own length, 4 of the place
 * of its last entry, 2 of the number of entries (65535: too many to say), the entries, 255. An entry begins with the
 * length of the one before it, in 1 byte or, where that is 254, in the next 4. It is only read.
 */
import type { ByteString } from '../resp/bytes.ts';
import { ByteReader } from './byte-reader.ts';
import { append } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { readBlob } from './string-format.ts';

const terminator = 0xff;
const countUnknown = 0xffff;
const longLength = 0xfe;

const integer16 = 0xc0;
const integer32 = 0xd0;
const integer64 = 0xe0;
const integer24 = 0xf0;
const integer8 = 0xfe;

/**
 * Behind those that are there already.
 * @throws RdbFormatError
 */
export function readZiplist(from: ByteReader, entries: ByteString[] = []): ByteString[] {
  const blob = readBlob(from);
  const reader = new ByteReader(blob);
  const length = reader.uint32();
  const lastAt = reader.uint32();
  const count = reader.uint16();
  if (length !== blob.length)
    throw new RdbFormatError(`a ziplist is not as long as it says: length=${length}, bytes=${blob.length}`);
  const countBefore = entries.length;
  let start = reader.at;
  let lengthBefore = 0;
  while (reader.peek() !== terminator) {
    start = reader.at;
    const first = reader.byte();
    if ((first === longLength ? reader.uint32() : first) !== lengthBefore)
      throw new RdbFormatError('a ziplist has a wrong length of an entry before');
    append(entries, readEntry(reader), from.memory);
    lengthBefore = reader.at - start;
  }
  reader.byte();
  reader.finish('a ziplist');
  if (lastAt !== start) throw new RdbFormatError(`a ziplist has its last entry elsewhere: at=${lastAt}`);
  if (count !== countUnknown && count !== entries.length - countBefore)
    throw new RdbFormatError(`a ziplist has not as many entries as it says: count=${count}`);
  return entries;
}

function readEntry(reader: ByteReader): ByteString {
  const first = reader.byte();
  if (first < 0x40) return reader.text(first);
  if (first < 0x80) return reader.text(((first & 0x3f) << 8) | reader.byte());
  if (first < 0xc0) return reader.text(reader.uint32BigEndian());
  if (first > 0xf0 && first < integer8) return String((first & 0x0f) - 1);
  switch (first) {
    case integer8:
      return String(reader.integer(1));
    case integer16:
      return String(reader.integer(2));
    case integer24:
      return String(reader.integer(3));
    case integer32:
      return String(reader.integer(4));
    case integer64:
      return String(reader.integer(8));
    default:
      throw new RdbFormatError(`a ziplist has an entry of a form that is not known: byte=${first}`);
  }
}
