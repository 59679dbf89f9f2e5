/** Compares passwords in a time that tells nothing about them. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { ByteString } from '../resp/bytes.ts';

export function samePassword(a: ByteString, b: ByteString): boolean {
  return timingSafeEqual(digest(a), digest(b));
}

/** Equal lengths, whatever the passwords' are. */
function digest(password: ByteString): Buffer {
  return createHash('sha256').update(password, 'latin1').digest();
}
