/**
 * What modules have written. We have none, but theirs are values that tell where they end: a sequence of numbers and
 * strings, each behind what it is. So they can be passed over, and named.
 */
import type { ByteReader } from './byte-reader.ts';
import { RdbFormatError } from './format-error.ts';
import { readBlob, readLength, readLength64 } from './string-format.ts';

const part = { end: 0, signed: 1, unsigned: 2, float: 3, double: 4, string: 5 } as const;

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
const nameLength = 9;

/** Passes over a module's value, and answers the name of its type. */
export function skipModuleValue(reader: ByteReader): string {
  const name = readModuleName(reader);
  skipParts(reader);
  return name;
}

/** The same of what a module keeps beside the keys. */
export function skipModuleAux(reader: ByteReader): string {
  const name = readModuleName(reader);
  if (readLength(reader) !== part.unsigned) throw new RdbFormatError('what a module keeps does not begin as it should');
  readLength(reader); // Whether it was written before or behind the keys.
  skipParts(reader);
  return name;
}

function skipParts(reader: ByteReader): void {
  for (;;) {
    const kind = readLength(reader);
    switch (kind) {
      case part.end:
        return;
      case part.signed:
      case part.unsigned:
        readLength64(reader);
        break;
      case part.float:
        reader.bytes(4);
        break;
      case part.double:
        reader.bytes(8);
        break;
      case part.string:
        readBlob(reader);
        break;
      default:
        throw new RdbFormatError(`a module's value has a part of a kind that is not known: kind=${kind}`);
    }
  }
}

/** Nine letters of six bits each; the ten bits behind them are a version of the module's own. */
function readModuleName(reader: ByteReader): string {
  let bits = BigInt(readLength64(reader)) >> 10n;
  let name = '';
  for (let i = 0; i < nameLength; i++) {
    name = alphabet.charAt(Number(bits & 63n)) + name;
    bits >>= 6n;
  }
  return name;
}
