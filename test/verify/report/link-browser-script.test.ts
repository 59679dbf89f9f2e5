import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { linkBrowserScript } from '../../../scripts/link-browser-script.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'valthree-link-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function link(files: Readonly<Record<string, string>>): string {
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return linkBrowserScript(join(folder, 'main.ts'));
}

describe('linking of browser scripts', () => {
  it('runs modules once, each after those it imports, with names of their own', () => {
    const script = link({
      'main.ts': `import { left } from './left.ts';\nimport { right } from './right.ts';\nconst own = left + right();\nlog.push(own);`,
      'left.ts': `import { base } from './base.ts';\nconst own = 1;\nexport const left: number = own + base;`,
      'right.ts': `import { base } from './base.ts';\nimport type { T } from './types.ts';\nconst own = 10;\nexport function right(): T { return own + base; }`,
      'base.ts': `log.push('base');\nexport const base = 100;\nexport class Unused {}`,
      'types.ts': `export type T = number;`,
    });
    const log: unknown[] = [];
    runInNewContext(script, { log });
    expect(log).toEqual(['base', 211]);
  });

  it.each([
    ['a cycle', { 'main.ts': `import { a } from './a.ts';\na;`, 'a.ts': `import './main.ts';\nexport const a = 1;` }],
    ['modules that import each other', { 'main.ts': `import { a } from './main.ts';\na;` }],
    ['renaming', { 'main.ts': `import { a as b } from './a.ts';\nb;`, 'a.ts': `export const a = 1;` }],
    ['packages', { 'main.ts': `import { a } from 'a';\na;` }],
    ['default exports', { 'main.ts': `export default function f() {}` }],
    ['lists of exports', { 'main.ts': `const a = 1;\nexport { a };` }],
    ['destructured exports', { 'main.ts': `export const { a } = log;` }],
    ['the end of its element', { 'main.ts': `log.push('</script>');` }],
    [
      'one name for two exports',
      {
        'main.ts': `import { a } from './a.ts';\nimport { b } from './b.ts';\na; b;`,
        'a.ts': `export const a = 1;`,
        'b.ts': `export const a = 2;\nexport const b = 2;`,
      },
    ],
  ])('refuses %s', (_, files) => {
    expect(() => link(files)).toThrow(/cannot link|import each other|exported by|ends a script/);
  });
});
