/** `valthree check`: judges recorded histories, anybody's. */
import { writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { getHeapStatistics } from 'node:v8';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkHistory, modelNames } from '../verify/check.ts';
import type { History } from '../verify/history.ts';
import { readHistory } from '../verify/readers/read-history.ts';
import { renderReport } from '../verify/report/html.ts';
import type { HistoryVerdict } from '../verify/verdict.ts';
import { visible } from '../verify/visible-text.ts';
import { checkCodes, checkEach, worstCode, type CheckCode, type CheckOutput } from './check-each.ts';
import { describeVerdict, summarizeVerdict } from './describe-verdict.ts';
import { parseDuration } from './durations.ts';
import { UsageError } from './exit.ts';
import { ProgressLine } from './progress-line.ts';
import { readText } from './read-text.ts';

const description = `Check recorded histories: were all answers such as one copy of the data could have given, one
operation after another, each between its call and its return? FILE may be - for standard input.`;

const help = `
Formats, told apart by their beginnings: JSON lines of invoke, ok, fail and info events; a JSON object with ops;
Jepsen's logs of etcd; Porcupine's key-value logs. docs/verification.md describes them and the models.

Examples:
  valthree check history.jsonl
  valthree check history.jsonl --model valkey --html report.html
  valthree check runs/*.jsonl --timeout 10m --json

Exit codes: 0 all linearizable; 1 one is not; 2 one could not be read, or not be judged within the bounds.`;

interface CheckFlags {
  readonly model?: string;
  readonly html?: string;
  readonly timeout: number;
  readonly memory: number;
  readonly json?: true;
}

export function checkCommand(): Command {
  const command = new Command('check')
    .summary("Check recorded histories, anybody's.")
    .description(description)
    .argument('<file...>', 'histories');
  for (const option of [
    new Option('--model <name>', 'instead of the one that the history names').choices(modelNames()),
    new Option('--html <file>', 'write a report with pictures of one history'),
    new Option('--timeout <duration>', 'for each history; 0: none').argParser(parseDuration).default(60_000, '60s'),
    new Option('--memory <MB>', 'that a check may take, about; at most 60 % of the heap')
      .argParser(parseMemory)
      .default(1024),
    new Option('--json', 'print a JSON object a history, for programs'),
  ]) {
    command.addOption(option);
  }
  return command.addHelpText('after', help).action(async (files: readonly string[]) => {
    const flags = command.opts<CheckFlags>();
    if (flags.html !== undefined && files.length > 1) throw new UsageError('--html takes one history');
    process.exitCode = await checkFiles(files, flags);
  });
}

function parseMemory(text: string): number {
  const megabytes = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (megabytes < 1) throw new InvalidArgumentError('It must be a number of megabytes.');
  return megabytes;
}

/** So much of the heap may be taken by what a check keeps; the rest is for the history, the verdict and the report. */
const heapShareMax = 0.6;

function memoryBytesMax(megabytes: number): number {
  return Math.min(megabytes * 2 ** 20, heapShareMax * getHeapStatistics().heap_size_limit);
}

const output: CheckOutput = {
  write: (text) =>
    new Promise((resolve) => {
      process.stdout.write(text, (cause) => {
        if (isOtherThanClosed(cause)) output.complain(`the output cannot be written: ${cause.message}`);
        resolve(cause === null || cause === undefined);
      });
    }),
  complain: (line) => void process.stderr.write(`valthree: ${visible(line)}\n`),
};

/** That nobody reads any more, as of `check … | head -1`, is no error. */
function isOtherThanClosed(cause: Error | null | undefined): cause is Error {
  return cause !== null && cause !== undefined && (cause as NodeJS.ErrnoException).code !== 'EPIPE';
}

async function checkFiles(files: readonly string[], flags: CheckFlags): Promise<CheckCode> {
  // What cannot be written is told to whoever wrote it; without a listener it would also end the program.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  return checkEach(
    files,
    async (file) => {
      const startedAt = performance.now();
      const history = readHistory(await readText(file), flags.model === undefined ? {} : { model: flags.model });
      const verdict = check(history, flags, startedAt);
      const seconds = (performance.now() - startedAt) / 1000;
      const describe = flags.json === true ? summarizeVerdict : describeVerdict;
      const finish = (): CheckCode => worstCode([checkCodes[verdict.verdict], writeReport(verdict, file, flags.html)]);
      return { text: describe(verdict, file, seconds), finish };
    },
    output,
  );
}

/** What is known of the history stays known if its report cannot be written. */
function writeReport(verdict: HistoryVerdict, file: string, path: string | undefined): CheckCode {
  if (path === undefined) return checkCodes.ok;
  const title = file === '-' ? 'standard input' : basename(file);
  try {
    writeFileSync(path, renderReport(verdict, { title }));
    return checkCodes.ok;
  } catch (cause) {
    output.complain(`${path} cannot be written: ${(cause as Error).message}`);
    return checkCodes.unknown;
  }
}

function check(history: History, { timeout, memory }: CheckFlags, startedAt: number): HistoryVerdict {
  const endsAt = timeout === 0 ? Infinity : startedAt + timeout;
  const progress = new ProgressLine();
  try {
    return checkHistory(history, {
      memoryBytesMax: memoryBytesMax(memory),
      isOver: () => performance.now() > endsAt,
      onProgress: ({ keysDone, keys, steps }) => {
        progress.show(() => `${keysDone} of ${keys} keys, ${steps.toLocaleString('en')} steps`);
      },
    });
  } finally {
    progress.end();
  }
}
