/** CRC-32 as in gzip and zip (ISO 3309, ITU-T V.42): finds what was damaged on a disk or on the way, not what was forged. */
// eslint-disable-next-line no-restricted-syntax -- a pure function, no I/O
import { crc32 as crc32Of } from 'node:zlib';

/** Eight hexadecimal digits. */
export function crc32(bytes: Uint8Array): string {
  return crc32Of(bytes).toString(16).padStart(8, '0');
}
