/** What is special about files: other processes, hands that edit, names that lead elsewhere, and what is left behind. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmod,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rename,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FileStore } from '../../src/store/file/file-store.ts';
import { objectPath } from '../../src/store/file/object-path.ts';
import { bytes, found, stored } from './conformance.ts';

let directory: string;
let store: FileStore;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'valthree-files-'));
  store = await open();
});

afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true, force: true });
});

async function open(): Promise<FileStore> {
  const opened = await FileStore.open({ directory });
  if (opened.kind === 'failed') throw new Error(opened.message);
  return opened.store;
}

describe('several processes on one directory', () => {
  const children: ChildProcess[] = [];

  afterEach(() => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
  });

  /** @returns how many increments it has had acknowledged, when it ends */
  function count(times: number): { child: ChildProcess; done: Promise<{ code: number | null; acknowledged: number }> } {
    const script = join(import.meta.dirname, '../support/count-in-file-store.ts');
    const args = ['--import', 'tsx', script, directory, String(times)];
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    children.push(child);
    let acknowledged = 0;
    child.stdout.on('data', (chunk: Buffer) => (acknowledged += chunk.toString().split('+').length - 1));
    return { child, done: once(child, 'close').then(([code]) => ({ code: code as number | null, acknowledged })) };
  }

  async function value(): Promise<number> {
    return (JSON.parse(found(await store.get('counter')).body) as { n: number }).n;
  }

  test('count exactly', async () => {
    stored(await store.put('counter', bytes('{"n":0}')));
    const processes = [count(60), count(60), count(60)];
    for (const { done } of processes) expect(await done).toEqual({ code: 0, acknowledged: 60 });
    expect(await value()).toBe(180);
  });

  test('count on when one is killed, and what was acknowledged is there', async () => {
    stored(await store.put('counter', bytes('{"n":0}')));
    const victim = count(1_000_000);
    const survivor = count(100);
    await once(victim.child.stdout as NodeJS.ReadableStream, 'data');
    await new Promise<void>((resolve) => {
      let lines = 0;
      victim.child.stdout?.on('data', (chunk: Buffer) => {
        lines += chunk.length / 2;
        if (lines > 30) resolve();
      });
    });
    victim.child.kill('SIGKILL');
    const { acknowledged } = await victim.done;
    expect(await survivor.done).toEqual({ code: 0, acknowledged: 100 });
    const n = await value();
    // The increment that was under way when it died may have happened.
    expect(n).toBeGreaterThanOrEqual(100 + acknowledged);
    expect(n).toBeLessThanOrEqual(100 + acknowledged + 1);
  });

  test('what a killed process left half-written is removed at the next start, and nobody else’s', async () => {
    const folder = join(directory, '.valthree');
    await writeFile(join(folder, '00112233445566aa.session'), '');
    await writeFile(join(folder, '00112233445566aa-7.tmp'), 'half');
    await writeFile(join(folder, 'ffeeddccbbaa9988-1.tmp'), 'of a session that is gone altogether');
    await writeFile(join(folder, 'notes.txt'), 'not ours');
    const own = (await readdir(folder)).find((name) => name.endsWith('.session') && !name.startsWith('0011')) as string;
    await writeFile(join(folder, own.replace('.session', '-99.tmp')), 'of a process that lives');
    const another = await open();
    const left = await readdir(folder);
    expect(left).toEqual(expect.arrayContaining(['lock', 'notes.txt', own, own.replace('.session', '-99.tmp')]));
    expect(left.filter((name) => /^(0011|ffee)/.test(name))).toEqual([]);
    await another.close();
  });

  test('the folder of the lock may vanish: processes still exclude each other', async () => {
    const other = await open();
    const etag = stored(await store.put('a', bytes('0')));
    await rename(join(directory, '.valthree'), join(directory, 'moved'));
    await mkdir(join(directory, '.valthree'));
    const puts = [0, 1, 2, 3, 4, 5].map((i) => (i % 2 ? store : other).put('a', bytes(`v${i}`), { ifMatch: etag }));
    expect((await Promise.all(puts)).filter(({ kind }) => kind === 'stored')).toHaveLength(1);
    await other.close();
  });
});

