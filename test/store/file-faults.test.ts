/** Disks that are full, broken, slow or forbidden: every failure is classified, and nothing is lost or overwritten. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { nodeFileSystem, type FileSystem, type OpenFile } from '../../src/store/file/file-system.ts';
import { FileStore } from '../../src/store/file/file-store.ts';
import type { FailureKind } from '../../src/store/object-store.ts';
import { bytes, found, stored } from './conformance.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'valthree-faults-'));
});

afterEach(async () => {
  await rm(directory, { recursive: true, force: true });
});

async function open(fileSystem: FileSystem = nodeFileSystem): Promise<FileStore> {
  const opened = await FileStore.open({ directory, fileSystem });
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.store;
}

type Call = Exclude<keyof FileSystem, 'open'> | 'open' | Exclude<keyof OpenFile, 'fd'>;
/** A fault in one kind of call, on paths that match; may hang instead of failing. */
interface Plan {
  readonly call: Call;
  readonly path: RegExp;
  readonly code: string;
}

/** The real file system, of which one call fails once `plan` is set. */
class FaultyFileSystem implements FileSystem {
  plan: Plan | undefined;

  async open(path: string, flags: number, mode?: number): Promise<OpenFile> {
    this.#check('open', path);
    const file = await nodeFileSystem.open(path, flags, mode);
    const checked = <Result>(call: Call, action: () => Promise<Result>): Promise<Result> =>
      Promise.resolve().then(() => {
        this.#check(call, path);
        return action();
      });
    return {
      fd: file.fd,
      stat: () => checked('stat', () => file.stat()),
      read: (buffer, position) => checked('read', () => file.read(buffer, position)),
      // Short writes are normal.
      write: (buffer, position) =>
        checked('write', () => file.write(buffer.subarray(0, Math.ceil(buffer.length / 2)), position)),
      chmod: (mode) => checked('chmod', () => file.chmod(mode)),
      utimes: (modified) => checked('utimes', () => file.utimes(modified)),
      sync: () => checked('sync', () => file.sync()),
      close: () => file.close(),
    };
  }

  stat(path: string) {
    return this.#checked('stat', path, () => nodeFileSystem.stat(path));
  }

  lstat(path: string) {
    return this.#checked('lstat', path, () => nodeFileSystem.lstat(path));
  }

  rename(from: string, to: string) {
    return this.#checked('rename', to, () => nodeFileSystem.rename(from, to));
  }

  unlink(path: string) {
    return this.#checked('unlink', path, () => nodeFileSystem.unlink(path));
  }

  mkdir(path: string) {
    return this.#checked('mkdir', path, () => nodeFileSystem.mkdir(path));
  }

  readdir(path: string) {
    return this.#checked('readdir', path, () => nodeFileSystem.readdir(path));
  }

  async #checked<Result>(call: Call, path: string, action: () => Promise<Result>): Promise<Result> {
    this.#check(call, path);
    return action();
  }

  #check(call: Call, path: string): void {
    if (this.plan?.call !== call || !this.plan.path.test(path)) return;
    throw Object.assign(new Error(`${this.plan.code}: injected`), { code: this.plan.code });
  }
}

const temporary = /\.tmp$/;
const target = /data$/;

describe('a put that fails before the rename has changed nothing', () => {
  test.each<[Call, RegExp, string, FailureKind, string]>([
    ['open', temporary, 'ENOSPC', 'unavailable', 'disk is full'],
    ['write', temporary, 'ENOSPC', 'unavailable', 'disk is full'],
    ['write', temporary, 'EDQUOT', 'unavailable', 'quota'],
    ['sync', temporary, 'ENOSPC', 'unavailable', 'disk is full'],
    ['sync', temporary, 'EIO', 'unavailable', 'disk does not work'],
    ['open', temporary, 'EACCES', 'denied', 'permission'],
    ['open', temporary, 'EROFS', 'denied', 'read-only'],
    ['open', temporary, 'EMFILE', 'unavailable', 'too many files'],
    ['lstat', target, 'EACCES', 'denied', 'permission'],
    ['stat', /lock$/, 'EIO', 'unavailable', 'disk does not work'],
    ['utimes', /./, 'EPERM', 'denied', 'permission'],
    ['rename', target, 'EACCES', 'denied', 'permission'],
    ['rename', target, 'ENOSPC', 'unavailable', 'disk is full'],
    ['rename', target, 'EXDEV', 'denied', 'another file system'],
  ])('%s on %s: %s', async (call, path, code, failure, message) => {
    const fileSystem = new FaultyFileSystem();
    const store = await open(fileSystem);
    const etag = stored(await store.put('data', bytes('before')));
    fileSystem.plan = { call, path, code };
    const result = await store.put('data', bytes('after'), { ifMatch: etag });
    expect(result).toMatchObject({ kind: 'failed', failure });
    expect(result).toMatchObject({ message: expect.stringContaining(message) as string });
    expect(result).toMatchObject({ message: expect.stringContaining(code) as string });
    fileSystem.plan = undefined;
    expect(found(await store.get('data'))).toEqual({ body: 'before', etag });
    expect((await readdir(join(directory, '.valthree'))).filter((name) => temporary.test(name))).toEqual([]);
    stored(await store.put('data', bytes('after'), { ifMatch: etag }));
    await store.close();
  });
});

