/**
 * Decompresses LZF (Lehmann), which servers use for strings of more than 20 bytes. We write no compressed strings:
 * every reader takes plain ones, and a DUMP should not cost more time than the command that it is for.
 *
 * The form: a byte below 32 is followed by that many bytes and one more, as they are; any other, of three bits of
 * length and five of offset, means bytes that stand further back in what has been decompressed.
 */
import { RdbFormatError } from './format-error.ts';

/** Three bytes stand for 264 at most, so that a claim to be longer is a lie, found before anything is allocated. */
const expansionMax = 88;

/** @throws RdbFormatError */
export function decompressLzf(input: Uint8Array, length: number): Buffer {
  if (length > input.length * expansionMax)
    throw new RdbFormatError(`a compressed string cannot be as long as it says: length=${length}`);
  const output = Buffer.allocUnsafe(length);
  let from = 0;
  let to = 0;
  while (from < input.length) {
    const control = input[from++] as number;
    if (control < 32) {
      const end = from + control + 1;
      if (end > input.length || to + control + 1 > length) throw damaged();
      while (from < end) output[to++] = input[from++] as number;
    } else {
      const isLong = control >>> 5 === 7;
      if (from + (isLong ? 2 : 1) > input.length) throw damaged();
      const count = (control >>> 5) + 2 + (isLong ? (input[from++] as number) : 0);
      let source = to - (((control & 0x1f) << 8) | (input[from++] as number)) - 1;
      if (source < 0 || to + count > length) throw damaged();
      // Byte by byte, as the two may overlap: that is how a run of one byte is written.
      for (const end = to + count; to < end;) output[to++] = output[source++] as number;
    }
  }
  if (to !== length) throw damaged();
  return output;
}

function damaged(): RdbFormatError {
  return new RdbFormatError('a compressed string is damaged');
}
