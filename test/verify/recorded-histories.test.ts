/** Recorded histories of real systems get the verdicts that other checkers gave them, by the library and by the program. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import {
  checkHistory,
  explain,
  readHistory,
  writeHistory,
  type LinearizabilityVerdict,
} from '../../src/verify/index.ts';
import { valthree } from '../support/node-process.ts';
import { recordedHistories } from './support/recorded-histories.ts';

const histories = recordedHistories();
const directory = mkdtempSync(join(tmpdir(), 'valthree-histories-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

it('are all there', () => {
  expect(histories.length).toBe(118);
  expect(new Set(histories.map(({ expected }) => expected))).toEqual(new Set(['ok', 'illegal']));
});

it.each(histories)('$name: $expected', ({ text, expected }) => {
  const history = readHistory(text);
  const verdict = checkHistory(history) as LinearizabilityVerdict;
  expect(verdict.verdict).toBe(expected);
  for (const partition of verdict.partitions) {
    expect(explain(partition) === undefined).toBe(partition.verdict === 'ok');
    expect(partition.linearizations.length).toBeGreaterThan(0);
  }
  // In our own format it is the same history.
  expect(readHistory(writeHistory(history))).toEqual(history);
});

it('are judged by the program', async () => {
  const files = histories.map(({ name, text }) => {
    const file = join(directory, `${name}.json`);
    writeFileSync(file, text);
    return file;
  });
  const { code, stdout, stderr } = await valthree(['check', '--json', ...files]);
  expect([code, stderr]).toEqual([1, '']);
  const found = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { file: string; verdict: string });
  expect(found.map(({ verdict }) => verdict)).toEqual(histories.map(({ expected }) => expected));
  expect(found.map(({ file }) => file)).toEqual(files);
});
