/**
 * The store's own folder within the directory: the lock, and files that are being written before they are renamed to
 * their place. Each process marks its files with a session, and the session with a lock of the operating system: what
 * belongs to a session that nobody holds any more was left by a process that died, and is deleted at the next start.
 */
import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import { join } from 'node:path';
import { storeFailure } from '../failure.ts';
import type { StoreFailure } from '../object-store.ts';
import { isMissing } from './file-error.ts';
import { fileMode, type FileSystem, type OpenFile } from './file-system.ts';
import { hasTick, tickSeconds } from './file-version.ts';
import { ownFolder } from './object-path.ts';
import { StoreLock, type NativeLocks } from './store-lock.ts';

export interface TemporaryFile {
  readonly path: string;
  readonly file: OpenFile;
}

/** How long a start waits for another process that holds the lock. */
const lockLimitMs = 10_000;
const createNew = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL;

export class Workshop {
  readonly lock: StoreLock;
  readonly #fileSystem: FileSystem;
  readonly #locks: NativeLocks;
  readonly #folder: string;
  readonly #session = randomBytes(8).toString('hex');
  #sessionFile: OpenFile | undefined;
  #files = 0;

  constructor(fileSystem: FileSystem, locks: NativeLocks, directory: string) {
    this.#fileSystem = fileSystem;
    this.#locks = locks;
    this.#folder = join(directory, ownFolder);
    this.lock = new StoreLock(fileSystem, locks, this.#folder);
  }

  /** Rejects with the error of the file system. */
  async open(): Promise<StoreFailure | undefined> {
    await this.#fileSystem.mkdir(this.#folder);
    const endMs = Date.now() + lockLimitMs;
    const isOver = (): boolean => Date.now() > endMs;
    return this.lock.hold(async ({ tick, takeTick }) => {
      const file = await this.#fileSystem.open(this.#sessionPath(), createNew, fileMode);
      this.#sessionFile = file;
      if (!this.#locks.tryLock(file.fd) || !(await this.#excludes())) {
        return this.#unfit('does not keep processes apart by locks; use a local one, e.g. ext4, XFS, APFS or NTFS');
      }
      await takeTick();
      await file.utimes(tickSeconds(tick));
      const { mtimeNs } = await file.stat();
      if (!hasTick(mtimeNs, tick)) {
        return this.#unfit('keeps times too coarsely; use one with microseconds, e.g. ext4, XFS, APFS or NTFS');
      }
      await this.#clean();
      return undefined;
    }, isOver);
  }

  async createFile(): Promise<TemporaryFile> {
    const path = join(this.#folder, `${this.#session}-${++this.#files}.tmp`);
    return { path, file: await this.#fileSystem.open(path, createNew, fileMode) };
  }

  /** Of a put that did not come to its end. What cannot be deleted now is at the next start. */
  async discard({ path, file }: TemporaryFile): Promise<void> {
    await file.close().catch(() => undefined);
    await this.#fileSystem.unlink(path).catch(() => undefined);
  }

  async close(): Promise<void> {
    await this.lock.close();
    await this.#sessionFile?.close();
    if (this.#sessionFile !== undefined) await this.#fileSystem.unlink(this.#sessionPath()).catch(() => undefined);
    this.#sessionFile = undefined;
  }

  #sessionPath(): string {
    return join(this.#folder, `${this.#session}.session`);
  }

  /** Whether a second open file is refused the lock that the first has. */
  async #excludes(): Promise<boolean> {
    const second = await this.#fileSystem.open(this.#sessionPath(), constants.O_RDWR);
    try {
      return !this.#locks.tryLock(second.fd);
    } finally {
      await second.close();
    }
  }

  /** The lock of the store is held: no session begins meanwhile. */
  async #clean(): Promise<void> {
    const names = (await this.#fileSystem.readdir(this.#folder)).map(({ name }) => name);
    const live = new Set([this.#session]);
    for (const name of names.filter((name) => name.endsWith('.session'))) {
      const session = name.slice(0, -'.session'.length);
      if (!live.has(session) && (await this.#isLive(name))) live.add(session);
    }
    for (const name of names) {
      const session = /^([0-9a-f]{16})(-\d+\.tmp|\.session)$/.exec(name)?.[1];
      if (session === undefined || live.has(session)) continue;
      await this.#fileSystem.unlink(join(this.#folder, name)).catch(() => undefined);
    }
  }

  async #isLive(name: string): Promise<boolean> {
    let file: OpenFile;
    try {
      file = await this.#fileSystem.open(join(this.#folder, name), constants.O_RDWR);
    } catch (error) {
      // Another user's, perhaps: not ours to delete.
      return !isMissing(error);
    }
    try {
      return !this.#locks.tryLock(file.fd);
    } finally {
      await file.close();
    }
  }

  #unfit(what: string): StoreFailure {
    return storeFailure('denied', `the file system ${what}: path=${JSON.stringify(this.#folder)}`);
  }
}