describe('a put that fails at or after the rename is of unknown outcome', () => {
  test('where the rename itself is in doubt', async () => {
    const fileSystem = new FaultyFileSystem();
    const store = await open(fileSystem);
    fileSystem.plan = { call: 'rename', path: target, code: 'EIO' };
    expect(await store.put('data', bytes('x'))).toMatchObject({ kind: 'failed', failure: 'unknown' });
    await store.close();
  });

  test('where the directory cannot be synced', async () => {
    const fileSystem = new FaultyFileSystem();
    const store = await open(fileSystem);
    fileSystem.plan = { call: 'sync', path: /faults-\w+$/, code: 'EIO' };
    expect(await store.put('data', bytes('x'))).toMatchObject({ kind: 'failed', failure: 'unknown' });
    // And nobody may read it before it is on the disk.
    expect(await store.get('data')).toMatchObject({ kind: 'failed', failure: 'unknown' });
    fileSystem.plan = undefined;
    expect(found(await store.get('data')).body).toBe('x');
    await store.close();
  });
});

test.each<[Call, string, FailureKind]>([
  ['open', 'EACCES', 'denied'],
  ['read', 'EIO', 'unknown'],
  ['stat', 'EIO', 'unknown'],
  ['open', 'EMFILE', 'unknown'],
])('a get whose %s fails with %s', async (call, code, failure) => {
  const fileSystem = new FaultyFileSystem();
  const store = await open(fileSystem);
  stored(await store.put('data', bytes('x')));
  fileSystem.plan = { call, path: target, code };
  expect(await store.get('data')).toMatchObject({ kind: 'failed', failure });
  fileSystem.plan = undefined;
  expect(found(await store.get('data')).body).toBe('x');
  await store.close();
});

test('a delete and a list that fail say so', async () => {
  const fileSystem = new FaultyFileSystem();
  const store = await open(fileSystem);
  stored(await store.put('data', bytes('x')));
  fileSystem.plan = { call: 'unlink', path: target, code: 'EPERM' };
  expect(await store.delete('data')).toMatchObject({ kind: 'failed', failure: 'denied' });
  fileSystem.plan = { call: 'readdir', path: /./, code: 'EIO' };
  expect(await store.list('')).toMatchObject({ kind: 'failed', failure: 'unknown' });
  await store.close();
});

test.each(['EACCES', 'EROFS', 'ENOSPC'])('a store that cannot be opened says so: %s', async (code) => {
  const fileSystem = new FaultyFileSystem();
  fileSystem.plan = { call: 'mkdir', path: /./, code };
  const opened = await FileStore.open({ directory, fileSystem });
  expect(opened).toMatchObject({ kind: 'failed', message: expect.stringContaining(directory) as string });
});

test('a disk that does not answer is given up in time, and what had not begun never happens', async () => {
  const fileSystem = new FaultyFileSystem();
  const store = await open(fileSystem);
  const etag = stored(await store.put('data', bytes('before')));
  let release: (() => void) | undefined;
  const hung = new Promise<void>((resolve) => (release = resolve));
  const openFile = fileSystem.open.bind(fileSystem);
  fileSystem.open = async (path, flags, mode) => {
    if (temporary.test(path)) await hung;
    return openFile(path, flags, mode);
  };
  const result = await store.put('data', bytes('after'), { ifMatch: etag, timeoutMs: 20 });
  expect(result).toMatchObject({ kind: 'failed', failure: 'unavailable' });
  release?.();
  // The lock is taken in turn: behind the put that was given up.
  expect(await store.delete('other')).toMatchObject({ kind: 'deleted' });
  expect(found(await store.get('data')).body).toBe('before');
  await store.close();
});

/** A right of the user, not a tool that could be installed: not demanded in CI. The injected faults are the same. */
const canMount = process.platform === 'linux' && process.getuid?.() === 0 && mayMount();
if (!canMount) console.warn('skipped: tests on a really full and a really read-only disk: no right to mount a tmpfs');

function mayMount(): boolean {
  const place = mkdtempSync(join(tmpdir(), 'valthree-mount-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'valthree-test', place], { stdio: 'ignore' });
    execFileSync('umount', [place], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  } finally {
    rmdirSync(place);
  }
}

describe.skipIf(!canMount)('a real file system', () => {
  let mounted = false;

  beforeEach(() => {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'valthree-test', directory]);
    mounted = true;
  });

  afterEach(() => {
    if (mounted) execFileSync('umount', [directory]);
    mounted = false;
  });

  test('that is full: nothing is lost, and it goes on when there is room', async () => {
    const store = await open();
    const etag = stored(await store.put('data', bytes('before')));
    await writeFile(join(directory, 'ballast'), Buffer.alloc(700_000));
    const full = await store.put('data', Buffer.alloc(500_000), { ifMatch: etag });
    expect(full).toMatchObject({ failure: 'unavailable', message: expect.stringContaining('disk is full') as string });
    expect(found(await store.get('data'))).toEqual({ body: 'before', etag });
    await rm(join(directory, 'ballast'));
    stored(await store.put('data', Buffer.alloc(500_000), { ifMatch: etag }));
    await store.close();
  });

  test('that is read-only: reads go on, writes and starts are refused', async () => {
    const store = await open();
    const etag = stored(await store.put('data', bytes('before')));
    await store.close();
    const other = await open();
    await other.get('data');
    await other.close();
    execFileSync('mount', ['-o', 'remount,ro', directory]);
    const opened = await FileStore.open({ directory });
    expect(opened).toMatchObject({ failure: 'denied', message: expect.stringContaining('read-only') as string });
    expect(await readFile(join(directory, 'data'), 'utf8')).toBe('before');
    execFileSync('mount', ['-o', 'remount,rw', directory]);
    const again = await open();
    expect(found(await again.get('data'))).toEqual({ body: 'before', etag });
    await again.close();
  });
});
