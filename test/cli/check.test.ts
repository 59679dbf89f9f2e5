/** `valthree check` as a user runs it: verdicts, exit codes, what it says, and what it says of files that are none. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { closeSync, constants, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { NodeProcess, spawnValthree, valthree } from '../support/node-process.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-check-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

function file(name: string, text: string | Buffer): string {
  const path = join(directory, name);
  writeFileSync(path, text);
  return path;
}

const header = '{"format":"valthree-history","version":1,"model":"register","initial":0}\n';
const write = `{"process":0,"type":"invoke","f":"write","key":"x","value":1,"time":1}
{"process":0,"type":"ok","f":"write","key":"x","time":2}
`;

function read(value: number): string {
  return `{"process":1,"type":"invoke","f":"read","key":"x","time":3}
{"process":1,"type":"ok","f":"read","key":"x","value":${value},"time":4}
`;
}

const good = file('good.jsonl', header + write + read(1));
const bad = file('bad.jsonl', header + write + read(0));
const stale = [
  { process: 0, txn: [['append', 'x', 1]], call: 0, return: 1, ok: true },
  { process: 1, txn: [['r', 'x', []]], call: 2, return: 3, ok: true },
  { process: 1, txn: [['r', 'x', [1]]], call: 4, return: 5, ok: true },
];
const transactions = file('transactions.json', JSON.stringify({ model: 'list-append', ops: stale }));
/** So many sums that no second is enough to try them all. */
const adds = Array.from(
  { length: 60 },
  (_, process) => `{"process":${process},"type":"invoke","f":"add","value":${2 * (process + 3) ** 3}}\n`,
);
const sums = '{"process":60,"type":"invoke","f":"read"}\n{"process":60,"type":"ok","f":"read","value":100001}\n';
const hard = file('hard.jsonl', adds.join('') + sums);

describe('a verdict', () => {
  it('ok: a line, and 0', async () => {
    const { code, stdout, stderr } = await valthree(['check', good]);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/good\.jsonl: linearizable \(register, 2 operations on 1 key, .*s\)\n$/);
  });

  it('illegal: what cannot be placed and what was possible, and 1', async () => {
    const { code, stdout } = await valthree(['check', bad]);
    expect(code).toBe(1);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/bad\.jsonl: not linearizable/),
      '  cannot be placed: client 1: read x → 0 (called at 3, returned at 4)',
      '    the longest order found places 1 of 2 operations; before it the value could be 1',
    ]);
  });

  it('of transactions: the anomaly and its edges', async () => {
    const { code, stdout } = await valthree(['check', transactions]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/transactions\.json: not strictly serializable \(list-append, 3 transactions/);
    expect(stdout).toContain('stale-read');
    expect(stdout).toContain('without regard to real time it is serializable');
  });

  it('unknown: when the time is over, and 2', async () => {
    const { code, stdout } = await valthree([
      'check',
      hard,
      '--model',
      'counter',
      '--timeout',
      '200ms',
      '--memory',
      '500',
    ]);
    expect(code).toBe(2);
    expect(stdout).toContain('not decided within the bounds of time and memory (counter, 61 operations on 1 key');
    expect(stdout).toContain('not decided: 1 key');
  });

  it('for programs: a JSON object a file', async () => {
    const { code, stdout } = await valthree(['check', '--json', good, bad, transactions]);
    expect(code).toBe(1);
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toMatchObject([
      { file: good, verdict: 'ok', keys: [{ key: 'x', verdict: 'ok', operations: 2 }] },
      { file: bad, verdict: 'illegal', keys: [{ violation: { operation: { f: 'read' }, states: ['1'] } }] },
      { file: transactions, kind: 'transactions', verdict: 'illegal', serializable: 'ok' },
    ]);
  });

  it('with names and values that command terminals: as texts', async () => {
    const rename = (text: string): string => text.replaceAll('"x"', String.raw`"\u001b[31mX\n\u009b"`);
    const told = file(
      'told.jsonl',
      rename(header + write + read(0)).replaceAll('0,"time":4', String.raw`"\u001b]0;a\u0007\u202e","time":4`),
    );
    const hidden = file(
      'hidden.jsonl',
      adds.join('').replaceAll('"f"', String.raw`"key":"\u001b[31m","f"`) +
        sums.replaceAll('"f"', String.raw`"key":"\u001b[31m","f"`),
    );
    const { stdout } = await valthree(['check', told, hidden, '--timeout', '200ms', '--model', 'counter']);
    const plain = await valthree(['check', told]);
    expect(plain.stdout).toContain(String.raw`read "\u001b[31mX\n\u009b" → "\u001b]0;a\u0007\u202e" (`);
    expect(stdout).toContain(String.raw`not decided: 1 key ("\u001b[31m")`);
    expect(stdout + plain.stdout).not.toMatch(/[^\P{C}\n]/u);
  });

  it('of standard input', async () => {
    const process = new NodeProcess(['check', '-'], {}, header + write + read(0));
    const { code, stdout } = await process.finished();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^-: not linearizable/);
  });

  it('as a report', async () => {
    const path = join(directory, 'report.html');
    expect((await valthree(['check', bad, '--html', path])).code).toBe(1);
    const html = readFileSync(path, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).toContain('bad.jsonl');
  });
});

