/**
 * The zipmap, the form of small hashes before Redis 2.6 (`zipmap.c`): 1 byte of the number of fields (254 and more:
 * too many to say), the fields and their values, 255. Each begins with its length, in 1 byte or, where that is 254, in
 * the next 4; a value also has a byte of how many unused bytes follow it. It is only read.
 */
import type { ByteString } from '../resp/bytes.ts';
import { ByteReader } from './byte-reader.ts';
import { append } from './elements.ts';
import { RdbFormatError } from './format-error.ts';
import { readBlob } from './string-format.ts';

const terminator = 0xff;
const longLength = 0xfe;

/**
 * Field, value, field, value, …
 * @throws RdbFormatError
 */
export function readZipmap(from: ByteReader): ByteString[] {
  const reader = new ByteReader(readBlob(from));
  const count = reader.byte();
  const fields: ByteString[] = [];
  while (reader.peek() !== terminator) {
    append(fields, reader.text(readLength(reader)), from.memory);
    const valueLength = readLength(reader);
    const unused = reader.byte();
    append(fields, reader.text(valueLength), from.memory);
    reader.bytes(unused);
  }
  reader.byte();
  reader.finish('a zipmap');
  if (count < longLength && count * 2 !== fields.length)
    throw new RdbFormatError(`a zipmap has not as many fields as it says: count=${count}`);
  return fields;
}

function readLength(reader: ByteReader): number {
  const first = reader.byte();
  if (first === terminator) throw new RdbFormatError('a zipmap ends behind a field without a value');
  return first === longLength ? reader.uint32() : first;
}
