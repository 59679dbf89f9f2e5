/**
 * The lock that makes compare-and-swap of several processes on one directory real: a lock of the operating system on a
 * file that is never deleted. It ends with the process that holds it, however that dies. The lock file's own time of
 * modification is the store's clock: the newest tick that a put was given (`file-version.ts`).
 *
 * Invariants:
 * - Nobody waits in the kernel: a thread that does cannot be called back, and Node has four. We ask again instead.
 * - Whoever has the lock has made sure that the file he locked is the one in the directory: if somebody deleted the
 *   folder, two processes could else hold a lock each.
 */
import { constants } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { errorCode, isMissing } from './file-error.ts';
import { fileMode, type FileSystem, type OpenFile } from './file-system.ts';
import { tickAfter, tickAt, tickSeconds } from './file-version.ts';

export interface NativeLocks {
  readonly tryLock: (fd: number) => boolean;
  readonly unlock: (fd: number) => void;
}

/** What the holder of the lock may do. */
export interface Held {
  /** The next tick: greater than all that were taken, in every process. */
  readonly tick: number;
  /** Takes it; it must be taken before it can be seen. */
  readonly takeTick: () => Promise<void>;
}

const pauseMsMax = 4;

export class StoreLock {
  readonly #fileSystem: FileSystem;
  readonly #locks: NativeLocks;
  readonly #path: string;
  #file: OpenFile | undefined;
  /** The end of the queue within this process. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(fileSystem: FileSystem, locks: NativeLocks, folder: string) {
    this.#fileSystem = fileSystem;
    this.#locks = locks;
    this.#path = join(folder, 'lock');
  }

  /**
   * Runs the action while no other process, and no other action of this one, is in here.
   * @param isOver whether to give up waiting, with an error of code `ELOCKED`
   */
  hold<Result>(action: (held: Held) => Promise<Result>, isOver: () => boolean): Promise<Result> {
    const result = this.#last.then(() => this.#hold(action, isOver));
    this.#last = result.catch(() => undefined);
    return result;
  }

  async close(): Promise<void> {
    await this.#last;
    await this.#file?.close();
    this.#file = undefined;
  }

  async #hold<Result>(action: (held: Held) => Promise<Result>, isOver: () => boolean): Promise<Result> {
    const { file, newestNs } = await this.#acquire(isOver);
    try {
      const tick = Math.max(tickAt(Date.now()), tickAfter(newestNs));
      return await action({ tick, takeTick: () => file.utimes(tickSeconds(tick)) });
    } finally {
      this.#locks.unlock(file.fd);
    }
  }

  async #acquire(isOver: () => boolean): Promise<{ file: OpenFile; newestNs: bigint }> {
    for (;;) {
      this.#file ??= await this.#fileSystem.open(this.#path, constants.O_RDWR | constants.O_CREAT, fileMode);
      const file = this.#file;
      while (!this.#locks.tryLock(file.fd)) {
        // The holder may have been stopped, or its disk.
        if (isOver()) throw Object.assign(new Error('locked'), { code: 'ELOCKED' });
        await sleep(1 + Math.random() * (pauseMsMax - 1));
      }
      try {
        const [own, there] = await Promise.all([file.stat(), this.#statLockFile()]);
        if (own.ino === there?.ino && own.dev === there.dev) return { file, newestNs: own.mtimeNs };
      } catch (error) {
        this.#locks.unlock(file.fd);
        throw error;
      }
      this.#file = undefined;
      await file.close();
    }
  }

  async #statLockFile() {
    try {
      return await this.#fileSystem.stat(this.#path);
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  }
}

export type LoadedLocks =
  { readonly kind: 'loaded'; readonly locks: NativeLocks } | { readonly kind: 'missing'; readonly code: string };

/** A native add-on: there is none for every system (musl without glibc's loader, for one). */
export async function loadNativeLocks(): Promise<LoadedLocks> {
  try {
    const { default: locks } = (await import('fs-native-extensions')) as unknown as { default: NativeLocks };
    return { kind: 'loaded', locks };
  } catch (error) {
    return { kind: 'missing', code: errorCode(error) ?? 'none' };
  }
}
