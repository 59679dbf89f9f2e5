/** `valthree check`: judges recorded histories, anybody's. */
import { readFileSync, writeFileSync } from 'node:fs';
import { basename } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { checkHistory, modelNames } from '../verify/check.ts';
import { HistoryError } from '../verify/history-error.ts';
import type { History } from '../verify/history.ts';
import { readHistory } from '../verify/readers/read-history.ts';
import { renderReport } from '../verify/report/html.ts';
import type { HistoryVerdict } from '../verify/verdict.ts';
import { describeVerdict, summarizeVerdict } from './describe-verdict.ts';
import { parseDuration } from './durations.ts';
import { UsageError } from './exit.ts';
import { ProgressLine } from './progress-line.ts';

const description = `Check recorded histories: were all answers such as one copy of the data could have given, one
operation after another, each between its call and its return? FILE may be - for standard input.`;

const help = `
Formats, told apart by their beginnings: JSON lines of invoke, ok, fail and info events; a JSON object with ops;
Jepsen's logs of etcd; Porcupine's key-value logs. docs/verification.md describes them and the models.

Examples:
  valthree check history.jsonl
  valthree check history.jsonl --model valkey --html report.html
  valthree check runs/*.jsonl --timeout 10m --json

Exit codes: 0 all linearizable; 1 one is not; 2 one could not be read, or judged in time.`;

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
    new Option('--memory <MB>', 'that a check may take, about').argParser(parseMemory).default(1024),
    new Option('--json', 'print a JSON object a history, for programs'),
  ]) {
    command.addOption(option);
  }
  return command.addHelpText('after', help).action((files: readonly string[]) => {
    const flags = command.opts<CheckFlags>();
    if (flags.html !== undefined && files.length > 1) throw new UsageError('--html takes one history');
    process.exitCode = worst(files.map((file) => checkFile(file, flags)));
  });
}

function parseMemory(text: string): number {
  const megabytes = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (megabytes < 1) throw new InvalidArgumentError('It must be a number of megabytes.');
  return megabytes;
}

/** What the histories' README says, not `exitCodes`: a violation that was found is more than a file that was not read. */
const codes = { ok: 0, illegal: 1, unknown: 2 } as const;

function worst(found: readonly number[]): number {
  return found.includes(codes.illegal) ? codes.illegal : Math.max(...found);
}

function checkFile(file: string, flags: CheckFlags): number {
  const startedAt = performance.now();
  try {
    const history = readHistory(readText(file), flags.model === undefined ? {} : { model: flags.model });
    const verdict = check(history, flags, startedAt);
    const seconds = (performance.now() - startedAt) / 1000;
    const text =
      flags.json === true ? summarizeVerdict(verdict, file, seconds) : describeVerdict(verdict, file, seconds);
    process.stdout.write(text);
    if (flags.html !== undefined) writeReport(verdict, file, flags.html);
    return codes[verdict.verdict];
  } catch (cause) {
    if (!(cause instanceof HistoryError)) throw cause;
    process.stderr.write(`valthree: ${file}: ${cause.message}\n`);
    return codes.unknown;
  }
}

function writeReport(verdict: HistoryVerdict, file: string, path: string): void {
  const title = file === '-' ? 'standard input' : basename(file);
  try {
    writeFileSync(path, renderReport(verdict, { title }));
  } catch (cause) {
    throw new UsageError(`${path} cannot be written: ${(cause as Error).message}`);
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (cause) {
    throw new HistoryError(`it cannot be read: ${(cause as Error).message}`);
  }
}

function check(history: History, { timeout, memory }: CheckFlags, startedAt: number): HistoryVerdict {
  const endsAt = timeout === 0 ? Infinity : startedAt + timeout;
  const progress = new ProgressLine();
  try {
    return checkHistory(history, {
      memoryBytesMax: memory * 2 ** 20,
      isOver: () => performance.now() > endsAt,
      onProgress: ({ keysDone, keys, steps }) => {
        progress.show(() => `${keysDone} of ${keys} keys, ${steps.toLocaleString('en')} steps`);
      },
    });
  } finally {
    progress.end();
  }
}
