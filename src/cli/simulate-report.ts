/** What `valthree simulate` says and writes of a run that has failed: a smaller one, its last events, its histories. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Scenario } from '../simulation/scenario.ts';
import { shrink } from '../simulation/shrink.ts';
import { simulate, type RunResult } from '../simulation/world.ts';
import { writeHistory } from '../verify/readers/write-history.ts';
import { renderReport } from '../verify/report/html.ts';
import { ProgressLine } from './progress-line.ts';

const shrinkRunsMax = 200;
const shrinkMsMax = 60_000;
const eventsShown = 60;

export interface FailureReportOptions {
  readonly failed: RunResult;
  /** Whether to look for a smaller run first. */
  readonly shrinks: boolean;
  /** A directory. */
  readonly artifacts: string | undefined;
  /** The user has had enough. */
  readonly isStopped: () => boolean;
}

export async function reportFailure(options: FailureReportOptions): Promise<void> {
  const smallest = options.shrinks ? await smallestFailing(options) : options.failed;
  const { scenario, failures, trace } = smallest;
  print(`\nthe last events:\n${trace.slice(-eventsShown).join('\n')}`);
  print(`\nseed ${scenario.seed} FAILS:\n${failures.map((failure) => `  ${failure}`).join('\n')}`);
  print(`\nreplay it: ${replayCommand(scenario)}`);
  if (options.artifacts !== undefined) print(`\nwritten: ${writeArtifacts(options.artifacts, smallest).join(', ')}`);
}

async function smallestFailing({ failed, isStopped }: FailureReportOptions): Promise<RunResult> {
  let smallest = failed;
  let runs = 0;
  const startedAt = performance.now();
  const progress = new ProgressLine();
  await shrink(failed.scenario, {
    runsMax: shrinkRunsMax,
    isOver: () => isStopped() || performance.now() - startedAt > shrinkMsMax,
    fails: async (scenario) => {
      progress.show(() => `looking for a smaller run that fails: ${++runs} tried`);
      const result = await simulate(scenario);
      if (result.failures.length === 0) return false;
      smallest = result;
      return true;
    },
    onSmaller: ({ nodes, clients, operations, faults }) => {
      progress.end();
      print(
        `still fails with ${nodes} nodes, ${clients} clients, ${operations} operations each, ${faults.size} kinds of faults`,
      );
    },
  });
  progress.end();
  return smallest;
}

/** The trace, and each history with its report. */
function writeArtifacts(directory: string, { scenario, failures, trace, judgements }: RunResult): string[] {
  const stem = join(directory, `seed-${scenario.seed}`);
  const replay = replayCommand(scenario);
  const files = new Map([[`${stem}.trace.txt`, `${replay}\n${failures.join('\n')}\n${trace.join('\n')}\n`]]);
  for (const { history, verdict } of judgements) {
    const title = `seed ${scenario.seed}, ${verdict.model}`;
    files.set(`${stem}.${verdict.model}.jsonl`, writeHistory(history));
    files.set(`${stem}.${verdict.model}.html`, renderReport(verdict, { title, notes: [replay, ...failures] }));
  }
  for (const [path, text] of files) writeFileSync(path, text);
  return [...files.keys()];
}

function replayCommand(scenario: Scenario): string {
  const { seed, nodes, clients, operations, keys, types, branches, imports, faults, layout } = scenario;
  const names = faults.size === 0 ? 'none' : [...faults].join(',');
  return (
    `npx valthree simulate --seed ${seed} --nodes ${nodes} --clients ${clients} --operations ${operations} ` +
    `--keys ${keys} --types ${types.join(',')} --branches ${branches} --imports ${imports} --layout ${layout} --faults ${names}`
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
