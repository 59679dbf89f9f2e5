/** Writes long output piece by piece: to a file that is there only when it is whole, or to standard output. */
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { open, rename, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { UsageError } from './exit.ts';

/** Pieces are gathered up to this, so that a write is worth its while. */
const chunkLength = 256 * 1024;

/** Nobody reads what is written to standard output any more. */
export class ReaderGone extends Error {}

export interface OutputOptions {
  /** `-`: standard output. */
  readonly file: string;
  /** A file that is there is replaced. */
  readonly force: boolean;
}

/** @throws UsageError before any work is done, where it could not be written in the end */
export function refuseOutput({ file, force }: OutputOptions): void {
  if (file === '-') return;
  if (existsSync(file) && !force) throw new UsageError(`${file} is there already; --force replaces it`);
  if (!existsSync(dirname(file))) throw new UsageError(`there is no directory ${dirname(file)} to write to`);
}

/**
 * @param pieces in this encoding
 * @throws ReaderGone; an error of the file system
 */
export async function writeOutput(
  pieces: Iterable<string>,
  encoding: 'utf8' | 'latin1',
  { file }: OutputOptions,
): Promise<void> {
  if (file === '-') await writeToStandardOutput(chunksOf(pieces, encoding));
  else await writeToFile(chunksOf(pieces, encoding), file);
}

function* chunksOf(pieces: Iterable<string>, encoding: 'utf8' | 'latin1'): Generator<Buffer, void, undefined> {
  let open: string[] = [];
  let length = 0;
  for (const piece of pieces) {
    open.push(piece);
    length += piece.length;
    if (length < chunkLength) continue;
    yield Buffer.from(open.join(''), encoding);
    open = [];
    length = 0;
  }
  if (length > 0) yield Buffer.from(open.join(''), encoding);
}

/** A file of this name is whole, whatever happens: it gets its name when all is on the disk. */
async function writeToFile(chunks: Iterable<Buffer>, file: string): Promise<void> {
  const partial = `${file}.${randomBytes(4).toString('hex')}.partial`;
  const handle = await open(partial, 'wx');
  try {
    for (const chunk of chunks) await writeAll(handle, chunk);
    await handle.sync();
    await handle.close();
    await rename(partial, file);
  } catch (cause) {
    await handle.close().catch(() => undefined);
    await unlink(partial).catch(() => undefined);
    throw cause;
  }
  const directory = await open(dirname(file), 'r');
  await directory.sync();
  await directory.close();
}

async function writeAll(handle: FileHandle, chunk: Buffer): Promise<void> {
  for (let at = 0; at < chunk.length;) at += (await handle.write(chunk, at)).bytesWritten;
}

async function writeToStandardOutput(chunks: Iterable<Buffer>): Promise<void> {
  // The callback of the write is told as well.
  process.stdout.on('error', () => undefined);
  for (const chunk of chunks) {
    await new Promise<void>((resolve, reject) => {
      process.stdout.write(chunk, (cause) => {
        if (cause === undefined || cause === null) resolve();
        else reject((cause as NodeJS.ErrnoException).code === 'EPIPE' ? new ReaderGone() : cause);
      });
    });
  }
}
