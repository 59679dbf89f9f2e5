/** What was acknowledged, or read, is there after the power has been cut. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileStore } from '../../src/store/file/file-store.ts';
import type { FileSystem } from '../../src/store/file/file-system.ts';
import { PowerCutFileSystem } from '../support/power-cut-file-system.ts';

let top: string;
let cuts = 0;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'valthree-power-'));
});
afterEach(() => {
  rmSync(top, { recursive: true });
});

async function open(directory: string, fileSystem?: FileSystem): Promise<FileStore> {
  const opened = await FileStore.open({ directory, ...(fileSystem === undefined ? {} : { fileSystem }) });
  if (opened.kind !== 'opened') throw new Error(opened.message);
  return opened.store;
}

/** What a new process finds of an object if the power is cut now; `undefined`: nothing. */
async function afterCut(disk: PowerCutFileSystem, directory: string, name: string): Promise<string | undefined> {
  const left = join(top, `left-${++cuts}`);
  disk.cut(directory, left);
  const store = await open(left);
  const result = await store.get(name);
  await store.close();
  return result.kind === 'found' ? Buffer.from(result.body).toString() : undefined;
}

it('keeps every put that was acknowledged, whether the object was there before or not', async () => {
  const disk = new PowerCutFileSystem();
  const directory = join(top, 'store');
  const store = await open(directory, disk);
  for (const name of ['data', 'a/b/data']) {
    let etag: string | undefined;
    for (const body of ['first', 'second, and longer', '3']) {
      const condition = etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: etag };
      const result = await store.put(name, Buffer.from(body), condition);
      if (result.kind !== 'stored') throw new Error(JSON.stringify(result));
      ({ etag } = result);
      expect(await afterCut(disk, directory, name)).toBe(body);
    }
  }
  await store.delete('data');
  expect(await afterCut(disk, directory, 'data')).toBeUndefined();
  expect(await afterCut(disk, directory, 'a/b/data')).toBe('3');
  await store.close();
});

it('tells of no version that a power cut could still take back', async () => {
  const disk = new PowerCutFileSystem();
  const directory = join(top, 'store');
  const [writer, reader] = [await open(directory, disk), await open(directory, disk)];
  await writer.put('data', Buffer.from('old'));
  // The writer has renamed its file to its place and waits for the disk; the first that wants to sync is the writer.
  let release: () => void = () => undefined;
  let isHeld = false;
  const renamed = new Promise<void>((resolve) => {
    disk.beforeDirectorySync = () => {
      if (isHeld) return Promise.resolve();
      isHeld = true;
      resolve();
      return new Promise((go) => (release = go));
    };
  });
  const put = writer.put('data', Buffer.from('new'));
  await renamed;
  expect(await afterCut(disk, directory, 'data')).toBe('old');
  const seen = await reader.get('data');
  expect(seen.kind === 'found' && Buffer.from(seen.body).toString()).toBe('new');
  expect(await afterCut(disk, directory, 'data')).toBe('new');
  release();
  expect(await put).toMatchObject({ kind: 'stored' });
  await Promise.all([writer.close(), reader.close()]);
});
