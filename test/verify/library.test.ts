/** The library as the documentation shows it, and with a model of one's own. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cycleNames, otherNames, timeSuffixes } from '../../src/verify/list-append/anomaly-names.ts';
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

  it('has all anomalies', () => {
    const table = page.slice(page.indexOf('| anomaly '), page.indexOf('## How it is checked'));
    const named = [...table.matchAll(/^\| `([\w-]+)`/gm)].map(([, name]) => name);
    expect(named.toSorted()).toEqual([...cycleNames, ...otherNames].toSorted());
    for (const suffix of timeSuffixes.filter((one) => one !== '')) expect(table).toContain(`\`${suffix}\``);
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

describe('valkey', () => {
  it.each([
    ['9223372036854775808', '-1'],
    ['-9223372036854775809', '1'],
    ['9223372036854775807', '1'],
  ])('refuses INCR of %s by %s, which leaves 64 bits', (initial, input) => {
    const sum = String(BigInt(initial) + BigInt(input));
    const operations = [{ ...operation(0, 'incr', null, 0), input, output: sum }];
    const history: History = { model: 'valkey', initial, nullReadIsWildcard: false, operations };
    expect(checkHistory(history).verdict).toBe('illegal');
  });
});

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

describe('what the types forbid is refused all the same', () => {
  const look = operation(0, 'look', 1, 0);
  const wrong = (changes: object): History => historyOf([look, { ...operation(1, 'look', 1, 0), ...changes }]);
  const cyclic: unknown[] = [];
  cyclic.push(cyclic);

  it.each<[string, unknown, string]>([
    ['no history', null, 'a history must be an object'],
    ['no operations', { ...historyOf([]), operations: undefined }, 'the operations of a history must be an array'],
    ['a model that is a number', { ...historyOf([]), model: 3 }, 'the model that a history names must be a string'],
    ['no wildcard', { ...historyOf([]), nullReadIsWildcard: undefined }, 'nullReadIsWildcard must be true or false'],
    ['an initial value', historyOf([], Number.NaN), 'the initial value must not be or contain NaN'],
    ['an operation that is none', historyOf([null as unknown as Operation]), 'operation 0: it must be an object'],
    ['an outcome', wrong({ outcome: 'OK' }), 'operation 1: the outcome must be ok, fail or info'],
    ['no outcome', wrong({ outcome: undefined }), 'operation 1: the outcome must be ok, fail or info'],
    ['no f', wrong({ f: undefined }), 'operation 1: f must be a string'],
    ['a numeric key', wrong({ key: 5 }), 'operation 1: the key must be a string or null'],
    [
      'no input',
      wrong({ input: undefined }),
      'operation 1: the input must be JSON, and neither be nor contain undefined',
    ],
    ['a BigInt', wrong({ output: [1n] }), 'operation 1: the output must be JSON, and neither be nor contain a bigint'],
    ['not a number', wrong({ output: { a: Number.NaN } }), 'operation 1: the output must not be or contain NaN'],
    ['a cycle', wrong({ output: cyclic }), 'operation 1: the output must not be nested more than 1000 deep'],
    ['a time of text', wrong({ return: '9' }), 'operation 1: the time of the return must be a number'],
  ])('%s', (_, history, message) => {
    for (const model of [die, 'list-append']) {
      expect(() => checkHistory(history as History, { model })).toThrow(HistoryError);
      expect(() => checkHistory(history as History, { model })).toThrow(message);
    }
  });

  it('bytes for a text', () => {
    expect(() => readHistory(new Uint8Array() as unknown as string)).toThrow(HistoryError);
  });
});
