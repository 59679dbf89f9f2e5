/** `valthree simulate` as a user runs it: summaries, exit codes, and a failure that its own command replays. */
import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { mutants } from '../mutants/mutants.ts';
import { PlantedSources } from '../mutants/planted-sources.ts';
import { NodeProcess, valthree, type Finished } from '../support/node-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-simulate-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

describe('runs that keep all promises', () => {
  it('say what they were, and of a single one its hash, which is that of every time', async () => {
    const [first, second] = [await valthree(['simulate', '--seed', '3']), await valthree(['simulate', '--seed', '3'])];
    expect([first.code, first.stderr]).toEqual([0, '']);
    expect(first.stdout).toMatch(/^first seed: 3\n1 of 1 runs, .* times real time\n\d+ operations, \d+ commits/);
    const hash = /event hash: [0-9a-f]{16,}/;
    expect(hash.exec(first.stdout)?.[0]).toBe(hash.exec(second.stdout)?.[0]);
    expect(first.stdout).toMatch(hash);
  });

  it('are of what is asked for', async () => {
    const { code, stdout } = await valthree(
      'simulate --seed 5 --runs 3 --nodes 1 --clients 2 --operations 4 --faults crash,late --layout plain'.split(' '),
    );
    expect(code).toBe(0);
    expect(stdout).toContain('3 of 3 runs');
    expect(stdout).not.toMatch(/linkCut|pause/);
    expect(stdout).not.toContain('event hash');
  });

  it.each(['SIGINT', 'SIGTERM'] as const)('end at %s with what they were so far', async (signal) => {
    const simulation = new NodeProcess(['simulate', '--seed', '1', '--minutes', '1000']);
    await simulation.until(/first seed: 1/);
    const { code, stdout, stderr } = await simulation.kill(signal);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/\d+ runs, .* times real time\n\d+ operations/);
  });
});

describe('called wrongly', () => {
  it.each([
    [['--faults', 'crash,nonsense'], "There is no fault 'nonsense'."],
    [['--seed', 'x'], '--seed'],
    [['--runs', '0'], '--runs'],
    [['--layout', 'other'], 'Allowed choices are'],
  ])('%j', async (words, message) => {
    const { code, stdout, stderr } = await valthree(['simulate', ...words]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
  });

  it('with a directory that cannot be written to: said before the first run', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    const { code, stdout, stderr } = await valthree(['simulate', '--artifacts', join(file, 'below')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^valthree: --artifacts is no directory that can be written to, give another one: .*\n$/);
  });
});

describe('a broken promise', () => {
  const planted = new PlantedSources();
  let takeOut: () => void;

  const simulate = (words: readonly string[]): Promise<Finished> =>
    new Promise((resolve) => {
      const args = ['--import', 'tsx', planted.main, 'simulate', ...words];
      execFile(process.execPath, args, { cwd: planted.directory }, (cause, stdout, stderr) => {
        resolve({ code: cause === null ? 0 : Number(cause.code), stdout, stderr });
      });
    });

  beforeAll(() => {
    const mutant = mutants.find(({ name }) => name === 'a PUT without If-Match');
    if (mutant === undefined) throw new Error('there is no such mutant any more');
    takeOut = planted.plant(mutant);
  });
  afterAll(() => {
    planted.remove();
  });

  it('is made smaller, written down, and replayed by the command that is printed', async () => {
    const artifacts = join(directory, 'found');
    const { code, stdout } = await simulate([
      '--seed',
      '1',
      '--runs',
      '50',
      '--layout',
      'plain',
      '--artifacts',
      artifacts,
    ]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/still fails with \d+ nodes, \d+ clients/);
    expect(stdout).toMatch(/the last events:\n[^]*\nseed \d+ FAILS:\n {2}\S/);
    const written = readdirSync(artifacts);
    expect(written.filter((name) => name.endsWith('.trace.txt'))).toHaveLength(1);
    expect(written.filter((name) => name.endsWith('.html')).length).toBeGreaterThan(0);
    const words = /^replay it: npx valthree simulate (.*)$/m.exec(stdout)?.[1]?.split(' ') ?? [];
    const trace = readFileSync(join(artifacts, written.find((name) => name.endsWith('.trace.txt')) ?? ''), 'utf8');
    expect(trace.startsWith(`npx valthree simulate ${words.join(' ')}\n`)).toBe(true);

    const failures = (text: string): string | undefined => /^seed \d+ FAILS:\n(?: {2}.*\n)+/m.exec(text)?.[0];
    const replayed = await simulate([...words, '--no-shrink']);
    expect([replayed.code, failures(replayed.stdout)]).toEqual([1, failures(stdout)]);
    // It is the planted bug, and nothing else.
    takeOut();
    expect((await simulate([...words, '--no-shrink'])).code).toBe(0);
  });
});
