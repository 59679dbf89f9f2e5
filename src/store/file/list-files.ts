/** The objects below a directory, as names with slashes. What is no plain file, or has no name that an object may have, is none. */
import type { Dirent } from 'node:fs';
import { join } from 'node:path';
import type { ListedObject } from '../object-store.ts';
import { isMissing } from './file-error.ts';
import type { FileSystem } from './file-system.ts';
import { objectPath } from './object-path.ts';

/** Files asked for at once. */
const statsMax = 16;

export async function listFiles(fileSystem: FileSystem, directory: string, prefix: string): Promise<ListedObject[]> {
  const objects: ListedObject[] = [];
  const isName = (name: string): boolean => objectPath(directory, name).kind === 'path';
  const deepest = prefix.slice(0, prefix.lastIndexOf('/') + 1);
  const folders = [deepest];
  if (deepest !== '' && !isName(deepest.slice(0, -1))) return [];
  for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
    const files: string[] = [];
    for (const entry of await entries(fileSystem, join(directory, folder))) {
      const name = folder + entry.name;
      if (!isName(name)) continue;
      if (entry.isDirectory() && `${name}/`.startsWith(prefix)) folders.push(`${name}/`);
      else if (entry.isFile() && name.startsWith(prefix)) files.push(name);
    }
    for (let i = 0; i < files.length; i += statsMax) {
      const found = await Promise.all(
        files.slice(i, i + statsMax).map((name) => describe(fileSystem, directory, name)),
      );
      for (const object of found) if (object !== undefined) objects.push(object);
    }
  }
  return objects;
}

async function entries(fileSystem: FileSystem, path: string): Promise<Dirent[]> {
  try {
    return await fileSystem.readdir(path);
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}

/** `undefined`: deleted meanwhile. */
async function describe(fileSystem: FileSystem, directory: string, name: string): Promise<ListedObject | undefined> {
  try {
    const { size, mtimeNs } = await fileSystem.stat(join(directory, name));
    return { name, size: Number(size), modifiedAt: Number(mtimeNs / 1_000_000n) };
  } catch (error) {
    if (isMissing(error)) return undefined;
    throw error;
  }
}
