/** The file that holds an object: its name below the store's directory, a slash being a folder. Pure. */
import { join } from 'node:path';

/** The store's own folder: the lock, and files that are being written. */
export const ownFolder = '.valthree';

/** What ext4, XFS, APFS and NTFS allow, in bytes of UTF-8. */
const partBytesMax = 255;
const pathBytesMax = 1024;
// eslint-disable-next-line no-control-regex -- control characters are exactly what is looked for
const unsafeEverywhere = /[\u0000-\u001f\u007f\\]/;
const loneSurrogate = /\p{Surrogate}/u;
const unsafeOnWindows = /[<>:"|?*]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

export type ObjectPath =
  { readonly kind: 'path'; readonly path: string } | { readonly kind: 'bad'; readonly reason: string };

export function objectPath(directory: string, name: string, windows = process.platform === 'win32'): ObjectPath {
  const parts = name.split('/');
  if (Buffer.byteLength(name) > pathBytesMax) return bad('is too long');
  if (loneSurrogate.test(name)) return bad('is not valid Unicode');
  if (parts[0]?.toLowerCase() === ownFolder) return bad("lies in the store's own folder");
  for (const part of parts) {
    if (part === '') return bad('is empty, or has an empty part');
    if (part === '.' || part === '..') return bad('has a part "." or ".."');
    if (unsafeEverywhere.test(part)) return bad('has a backslash or a control character');
    if (windows && unsafeOnWindows.test(part)) return bad('has something that Windows does not allow');
    if (Buffer.byteLength(part) > partBytesMax) return bad('has a part longer than 255 bytes');
  }
  return { kind: 'path', path: join(directory, ...parts) };
}

function bad(what: string): ObjectPath {
  return { kind: 'bad', reason: `the name of the object ${what}` };
}
