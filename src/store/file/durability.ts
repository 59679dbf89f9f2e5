/**
 * What is on the disk for certain. A file that was renamed to its place is visible at once, but a power cut may still
 * undo that until the directory is synced. Whoever reads it must not tell of it before: what one client has read must
 * not vanish again. So a read syncs what this process has not yet seen synced; the same heals files written by hand.
 */
import { constants } from 'node:fs';
import { dirname } from 'node:path';
import type { ETag } from '../object-store.ts';
import { errorCode } from './file-error.ts';
import type { FileSystem, OpenFile } from './file-system.ts';

/** Names whose newest durable version is remembered; the others are synced again, which costs little. */
const rememberedMax = 1024;
const windows = process.platform === 'win32';

export class Durability {
  readonly #fileSystem: FileSystem;
  readonly #durable = new Map<string, ETag>();

  constructor(fileSystem: FileSystem) {
    this.#fileSystem = fileSystem;
  }

  remember(path: string, etag: ETag): void {
    this.#durable.delete(path);
    this.#durable.set(path, etag);
    if (this.#durable.size > rememberedMax) this.#durable.delete(this.#durable.keys().next().value as string);
  }

  async ensure(path: string, etag: ETag, file: OpenFile): Promise<void> {
    if (this.#durable.get(path) === etag) return;
    // Windows syncs only files that are open for writing; and NTFS keeps its directories in a journal.
    if (!windows) await Promise.all([file.sync(), this.syncDirectory(dirname(path))]);
    this.remember(path, etag);
  }

  async syncDirectory(path: string): Promise<void> {
    if (windows) return;
    const directory = await this.#fileSystem.open(path, constants.O_RDONLY);
    try {
      await directory.sync();
    } catch (error) {
      // Some file systems cannot: they keep no directory that could be lost.
      if (errorCode(error) !== 'EINVAL') throw error;
    } finally {
      await directory.close();
    }
  }

  /** From the folder of this file up to the top: those above may be new too. */
  async syncFolders(path: string, top: string): Promise<void> {
    for (let folder = dirname(path); ; folder = dirname(folder)) {
      await this.syncDirectory(folder);
      if (folder === top || folder === dirname(folder)) return;
    }
  }
}
