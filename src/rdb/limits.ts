/** When a collection is small enough for a compact form: Valkey's settings of the same names, with its defaults. */
import type { ByteString } from '../resp/bytes.ts';

export interface EncodingLimits {
  readonly listMaxListpackSize: number;
  readonly setMaxIntsetEntries: number;
  readonly zsetMaxListpackEntries: number;
  readonly zsetMaxListpackValue: number;
  readonly hashMaxListpackEntries: number;
  readonly hashMaxListpackValue: number;
  /** 0: any number. */
  readonly streamNodeMaxEntries: number;
  /** 0: as many as a listpack can hold. */
  readonly streamNodeMaxBytes: number;
}

export const defaultEncodingLimits: EncodingLimits = {
  listMaxListpackSize: -2,
  setMaxIntsetEntries: 512,
  zsetMaxListpackEntries: 128,
  zsetMaxListpackValue: 64,
  hashMaxListpackEntries: 512,
  hashMaxListpackValue: 64,
  streamNodeMaxEntries: 100,
  streamNodeMaxBytes: 4096,
};

/** A listpack tells its length in 32 bits; Valkey stays well below that. */
export const listpackBytesMax = 2 ** 30;

/** Whether each string is short enough, and all of them together. */
export function areShort(texts: readonly ByteString[], lengthMax: number): boolean {
  let bytes = 0;
  for (const { length } of texts) {
    bytes += length;
    if (length > lengthMax || bytes > listpackBytesMax) return false;
  }
  return true;
}
