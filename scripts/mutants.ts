/**
 * Plants known bugs, one at a time, in a copy of the sources, and shows what finds each: `npm run mutants`, or with
 * `-- --only trail` those whose name has that word. Writes the table of docs/testing.md with `--write`. A bug that
 * nothing finds, and one whose place in the code is gone, make it fail.
 */
import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutants, type Mutant } from '../test/mutants/mutants.ts';

const root = new URL('..', import.meta.url).pathname;
const seedsMax = 1000;
const page = join(root, 'docs/testing.md');

interface Finding {
  readonly mutant: Mutant;
  readonly caughtBy: string | undefined;
  readonly seeds: string;
  readonly seconds: number;
}

const words = process.argv.slice(2);
const only = words.includes('--only') ? words[words.indexOf('--only') + 1] : undefined;
const chosen = mutants.filter(({ name }) => only === undefined || name.includes(only));
const findings: Finding[] = [];
const copy = copySources();
try {
  for (const mutant of chosen) {
    const finding = await tryMutant(mutant);
    findings.push(finding);
    const verdict = finding.caughtBy === undefined ? 'NOT FOUND' : `${finding.caughtBy}, ${finding.seeds}`;
    print(`${mutant.name}: ${verdict} (${finding.seconds.toFixed(1)} s)`);
  }
} finally {
  rmSync(copy, { recursive: true });
}
const missed = findings.filter(({ caughtBy }) => caughtBy === undefined);
print(`${findings.length - missed.length} of ${findings.length} planted bugs found`);
if (words.includes('--write')) writeTable();
if (missed.length > 0) process.exitCode = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function copySources(): string {
  const directory = mkdtempSync(join(tmpdir(), 'valthree-mutants-'));
  for (const name of ['src', 'test', 'package.json', 'tsconfig.json', 'vitest.config.ts']) {
    cpSync(join(root, name), join(directory, name), { recursive: true });
  }
  symlinkSync(join(root, 'node_modules'), join(directory, 'node_modules'));
  return directory;
}

async function tryMutant(mutant: Mutant): Promise<Finding> {
  const path = join(copy, mutant.file);
  const text = readFileSync(path, 'utf8');
  if (text.split(mutant.find).length !== 2) {
    throw new Error(`the place of a mutant is gone, or not the only one: mutant="${mutant.name}" file=${mutant.file}`);
  }
  const startedAt = performance.now();
  writeFileSync(
    path,
    text.replace(mutant.find, () => mutant.replace),
  );
  try {
    const found = mutant.test === undefined ? await bySimulator(layoutOf(mutant)) : await byTest(mutant.test);
    return { mutant, ...found, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    writeFileSync(path, text);
  }
}

/** The layout that the file is of; else both are simulated. */
function layoutOf({ file }: Mutant): readonly string[] {
  const name = /^src\/log\/(plain|journal)\//.exec(file)?.[1];
  return name === undefined ? [] : ['--layout', name];
}

async function bySimulator(layout: readonly string[]): Promise<Pick<Finding, 'caughtBy' | 'seeds'>> {
  const main = join(copy, 'src/cli/main.ts');
  const args = [
    '--import',
    'tsx',
    main,
    'simulate',
    '--seed',
    '1',
    '--runs',
    String(seedsMax),
    '--no-shrink',
    ...layout,
  ];
  const { code, output } = await run(process.execPath, args);
  if (code === 0) return { caughtBy: undefined, seeds: `${seedsMax} seeds` };
  const seed = /^seed (\d+) FAILS/m.exec(output)?.[1];
  if (seed === undefined) throw new Error(`the simulator itself has failed:\n${output.slice(-2000)}`);
  return { caughtBy: 'simulator', seeds: seed === '1' ? '1 seed' : `${seed} seeds` };
}

async function byTest(file: string): Promise<Pick<Finding, 'caughtBy' | 'seeds'>> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const { code } = await run(process.execPath, [vitest, 'run', file]);
  return code === 0 ? { caughtBy: undefined, seeds: file } : { caughtBy: file, seeds: '' };
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: copy, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    child.once('close', (code) => {
      resolve({ code, output });
    });
  });
}

function writeTable(): void {
  const rows = findings.map(
    ({ mutant, caughtBy, seeds }) => `| ${mutant.name} | ${caughtBy ?? 'nothing'} | ${seeds} |`,
  );
  const table = ['| planted bug | found by | seeds needed |', '| --- | --- | --- |', ...rows].join('\n');
  const text = readFileSync(page, 'utf8');
  const [before, rest] = text.split('<!-- mutants -->\n');
  const after = rest?.split('<!-- end of mutants -->')[1];
  if (after === undefined) throw new Error('docs/testing.md has no place for the table');
  writeFileSync(page, `${before ?? ''}<!-- mutants -->\n\n${table}\n\n<!-- end of mutants -->${after}`);
}
