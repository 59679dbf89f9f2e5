/** Bytes as text: UTF-8 or nothing, since a replacement character would make different values equal. */
import { HistoryError } from '../history-error.ts';

const newline = 0x0a;

/** Throws a `HistoryError` that names the line if the bytes are no UTF-8. */
export function decodeHistoryText(bytes: Uint8Array): string {
  const text = decode(bytes);
  if (text !== undefined) return text;
  let line = 1;
  for (let start = 0; start < bytes.length; line++) {
    const end = bytes.indexOf(newline, start);
    const next = end === -1 ? bytes.length : end + 1;
    if (decode(bytes.subarray(start, next)) === undefined) throw new HistoryError('this is not UTF-8', line);
    start = next;
  }
  throw new HistoryError(`it is too long for one text, with ${bytes.length} bytes`);
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
