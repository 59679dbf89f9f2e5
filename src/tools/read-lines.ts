/** The lines of a stream of bytes, without their ends, of which only one at a time is held. */
import { FormatError } from '../log/format-error.ts';

/** No line of an export is as long, however its bytes are escaped. */
const lengthMaxDefault = 256 * 2 ** 20;
const newline = 0x0a;

/** @throws FormatError for a line that is longer than that */
export async function* readLines(
  chunks: AsyncIterable<Uint8Array>,
  lengthMax = lengthMaxDefault,
): AsyncGenerator<Uint8Array, void, undefined> {
  let open: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(newline); end !== -1; end = chunk.indexOf(newline, start)) {
      yield joined(open, chunk.subarray(start, end));
      open = [];
      length = 0;
      start = end + 1;
    }
    if (start === chunk.length) continue;
    open.push(chunk.subarray(start));
    length += chunk.length - start;
    if (length > lengthMax) throw new FormatError(`it is longer than any line can be: ${lengthMax} bytes`);
  }
  if (open.length > 0) yield joined(open, new Uint8Array());
}

function joined(open: readonly Uint8Array[], end: Uint8Array): Uint8Array {
  return open.length === 0 ? end : Buffer.concat([...open, end]);
}
