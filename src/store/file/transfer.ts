/** Whole files in and out of memory: a single call of the system may read or write less than it was asked for. */
import type { OpenFile } from './file-system.ts';

/** The system takes at most 2 GiB at once. */
const chunkBytesMax = 2 ** 30;

export async function writeAll(file: OpenFile, body: Uint8Array): Promise<void> {
  for (let written = 0; written < body.length;) {
    const chunk = body.subarray(written, written + chunkBytesMax);
    written += (await file.write(chunk, written)).bytesWritten;
  }
}

/** `undefined`: the file is shorter than it was said to be. */
export async function readAll(file: OpenFile, size: number): Promise<Uint8Array | undefined> {
  const body = Buffer.allocUnsafeSlow(size);
  for (let read = 0; read < size;) {
    const { bytesRead } = await file.read(body.subarray(read, read + chunkBytesMax), read);
    if (bytesRead === 0) return undefined;
    read += bytesRead;
  }
  return body;
}
