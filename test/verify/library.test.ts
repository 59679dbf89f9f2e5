/** The library as the documentation shows it, and with a model of one's own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  checkHistory,
  HistoryError,
  modelNames,
  powerset,
  readHistory,
  type History,
  type Model,
  type Operation,
} from '../../src/verify/index.ts';

const root = new URL('../../', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/verification.md'), 'utf8');

describe('docs/verification.md', () => {
  it('has an example that runs', () => {
    const example = /```ts\n([\s\S]*?)```/.exec(page)![1]!;
    // Within the package, so that its own name resolves as it does for those who have installed it.
    const directory = mkdtempSync(join(root, 'test/verify/example-'));
    try {
      const file = join(directory, 'example.ts');
      writeFileSync(file, example.replace("'valthree/verify'", `'${join(root, 'src/verify/index.ts')}'`));
      const output = execFileSync(process.execPath, ['--import', 'tsx', file], { encoding: 'utf8', cwd: root });
      expect(output).toMatch(/^cannot be placed: read x → 0\nthe value could be: 1\na report of \d+ characters\n$/);
    } finally {
      rmSync(directory, { recursive: true });
    }
  });

  it('has a history that can be read', () => {
    const history = readHistory(/```json\n([\s\S]*?)```/.exec(page)![1]!);
    expect(history.operations.map(({ outcome }) => outcome)).toEqual(['ok', 'ok', 'info']);
    expect(checkHistory(history).verdict).toBe('ok');
  });

  it('has all models', () => {
    const table = page.slice(page.indexOf('| model '), page.indexOf('**Expiry in'));
    const named = [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual(modelNames().toSorted());
  });

  it('names what the package exports', () => {
    const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      exports: Record<string, unknown>;
    };
    expect(exports['./verify']).toEqual({ types: './dist/verify/index.d.ts', default: './dist/verify/index.js' });
  });
});

function operation(process: number, f: string, output: number | null, at: number): Operation {
  return { process, f, key: null, input: null, output, call: at, return: at + 1, outcome: 'ok' };
}

function historyOf(operations: readonly Operation[], initial?: number): History {
  return { model: 'die', initial, nullReadIsWildcard: false, operations };
}

/** A die that is thrown unseen, and looked at. */
const die: Model = {
  name: 'die',
  summary: 'throw, look → number',
  validate: ({ f }) => (f === 'throw' || f === 'look' ? undefined : 'f must be throw or look'),
  validateInitial: (initial) => (typeof initial === 'number' ? undefined : 'it shows a number'),
  open: (operations, { initial = 1 }) =>
    powerset<number>({
      initial: [initial as number],
      step(state, index) {
        if (operations[index]!.f === 'throw') return [1, 2, 3, 4, 5, 6];
        return operations[index]!.output === state ? [state] : [];
      },
      key: String,
      describe: (state) => `shows ${state}`,
    }),
};

describe("a model of one's own", () => {
  it('is nondeterministic, if it says so', () => {
    const throwOnce = [operation(0, 'look', 3, 0), operation(0, 'throw', null, 2), operation(0, 'look', 6, 4)];
    expect(checkHistory(historyOf(throwOnce, 3), { model: die }).verdict).toBe('ok');
    const verdict = checkHistory(historyOf([...throwOnce, operation(0, 'look', 5, 6)], 3), { model: die });
    expect(verdict).toMatchObject({ model: 'die', verdict: 'illegal' });
    expect(verdict.kind === 'linearizability' && verdict.partitions[0]).toMatchObject({
      firstViolation: 3,
      linearizations: [
        [
          { state: 'shows 3' },
          { state: expect.stringContaining('shows 1 or shows 2') as string },
          { state: 'shows 6' },
        ],
      ],
    });
  });

  it.each<[string, History, string]>([
    ['operations', historyOf([operation(0, 'turn', 1, 0)]), 'operation 0: f must be throw or look'],
    ['an initial value', { ...historyOf([]), initial: 'x' }, 'it shows a number'],
    [
      'times',
      historyOf([{ ...operation(0, 'look', 1, 0), return: -1 }]),
      'operation 0: it returns at -1, before it is',
    ],
    [
      'order',
      historyOf([operation(0, 'look', 1, 5), operation(1, 'look', 1, 0)]),
      'operation 1: it is called at 0, after',
    ],
    [
      'processes',
      historyOf([operation(0, 'look', 1, 0), operation(0, 'look', 1, 0.5)]),
      'operation 1: process 0 calls it at 0.5 and',
    ],
    [
      'outcomes',
      historyOf([{ ...operation(0, 'look', null, 5), outcome: 'info' }]),
      'operation 0: an operation that may take place later',
    ],
  ])('is protected from wrong %s', (_, history, message) => {
    expect(() => checkHistory(history, { model: die })).toThrow(HistoryError);
    expect(() => checkHistory(history, { model: die })).toThrow(message);
  });
});
