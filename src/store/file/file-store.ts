/**
 * An object store in a directory: each object a plain file that a person can read, edit or put there. Any number of
 * processes of one machine may share it.
 *
 * Invariants:
 * - A put writes a temporary file, syncs it, and renames it to its place under the store's lock, after it has looked
 *   under that lock whether its condition holds; it is acknowledged when the directory is synced too.
 * - Until the rename a put has no effect, whatever fails; what fails after it is of unknown outcome.
 * - No ETag comes back (`file-version.ts`).
 */
import { constants, type BigIntStats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { storeFailure } from '../failure.ts';
import type {
  DeleteResult,
  ETag,
  GetOptions,
  GetResult,
  ListResult,
  ObjectStore,
  PutOptions,
  PutResult,
  StoreFailure,
} from '../object-store.ts';
import { Durability } from './durability.ts';
import { errorCode, fileFailure, isMissing, readFailure } from './file-error.ts';
import { nodeFileSystem, type FileSystem, type OpenFile } from './file-system.ts';
import { etagOf, hasTick, isSettled, settleMs, tickSeconds } from './file-version.ts';
import { listFiles } from './list-files.ts';
import { objectPath } from './object-path.ts';
import { readAll, writeAll } from './transfer.ts';
import { limit, type Attempt } from './time-limit.ts';
import { loadNativeLocks } from './store-lock.ts';
import { Workshop, type TemporaryFile } from './workshop.ts';

export interface FileStoreOptions {
  /** Created if it is missing. */
  readonly directory: string;
  /** For requests that name no time-out of their own. Default: 30 s. */
  readonly timeoutMs?: number;
  readonly fileSystem?: FileSystem;
}

const timeoutMsDefault = 30_000;
/** How often a file is read anew that changes while it is read. */
const readsMax = 50;
/** A file may be larger than what one buffer can hold. */
const bodyBytesMax = 2 ** 32;
const ownerMayWrite = 0o200n;
const permissionBits = 0o777n;
const tooLate = storeFailure('unavailable', 'the time was over before anything was changed');

export class FileStore implements ObjectStore {
  readonly location: string;
  readonly #directory: string;
  readonly #fileSystem: FileSystem;
  readonly #workshop: Workshop;
  readonly #durability: Durability;
  readonly #timeoutMs: number;

  private constructor(options: FileStoreOptions, directory: string, workshop: Workshop) {
    this.#directory = directory;
    this.#fileSystem = options.fileSystem ?? nodeFileSystem;
    this.#workshop = workshop;
    this.#durability = new Durability(this.#fileSystem);
    this.#timeoutMs = options.timeoutMs ?? timeoutMsDefault;
    this.location = `file:${directory}`;
  }

  static async open(
    options: FileStoreOptions,
  ): Promise<{ readonly kind: 'opened'; readonly store: FileStore } | StoreFailure> {
    const { fileSystem = nodeFileSystem } = options;
    const directory = resolve(options.directory);
    const loaded = await loadNativeLocks();
    if (loaded.kind === 'missing') {
      const advice = 'locks of the operating system are not available on this platform; use an s3:// store';
      const platform = `platform=${process.platform}-${process.arch}`;
      return storeFailure('denied', `${advice}: ${platform} module=fs-native-extensions code=${loaded.code}`);
    }
    const workshop = new Workshop(fileSystem, loaded.locks, directory);
    try {
      const failure = await workshop.open();
      if (failure === undefined) {
        const store = new FileStore(options, directory, workshop);
        await store.#durability.syncDirectory(directory);
        // It may be new too; where it cannot be read, it is not.
        await store.#durability.syncDirectory(dirname(directory)).catch(() => undefined);
        return { kind: 'opened', store };
      }
      await workshop.close();
      return failure;
    } catch (error) {
      await workshop.close().catch(() => undefined);
      return fileFailure(error, directory, false);
    }
  }

  get(name: string, options: GetOptions = {}): Promise<GetResult> {
    const target = objectPath(this.#directory, name);
    if (target.kind === 'bad') return Promise.resolve(this.#badName(target.reason, name));
    return limit<GetResult>(options.timeoutMs ?? this.#timeoutMs, 'unknown', async () => {
      try {
        return await this.#get(target.path, options.ifNoneMatch);
      } catch (error) {
        if (isMissing(error)) return { kind: 'notFound', date: Date.now() };
        return readFailure(error, target.path);
      }
    });
  }

  async #get(path: string, ifNoneMatch: ETag | undefined): Promise<GetResult> {
    for (let reads = 0; reads < readsMax; reads++) {
      const status = await this.#fileSystem.stat(path);
      if (!status.isFile()) return notAFile(status, path);
      if (ifNoneMatch !== undefined && etagOf(status) === ifNoneMatch) return { kind: 'notModified', date: Date.now() };
      if (status.size > bodyBytesMax)
        return storeFailure('denied', `the file is too large: path=${JSON.stringify(path)}`);
      const found = isSettled(status, Date.now()) ? await this.#read(path) : undefined;
      if (found !== undefined) return { kind: 'found', ...found, date: Date.now() };
      await sleep(settleMs);
    }
    return storeFailure('unknown', `the file is changed all the time by somebody: path=${JSON.stringify(path)}`);
  }

  /** `undefined`: it was changed meanwhile, or a moment ago. */
  async #read(path: string): Promise<{ body: Uint8Array; etag: ETag } | undefined> {
    // Without O_NONBLOCK a pipe that was put in the file's place would hold the thread for ever.
    const file = await this.#fileSystem.open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const before = await file.stat();
      const etag = etagOf(before);
      if (!before.isFile() || !isSettled(before, Date.now())) return undefined;
      const [body] = await Promise.all([readAll(file, Number(before.size)), this.#durability.ensure(path, etag, file)]);
      return body !== undefined && etagOf(await file.stat()) === etag ? { body, etag } : undefined;
    } finally {
      await file.close();
    }
  }

  put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    const target = objectPath(this.#directory, name);
    if (target.kind === 'bad') return Promise.resolve(this.#badName(target.reason, name));
    return limit<PutResult>(options.timeoutMs ?? this.#timeoutMs, 'unavailable', async (attempt) => {
      try {
        return await this.#put(target.path, body, options, attempt);
      } catch (error) {
        return fileFailure(error, target.path, attempt.effective);
      }
    });
  }

  async #put(path: string, body: Uint8Array, options: PutOptions, attempt: Attempt): Promise<PutResult> {
    // Looked at before anything is written: who has lost already writes nothing.
    const existing = await this.#statTarget(path);
    const refusal = refuse(existing, path, options);
    if (refusal !== undefined) return refusal;
    const temporary = await this.#workshop.createFile();
    let placed = false;
    try {
      await writeAll(temporary.file, body);
      if (existing !== undefined) await temporary.file.chmod(Number(existing.mode & permissionBits));
      await temporary.file.sync();
      const outcome = await this.#place(temporary, path, options, attempt);
      if (typeof outcome !== 'number') return outcome;
      placed = true;
      const etag = await this.#settle(temporary.file, path, { tick: outcome, size: body.length });
      return { kind: 'stored', etag, date: Date.now() };
    } finally {
      if (!placed) await this.#workshop.discard(temporary);
    }
  }

  /** @returns the tick of the new version */
  #place(
    { path: from, file }: TemporaryFile,
    path: string,
    options: PutOptions,
    attempt: Attempt,
  ): Promise<number | PutResult> {
    return this.#workshop.lock.hold(async ({ tick, takeTick }) => {
      const refusal = refuse(await this.#statTarget(path), path, options);
      if (refusal !== undefined) return refusal;
      await Promise.all([takeTick(), file.utimes(tickSeconds(tick))]);
      return (await this.#rename(from, path, attempt)) ?? tick;
    }, attempt.isOver);
  }

  async #rename(from: string, path: string, attempt: Attempt): Promise<StoreFailure | undefined> {
    for (let folderIsThere = false; ; folderIsThere = true) {
      // From here on it may happen.
      if (!attempt.begin()) return tooLate;
      try {
        await this.#fileSystem.rename(from, path);
        return undefined;
      } catch (error) {
        // A rename that fails has renamed nothing, unless the disk itself is in doubt.
        if (errorCode(error) !== 'EIO') attempt.undo();
        if (errorCode(error) !== 'ENOENT' || folderIsThere) throw error;
        await this.#fileSystem.mkdir(dirname(path));
        await this.#durability.syncFolders(path, this.#directory);
      }
    }
  }

  /** Makes the rename durable and closes the file. @returns the ETag of what was written, even where somebody has edited it since */
  async #settle(file: OpenFile, path: string, written: { tick: number; size: number }): Promise<ETag> {
    const [status] = await Promise.all([
      file.stat().finally(() => file.close()),
      this.#durability.syncDirectory(dirname(path)),
    ]);
    const etag = etagOf(status);
    // Edited by hand since the rename: an ETag that no file has, so that the next request learns of it.
    if (!hasTick(status.mtimeNs, written.tick) || status.size !== BigInt(written.size)) return `${etag}-edited`;
    this.#durability.remember(path, etag);
    return etag;
  }

  async list(prefix: string): Promise<ListResult> {
    return limit<ListResult>(this.#timeoutMs, 'unknown', async () => {
      try {
        return {
          kind: 'listed',
          objects: await listFiles(this.#fileSystem, this.#directory, prefix),
          date: Date.now(),
        };
      } catch (error) {
        return readFailure(error, this.#directory);
      }
    });
  }

  delete(name: string): Promise<DeleteResult> {
    const target = objectPath(this.#directory, name);
    if (target.kind === 'bad') return Promise.resolve(this.#badName(target.reason, name));
    const { path } = target;
    return limit<DeleteResult>(this.#timeoutMs, 'unavailable', async (attempt) => {
      try {
        return await this.#delete(path, attempt);
      } catch (error) {
        if (isMissing(error)) return { kind: 'deleted', date: Date.now() };
        return fileFailure(error, path, attempt.effective);
      }
    });
  }

  async #delete(path: string, attempt: Attempt): Promise<DeleteResult> {
    const failure = await this.#workshop.lock.hold(async () => {
      const status = await this.#fileSystem.lstat(path);
      if (status.isDirectory()) return notAFile(status, path);
      if (!attempt.begin()) return tooLate;
      await this.#fileSystem.unlink(path).catch((error: unknown) => {
        if (errorCode(error) !== 'EIO') attempt.undo();
        throw error;
      });
      return undefined;
    }, attempt.isOver);
    if (failure !== undefined) return failure;
    await this.#durability.syncDirectory(dirname(path));
    return { kind: 'deleted', date: Date.now() };
  }

  /** What was begun comes to its end first. */
  close(): Promise<void> {
    return this.#workshop.close();
  }

  async #statTarget(path: string): Promise<BigIntStats | undefined> {
    try {
      return await this.#fileSystem.lstat(path);
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }

  #badName(reason: string, name: string): StoreFailure {
    return storeFailure('denied', `${reason}: name=${JSON.stringify(name.slice(0, 200))}`);
  }
}

/** Why a put must not happen; `undefined`: it may. */
function refuse(existing: BigIntStats | undefined, path: string, options: PutOptions): PutResult | undefined {
  if (existing === undefined) return options.ifMatch === undefined ? undefined : { kind: 'notFound', date: Date.now() };
  if (!existing.isFile()) return notAFile(existing, path);
  if (options.ifNoneMatch !== undefined) return { kind: 'preconditionFailed', date: Date.now() };
  if (options.ifMatch !== undefined && options.ifMatch !== etagOf(existing)) {
    return { kind: 'preconditionFailed', date: Date.now() };
  }
  // A rename would not ask.
  if ((existing.mode & ownerMayWrite) === 0n) {
    return storeFailure('denied', `the file is marked as read-only: path=${JSON.stringify(path)}`);
  }
  return undefined;
}

function notAFile(status: BigIntStats, path: string): StoreFailure {
  const what = status.isDirectory() ? 'a directory' : status.isSymbolicLink() ? 'a symbolic link' : 'a special file';
  return storeFailure('denied', `there is ${what} where the object should be: path=${JSON.stringify(path)}`);
}