describe('a person at the files', () => {
  test('finds the object’s bytes and nothing else', async () => {
    stored(await store.put('folder/data.json', bytes('{"a":"b"}')));
    expect(await readFile(join(directory, 'folder/data.json'), 'utf8')).toBe('{"a":"b"}');
  });

  test('puts a file there, and it is an object', async () => {
    await writeFile(join(directory, 'data.json'), '{"a":"b"}');
    const { body, etag } = found(await store.get('data.json'));
    expect(body).toBe('{"a":"b"}');
    expect((await store.get('data.json', { ifNoneMatch: etag })).kind).toBe('notModified');
    expect((await store.put('data.json', bytes('x'), { ifNoneMatch: '*' })).kind).toBe('preconditionFailed');
    stored(await store.put('data.json', bytes('{}'), { ifMatch: etag }));
  });

  test('edits in place, and a put that did not see it is refused', async () => {
    const etag = stored(await store.put('data.json', bytes('{"a":"b"}')));
    await writeFile(join(directory, 'data.json'), '{"a":"c"}');
    expect((await store.put('data.json', bytes('{}'), { ifMatch: etag })).kind).toBe('preconditionFailed');
    expect(found(await store.get('data.json', { ifNoneMatch: etag })).body).toBe('{"a":"c"}');
  });

  test('edits by a new file moved over the old one, keeping its time', async () => {
    const path = join(directory, 'data.json');
    const etag = stored(await store.put('data.json', bytes('{"a":"b"}')));
    const { atime, mtime } = await stat(path);
    await writeFile(`${path}.new`, '{"a":"c"}');
    await utimes(`${path}.new`, atime, mtime);
    await rename(`${path}.new`, path);
    expect(found(await store.get('data.json', { ifNoneMatch: etag })).body).toBe('{"a":"c"}');
  });

  test('edits many times in a row: every body that is seen has an ETag of its own', async () => {
    const path = join(directory, 'data.json');
    const bodies = new Map<string, string>();
    await writeFile(path, '0');
    const edits = (async () => {
      for (let i = 0; i < 2000; i++) await writeFile(path, String(1000 + (i % 7)));
    })();
    const state = { over: false };
    void edits.then(() => (state.over = true));
    while (!state.over) {
      const got = await store.get('data.json');
      if (got.kind !== 'found') continue;
      const body = Buffer.from(got.body).toString();
      expect(bodies.get(got.etag) ?? body).toBe(body);
      bodies.set(got.etag, body);
    }
    expect(found(await store.get('data.json')).body).toBe(String(1000 + (1999 % 7)));
  });

  test('keeps the permissions that he gave the file', async () => {
    await store.put('a', bytes('1'));
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o600);
    await chmod(join(directory, 'a'), 0o644);
    stored(await store.put('a', bytes('2')));
    expect((await stat(join(directory, 'a'))).mode & 0o777).toBe(0o644);
  });

  test('marks the file as read-only: it is not overwritten', async () => {
    stored(await store.put('a', bytes('1')));
    await chmod(join(directory, 'a'), 0o444);
    expect(await store.put('a', bytes('2'))).toMatchObject({
      failure: 'denied',
      message: expect.stringContaining('read-only') as string,
    });
    expect(found(await store.get('a')).body).toBe('1');
  });
});

describe('what is no plain file', () => {
  const denied = (what: string) => ({ failure: 'denied', message: expect.stringContaining(what) as string });

  test('a directory is left as it is', async () => {
    await mkdir(join(directory, 'a'));
    expect(await store.get('a')).toMatchObject(denied('a directory'));
    expect(await store.put('a', bytes('x'))).toMatchObject(denied('a directory'));
    expect(await store.delete('a')).toMatchObject(denied('a directory'));
    expect((await stat(join(directory, 'a'))).isDirectory()).toBe(true);
  });

  test('a file where a directory should be is left as it is', async () => {
    stored(await store.put('a', bytes('x')));
    expect(await store.put('a/b', bytes('y'))).toMatchObject(denied('a file where a directory should be'));
    expect((await store.get('a/b')).kind).toBe('notFound');
    expect(found(await store.get('a')).body).toBe('x');
  });

  test('a symbolic link is not replaced', async () => {
    await writeFile(join(directory, 'real'), 'x');
    await symlink('real', join(directory, 'link'));
    expect(await store.put('link', bytes('y'))).toMatchObject(denied('a symbolic link'));
    expect(found(await store.get('link')).body).toBe('x');
  });

  test('a store cannot be opened on a file', async () => {
    await writeFile(join(directory, 'file'), 'x');
    const opened = await FileStore.open({ directory: join(directory, 'file') });
    expect(opened).toMatchObject(denied('a file where a directory should be'));
  });
});

describe('names', () => {
  test.each([
    '../x',
    'a/../../x',
    '/etc/passwd',
    'a//b',
    'a/',
    '.',
    '..',
    'a/./b',
    'a\\..\\b',
    'a\0b',
    'a\nb',
    '.valthree/lock',
    '.VALTHREE/lock',
    'x'.repeat(256),
    `${'x/'.repeat(600)}y`,
    'lone \ud800',
  ])('%j is refused everywhere', async (name) => {
    for (const result of [await store.get(name), await store.put(name, bytes('x')), await store.delete(name)]) {
      expect(result).toMatchObject({ kind: 'failed', failure: 'denied' });
    }
  });

  test('that Windows does not allow are refused there', () => {
    for (const name of ['a:b', 'con', 'CON.txt', 'a?', 'dot.', 'lpt1/x']) {
      expect(objectPath('/d', name, true).kind).toBe('bad');
      expect(objectPath('/d', name, false).kind).toBe('path');
    }
  });

  test('the store’s own files are not listed, not even by a prefix that leads to them', async () => {
    for (const prefix of ['', '.', '.valthree', '.valthree/', '../', '.valthree/../']) {
      expect(await store.list(prefix)).toMatchObject({ kind: 'listed', objects: [] });
    }
  });
});
