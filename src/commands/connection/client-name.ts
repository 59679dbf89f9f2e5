/** Names that clients give themselves: printable ASCII without spaces, so that `CLIENT LIST` stays readable. */
import type { ByteString } from '../../resp/bytes.ts';
import { CommandError } from '../command-error.ts';

export function checkedName(name: ByteString): ByteString {
  return checked(name, 'Client names');
}

export function checkedAttribute(value: ByteString, attribute: string): ByteString {
  return checked(value, attribute);
}

function checked(text: ByteString, what: string): ByteString {
  if (/^[!-~]*$/.test(text)) return text;
  throw new CommandError(`ERR ${what} cannot contain spaces, newlines or special characters.`);
}
