/**
 * Plants known bugs, one at a time, in a copy of the sources, and shows what finds each: `npm run mutants`, or with
 * `-- --only trail` those whose name has that word. Writes the table of docs/testing.md with `--write`. A bug that
 * nothing finds, and one whose place in the code is gone, make it fail.
 */
import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../test/mutants/mutant.ts';
import { mutants } from '../test/mutants/mutants.ts';
import { PlantedSources } from '../test/mutants/planted-sources.ts';

const root = new URL('..', import.meta.url).pathname;
const seedsMax = 1000;
/** Of one mutant: some make programs wait for ever. */
const minutesMax = 10;
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
const copy = new PlantedSources();
try {
  for (const mutant of chosen) {
    const finding = await tryMutant(mutant);
    findings.push(finding);
    const verdict = finding.caughtBy === undefined ? 'NOT FOUND' : `${finding.caughtBy}, ${finding.seeds}`;
    print(`${mutant.name}: ${verdict} (${finding.seconds.toFixed(1)} s)`);
  }
} finally {
  copy.remove();
}
const missed = findings.filter(({ caughtBy }) => caughtBy === undefined);
print(`${findings.length - missed.length} of ${findings.length} planted bugs found`);
if (words.includes('--write')) writeTable();
if (missed.length > 0) process.exitCode = 1;

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

async function tryMutant(mutant: Mutant): Promise<Finding> {
  const startedAt = performance.now();
  const takeOut = copy.plant(mutant);
  try {
    const found = mutant.test === undefined ? await bySimulator(layoutOf(mutant)) : await byTest(mutant.test);
    return { mutant, ...found, seconds: (performance.now() - startedAt) / 1000 };
  } finally {
    takeOut();
  }
}

/** The layout that the file is of; else both are simulated. */
function layoutOf({ file }: Mutant): readonly string[] {
  const name = /^src\/log\/(plain|journal)\//.exec(file)?.[1];
  return name === undefined ? [] : ['--layout', name];
}

async function bySimulator(layout: readonly string[]): Promise<Pick<Finding, 'caughtBy' | 'seeds'>> {
  const words = ['simulate', '--seed', '1', '--runs', String(seedsMax), '--no-shrink', ...layout];
  const { code, output } = await run(process.execPath, ['--import', 'tsx', copy.main, ...words]);
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
    const child = spawn(program, args, { cwd: copy.directory, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', reject);
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new Error(`a mutant is not done after ${minutesMax} minutes:\n${output.slice(-2000)}`));
    }, minutesMax * 60_000);
    child.once('close', (code) => {
      clearTimeout(timer);
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
