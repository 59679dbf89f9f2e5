/** What becomes of the rest when the check of one file fails, and of the exit code. */
import { describe, expect, it } from 'vitest';
import { checkCodes, checkEach, type CheckCode, type CheckFile } from '../../src/cli/check-each.ts';
import { HistoryError } from '../../src/verify/history-error.ts';

/** Files are named after what becomes of them. */
const check: CheckFile = (file) => {
  if (file === 'fails') return Promise.reject(new RangeError('Maximum call stack\nsize exceeded'));
  if (file === 'torn') return Promise.reject(new HistoryError('this is not JSON', 3));
  return Promise.resolve({ text: file, finish: () => checkCodes[file as keyof typeof checkCodes] });
};

async function run(files: readonly string[], readMax = Infinity): Promise<[CheckCode, string[], string[]]> {
  const [written, complaints]: [string[], string[]] = [[], []];
  const code = await checkEach(files, check, {
    write: (text) => Promise.resolve(written.push(text) <= readMax),
    complain: (line) => complaints.push(line),
  });
  return [code, written, complaints];
}

describe('files one after the other', () => {
  it('all are judged, whatever fails in one, and a failure is no violation', async () => {
    expect(await run(['fails', 'ok', 'torn'])).toEqual([
      2,
      ['ok'],
      ['fails: the checker failed: RangeError: Maximum call stack size exceeded', 'torn: line 3: this is not JSON'],
    ]);
  });

  it.each<[string[], CheckCode]>([
    [['ok', 'ok'], 0],
    [['ok', 'unknown'], 2],
    [['fails', 'illegal', 'unknown'], 1],
  ])('the worst of %j is %i', async (files, code) => {
    expect((await run(files))[0]).toBe(code);
  });

  it('nothing is judged that nobody would read', async () => {
    expect(await run(['ok', 'ok', 'illegal'], 1)).toEqual([2, ['ok', 'ok'], []]);
    expect(await run(['ok', 'ok'], 1)).toEqual([0, ['ok', 'ok'], []]);
  });
});