describe('a report that cannot be written', () => {
  it.each([
    ['a violation is still one', bad, 1, 'not linearizable'],
    ['what is asked for is not there', good, 2, 'linearizable'],
  ])('%s', async (_, path, expected, verdict) => {
    const { code, stdout, stderr } = await valthree(['check', path, '--html', '/nosuch/x.html']);
    expect(stderr).toMatch(/^valthree: \/nosuch\/x\.html cannot be written: ENOENT[^\n]*\n$/);
    expect(stdout).toContain(`: ${verdict} (`);
    expect(code).toBe(expected);
  });
});

/** Standard input is a pipe that is in non-blocking mode, as a parent can leave it, and that stays empty until `end`. */
class WaitingProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #writing: number;
  readonly #mode: Socket;
  readonly #closed: Promise<unknown>;

  constructor(args: readonly string[]) {
    const pipe = join(mkdtempSync(join(directory, 'pipe-')), 'pipe');
    execFileSync('mkfifo', [pipe]);
    const reading = openSync(pipe, constants.O_RDONLY | constants.O_NONBLOCK);
    this.#writing = openSync(pipe, 'w');
    this.child = spawnValthree(args, [reading, 'pipe', 'pipe']);
    this.#closed = new Promise((resolve) => this.child.once('close', resolve));
    // A child is given it in blocking mode; both share the mode, and a socket turns it back.
    this.#mode = new Socket({ fd: reading, readable: false, writable: true });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
  }

  async firstOutput(): Promise<void> {
    await new Promise((resolve) => this.child.stdout?.once('data', resolve));
  }

  async end(input: string): Promise<unknown> {
    writeSync(this.#writing, input);
    closeSync(this.#writing);
    const code = await this.#closed;
    this.#mode.destroy();
    return code;
  }
}

it('standard input in non-blocking mode is waited for', async () => {
  const process = new WaitingProcess(['check', good, '-']);
  await process.firstOutput();
  // By the time that another one has run, it surely waits.
  await valthree(['check', good]);
  expect([await process.end(header + write + read(0)), process.stderr]).toEqual([1, '']);
  expect(process.stdout).toContain('-: not linearizable');
});

it.each([
  ['a violation', bad, 1],
  ['no violation', good, 2],
])('output that nobody reads any more ends it quietly, after %s', async (_, first, expected) => {
  const process = new WaitingProcess(['check', '--json', first, '-', join(directory, 'nosuch')]);
  await process.firstOutput();
  process.child.stdout?.destroy();
  expect([await process.end(header + write + read(1)), process.stderr]).toEqual([expected, '']);
});

describe('files that are no histories', () => {
  it('are refused in a line each, with 2', async () => {
    const wrong: readonly [string, string][] = [
      [join(directory, 'nosuch'), 'nosuch: it cannot be read: ENOENT'],
      [directory, 'it cannot be read: EISDIR'],
      [file('torn.jsonl', `${header}{"process":`), 'torn.jsonl: line 2: this is not JSON'],
      [
        file('latin.jsonl', Buffer.from(`${header}{"process":"\xe9"}\n`, 'latin1')),
        'latin.jsonl: line 2: this is not UTF-8',
      ],
      [file('plain.jsonl', read(1)), 'plain.jsonl: the history names no model; say which: register,'],
      [file('x.jsonl', header.replace('register', 'x')), 'there is no model "x"; there are register'],
    ];
    const { code, stdout, stderr } = await valthree(['check', ...wrong.map(([path]) => path), good]);
    expect(code).toBe(2);
    const lines = stderr.trimEnd().split('\n');
    expect(lines).toEqual(wrong.map(([, message]) => expect.stringContaining(message) as string));
    // The others are judged all the same.
    expect(stdout).toMatch(/good\.jsonl: linearizable/);
  });

  it('count for less than a violation', async () => {
    expect((await valthree(['check', join(directory, 'nosuch'), bad, good])).code).toBe(1);
  });
});

it.each([
  [['--model', 'nosuch', good], 'Allowed choices are register, cas-register'],
  [['--memory', '0', good], 'It must be a number of megabytes'],
  [['--html', 'x', good, bad], '--html takes one history'],
])('called wrongly, it says so and ends with 2: check %j', async (args, message) => {
  const { code, stderr } = await valthree(['check', ...args]);
  expect(stderr).toContain(message);
  expect(code).toBe(2);
});
