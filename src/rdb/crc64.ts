/**
 * CRC-64 with the polynomial of Jones, reflected and without inversions, as at the end of RDB files and DUMP payloads.
 * Eight bytes at a time (Kounavis and Berry, 2005), in two halves of 32 bits: JavaScript has no fast integers of 64.
 */

export interface Crc64 {
  /** Both as signed 32-bit integers. */
  readonly low: number;
  readonly high: number;
}

export const crc64OfNothing: Crc64 = { low: 0, high: 0 };

/** 0xad93d23594c935a9, its bits in reverse order. */
const polynomialLow = 0xac4bc9b5 | 0;
const polynomialHigh = 0x95ac9329 | 0;

/** What each of the 256 bytes adds when `n` bytes follow it within a step of eight: at `n * 256 + byte`. */
const tableLow = new Int32Array(8 * 256);
const tableHigh = new Int32Array(8 * 256);

for (let byte = 0; byte < 256; byte++) {
  let low = byte;
  let high = 0;
  for (let bit = 0; bit < 8; bit++) {
    const carry = low & 1;
    low = (low >>> 1) | (high << 31);
    high >>>= 1;
    if (carry === 1) {
      low ^= polynomialLow;
      high ^= polynomialHigh;
    }
  }
  tableLow[byte] = low;
  tableHigh[byte] = high;
}
for (let at = 256; at < 8 * 256; at++) {
  const low = tableLow[at - 256] as number;
  const high = tableHigh[at - 256] as number;
  tableLow[at] = ((low >>> 8) | (high << 24)) ^ (tableLow[low & 0xff] as number);
  tableHigh[at] = (high >>> 8) ^ (tableHigh[low & 0xff] as number);
}

/** The checksum of these bytes, or of all bytes of `before` and these. */
export function crc64(bytes: Uint8Array, before: Crc64 = crc64OfNothing): Crc64 {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let { low, high } = before;
  let at = 0;
  for (; at + 8 <= bytes.length; at += 8) {
    low ^= view.getInt32(at, true);
    high ^= view.getInt32(at + 4, true);
    const i0 = 0x700 | (low & 0xff);
    const i1 = 0x600 | ((low >>> 8) & 0xff);
    const i2 = 0x500 | ((low >>> 16) & 0xff);
    const i3 = 0x400 | (low >>> 24);
    const i4 = 0x300 | (high & 0xff);
    const i5 = 0x200 | ((high >>> 8) & 0xff);
    const i6 = 0x100 | ((high >>> 16) & 0xff);
    const i7 = high >>> 24;
    low =
      (tableLow[i0] as number) ^
      (tableLow[i1] as number) ^
      (tableLow[i2] as number) ^
      (tableLow[i3] as number) ^
      (tableLow[i4] as number) ^
      (tableLow[i5] as number) ^
      (tableLow[i6] as number) ^
      (tableLow[i7] as number);
    high =
      (tableHigh[i0] as number) ^
      (tableHigh[i1] as number) ^
      (tableHigh[i2] as number) ^
      (tableHigh[i3] as number) ^
      (tableHigh[i4] as number) ^
      (tableHigh[i5] as number) ^
      (tableHigh[i6] as number) ^
      (tableHigh[i7] as number);
  }
  for (; at < bytes.length; at++) {
    const index = (low ^ (bytes[at] as number)) & 0xff;
    low = ((low >>> 8) | (high << 24)) ^ (tableLow[index] as number);
    high = (high >>> 8) ^ (tableHigh[index] as number);
  }
  return { low, high };
}
