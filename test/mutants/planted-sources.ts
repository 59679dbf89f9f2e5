/** A copy of the sources in which a bug can be planted. */
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';

const root = new URL('../..', import.meta.url).pathname;

export class PlantedSources {
  readonly directory = mkdtempSync(join(tmpdir(), 'valthree-mutants-'));

  constructor() {
    for (const name of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
      cpSync(join(root, name), join(this.directory, name), { recursive: true });
    }
    symlinkSync(join(root, 'node_modules'), join(this.directory, 'node_modules'));
  }

  get main(): string {
    return join(this.directory, 'src/cli/main.ts');
  }

  /** @returns what takes it out again */
  plant({ name, file, find, replace }: Mutant): () => void {
    const path = join(this.directory, file);
    const text = readFileSync(path, 'utf8');
    if (text.split(find).length !== 2)
      throw new Error(`the place of a mutant is gone, or not the only one: mutant="${name}" file=${file}`);
    writeFileSync(
      path,
      text.replace(find, () => replace),
    );
    return () => {
      writeFileSync(path, text);
    };
  }

  remove(): void {
    rmSync(this.directory, { recursive: true, force: true });
  }
}
