/** Reads an RDB file that comes in chunks, each of which is scribbled over when it is used no more. */
import { expect } from 'vitest';
import type { RdbItem } from '../../src/rdb/file-item.ts';
import { RdbFileReader } from '../../src/rdb/file-reader.ts';

/** All items. Throws what the reader throws. */
export function readChunks(file: Uint8Array, chunkBytes = file.length): RdbItem[] {
  const reader = new RdbFileReader();
  const items: RdbItem[] = [];
  const take = (): void => {
    for (let item = reader.next(); item !== undefined; item = reader.next()) items.push(item);
  };
  for (let at = 0; at < file.length; at += chunkBytes) {
    const chunk = Uint8Array.from(file.subarray(at, at + chunkBytes));
    reader.push(chunk);
    take();
    chunk.fill(0xee);
    expect(reader.consumedBytes).toBeLessThanOrEqual(at + chunk.length);
  }
  reader.finish();
  take();
  expect(reader.consumedBytes).toBe(file.length);
  return items;
}
