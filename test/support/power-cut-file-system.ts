/**
 * A file system that remembers what would be left of it after a power cut: of a file what it held when it was last
 * synced, and of a directory the names that it had when it was last synced. Nothing else, which is the least that POSIX
 * promises.
 */
import { constants, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nodeFileSystem, type FileSystem, type OpenFile } from '../../src/store/file/file-system.ts';

/** A file, whatever it is called. */
interface Content {
  synced: Buffer;
}

export class PowerCutFileSystem implements FileSystem {
  readonly #visible = new Map<string, Content>();
  readonly #durable = new Map<string, Content>();
  /** Called before a directory is synced; what it waits for, that waits for. */
  beforeDirectorySync: () => Promise<void> = () => Promise.resolve();

  stat: FileSystem['stat'] = (path) => nodeFileSystem.stat(path);
  lstat: FileSystem['lstat'] = (path) => nodeFileSystem.lstat(path);
  mkdir: FileSystem['mkdir'] = (path) => nodeFileSystem.mkdir(path);
  readdir: FileSystem['readdir'] = (path) => nodeFileSystem.readdir(path);

  async open(path: string, flags: number, mode?: number): Promise<OpenFile> {
    const file = await nodeFileSystem.open(path, flags, mode);
    const isDirectory = (await file.stat()).isDirectory();
    if (isDirectory) {
      return {
        ...file,
        sync: async () => {
          await this.beforeDirectorySync();
          await file.sync();
          this.#syncNames(path);
        },
      };
    }
    const content = this.#visible.get(path) ?? { synced: Buffer.alloc(0) };
    this.#visible.set(path, content);
    return {
      ...file,
      sync: async () => {
        await file.sync();
        content.synced = await readWhole(path, file);
      },
    };
  }

  async rename(from: string, to: string): Promise<void> {
    await nodeFileSystem.rename(from, to);
    const content = this.#visible.get(from);
    this.#visible.delete(from);
    if (content !== undefined) this.#visible.set(to, content);
  }

  async unlink(path: string): Promise<void> {
    await nodeFileSystem.unlink(path);
    this.#visible.delete(path);
  }

  /** Writes what a power cut now would leave of one directory into another. */
  cut(from: string, to: string): void {
    for (const [path, { synced }] of this.#durable) {
      const place = join(to, relative(from, path));
      mkdirSync(dirname(place), { recursive: true });
      writeFileSync(place, synced);
    }
  }

  #syncNames(directory: string): void {
    const inside = (path: string): boolean => dirname(path) === directory;
    for (const path of [...this.#durable.keys()].filter(inside)) this.#durable.delete(path);
    for (const [path, content] of this.#visible) if (inside(path)) this.#durable.set(path, content);
  }
}

/** Files that are only written cannot be read by their own handle. */
async function readWhole(path: string, written: OpenFile): Promise<Buffer> {
  const { size, ino } = await written.stat();
  const reader = await nodeFileSystem.open(path, constants.O_RDONLY);
  try {
    if ((await reader.stat()).ino !== ino)
      throw new Error(`another file has taken the place of what is synced: ${path}`);
    const buffer = Buffer.alloc(Number(size));
    await reader.read(buffer, 0);
    return buffer;
  } finally {
    await reader.close();
  }
}
