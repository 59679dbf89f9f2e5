/** Byte strings in JSON: what is UTF-8 as the text that it is, all else as `{"base64": "..."}`. */
import { fromBuffer, fromText, toBuffer, toText, type ByteString } from '../../resp/bytes.ts';
import { asFields, FormatError, refuseUnknown, show } from '../format-error.ts';

/** What JSON has as it is: printable ASCII, but for the quotation mark and the backslash. Most bytes are of that kind. */
const literal = /^[ !#-[\]-~]*$/;

export function encodeBytes(bytes: ByteString): string {
  if (literal.test(bytes)) return `"${bytes}"`;
  const text = toText(bytes);
  return text === undefined ? `{"base64":"${toBuffer(bytes).toString('base64')}"}` : JSON.stringify(text);
}

/** @throws FormatError */
export function decodeBytes(value: unknown, what: string): ByteString {
  if (typeof value === 'string') {
    // A lone surrogate has no UTF-8 form; encoding it would silently change what the object says.
    if (/[\ud800-\udfff]/.test(value) && /\p{Surrogate}/u.test(value))
      throw new FormatError(`${what} is a text with an unpaired surrogate`);
    return fromText(value);
  }
  if (typeof value !== 'object' || value === null)
    throw new FormatError(`${what} is neither a text nor {"base64": "..."}: value=${show(value)}`);
  const { base64, ...rest } = asFields(value, what);
  refuseUnknown(rest, what);
  const buffer = Buffer.from(typeof base64 === 'string' ? base64 : '', 'base64');
  if (buffer.toString('base64') !== base64) throw new FormatError(`${what} is not base64: value=${show(base64)}`);
  return fromBuffer(buffer);
}
