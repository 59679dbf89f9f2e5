/** The calls of the file system that the file store makes: injected, so that a test can let any of them fail. */
import { lstat, mkdir, open, readdir, rename, stat, unlink } from 'node:fs/promises';
import type { BigIntStats, Dirent } from 'node:fs';

export interface FileSystem {
  open(path: string, flags: number, mode?: number): Promise<OpenFile>;
  stat(path: string): Promise<BigIntStats>;
  /** Does not follow a symbolic link. */
  lstat(path: string): Promise<BigIntStats>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  /** Creates the missing parents too. */
  mkdir(path: string): Promise<void>;
  readdir(path: string): Promise<Dirent[]>;
}

export interface OpenFile {
  readonly fd: number;
  stat(): Promise<BigIntStats>;
  read(buffer: Uint8Array, position: number): Promise<{ bytesRead: number }>;
  write(buffer: Uint8Array, position: number): Promise<{ bytesWritten: number }>;
  chmod(mode: number): Promise<void>;
  /** Sets the time of modification, in seconds since 1970. */
  utimes(modified: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Only the user who runs the node may read a database, unless he says otherwise by `chmod`. */
const directoryMode = 0o700;
export const fileMode = 0o600;

export const nodeFileSystem: FileSystem = {
  open: async (path, flags, mode) => {
    const handle = await open(path, flags, mode);
    return {
      fd: handle.fd,
      stat: () => handle.stat({ bigint: true }),
      read: (buffer, position) => handle.read(buffer, 0, buffer.length, position),
      write: (buffer, position) => handle.write(buffer, 0, buffer.length, position),
      chmod: (mode) => handle.chmod(mode),
      utimes: (modified) => handle.utimes(modified, modified),
      sync: () => handle.sync(),
      close: () => handle.close(),
    };
  },
  stat: (path) => stat(path, { bigint: true }),
  lstat: (path) => lstat(path, { bigint: true }),
  rename,
  unlink,
  mkdir: async (path) => {
    await mkdir(path, { recursive: true, mode: directoryMode });
  },
  readdir: (path) => readdir(path, { withFileTypes: true }),
};
