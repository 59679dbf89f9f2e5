/** The text of a file, or of standard input: strictly UTF-8, since a value that was mended is another value. */
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { HistoryError } from '../verify/history-error.ts';

/** `-` is standard input. Throws a `HistoryError`. */
export async function readText(file: string): Promise<string> {
  return decode(await readBytes(file));
}

/** Standard input may be in non-blocking mode, in which only asynchronous reads wait. */
async function readBytes(file: string): Promise<Buffer> {
  try {
    if (file !== '-') return await readFile(file);
    const chunks: Buffer[] = [];
    for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
    return Buffer.concat(chunks);
  } catch (cause) {
    throw new HistoryError(`it cannot be read: ${(cause as Error).message}`);
  }
}

function decode(bytes: Buffer): string {
  if (!isUtf8(bytes)) throw new HistoryError('this is not UTF-8', firstLineOfOther(bytes));
  try {
    return new TextDecoder().decode(bytes);
  } catch (cause) {
    throw new HistoryError(`it cannot be read: ${(cause as Error).message}`);
  }
}

/** No character of UTF-8 contains the byte of a line's end, so each line can be judged by itself. */
function firstLineOfOther(bytes: Buffer): number {
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const found = bytes.indexOf('\n', start);
    const end = found === -1 ? bytes.length : found;
    if (!isUtf8(bytes.subarray(start, end))) return line;
    start = end + 1;
  }
  return line;
}
