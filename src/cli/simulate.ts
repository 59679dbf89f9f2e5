/** `valthree simulate`: whole clusters in one thread, one seed after another; a failure is a seed that replays. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { layouts, type Layout } from '../log/recognising-log.ts';
import { runCampaign, type CampaignSummary } from '../simulation/campaign.ts';
import { faultNames, type FaultName, type Scenario } from '../simulation/scenario.ts';
import { prepareArtifacts } from './artifacts.ts';
import { exitCodes } from './exit.ts';
import { ProgressLine } from './progress-line.ts';
import { integer } from './integer-option.ts';
import { valueTypes, type ValueType } from '../workload/plan.ts';
import { reportFailure } from './simulate-report.ts';
import { parseValueTypes } from './value-types-option.ts';

interface SimulateFlags {
  readonly seed?: number;
  readonly runs?: number;
  readonly minutes?: number;
  readonly nodes?: number;
  readonly clients?: number;
  readonly operations?: number;
  readonly keys?: number;
  readonly types?: readonly ValueType[];
  readonly branches?: number;
  readonly imports?: number;
  readonly faults?: ReadonlySet<FaultName>;
  readonly layout?: Layout;
  readonly shrink: boolean;
  readonly artifacts?: string;
}

const description = `Run simulated clusters: real nodes and commands over a simulated network, store, clock and chance.
Everything follows from the seed, so that a failure replays.`;

const examples = `
Examples:
  valthree simulate                          100 runs, beginning with a seed by chance
  valthree simulate --seed 42                that run alone, with its event hash
  valthree simulate --minutes 5              as many as there is time for; Ctrl-C ends it sooner
  valthree simulate --seed 42 --faults crash,late --nodes 2

Exit codes: 0 all properties hold, 1 one does not, 2 called wrongly.`;

const runsDefault = 100;
const seedMax = 2 ** 47;

export function simulateCommand(): Command {
  const command = new Command('simulate')
    .summary('Run whole clusters in one thread, under faults, from a seed.')
    .description(description)
    .addHelpText('after', examples);
  for (const option of [
    new Option('--seed <n>', 'of the first run; alone: that run only').argParser(integer(0, seedMax)),
    new Option('--runs <n>', `how many (${runsDefault})`).argParser(integer(1, 2 ** 31)),
    new Option('--minutes <n>', 'how long').argParser(integer(1, 100_000)),
    new Option('--nodes <n>', 'instead of what the seed says').argParser(integer(1, 16)),
    new Option('--clients <n>', 'the same').argParser(integer(1, 100)),
    new Option('--operations <n>', 'of each client; the same').argParser(integer(1, 10_000)),
    new Option('--keys <n>', 'of each kind; the same').argParser(integer(1, 100)),
    new Option('--types <names>', `of keys; the same; some of ${valueTypes.join(', ')}`).argParser(parseValueTypes),
    new Option('--branches <n>', 'that somebody tries to make; the same').argParser(integer(0, 100)),
    new Option('--imports <n>', 'while nodes serve; the same').argParser(integer(0, 100)),
    new Option('--faults <names>', `the same; none, or some of ${faultNames.join(', ')}`).argParser(parseFaults),
    new Option('--layout <layout>', 'the same').choices(layouts),
    new Option('--no-shrink', 'do not look for a smaller run that fails'),
    new Option('--artifacts <directory>', 'where the trace, the histories and the reports of a failure go'),
  ]) {
    command.addOption(option);
  }
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

function parseFaults(text: string): ReadonlySet<FaultName> {
  if (text === 'none') return new Set();
  const names = text.split(',');
  const unknown = names.find((name) => !(faultNames as readonly string[]).includes(name));
  if (unknown !== undefined) throw new InvalidArgumentError(`There is no fault '${unknown}'.`);
  return new Set(names as FaultName[]);
}

async function run(flags: SimulateFlags): Promise<number> {
  const firstSeed = flags.seed ?? randomBytes(4).readUInt32LE();
  const runs = flags.runs ?? (flags.minutes !== undefined ? Infinity : flags.seed !== undefined ? 1 : runsDefault);
  const startedAt = performance.now();
  const endsAt = flags.minutes === undefined ? Infinity : startedAt + flags.minutes * 60_000;
  if (flags.artifacts !== undefined) prepareArtifacts(flags.artifacts);
  const isStopped = stopOnSignals();
  const progress = new ProgressLine();
  process.stdout.write(`first seed: ${firstSeed}\n`);
  const summary = await runCampaign({
    firstSeed,
    given: givenBy(flags),
    goesOn: (done) => done < runs && performance.now() < endsAt && !isStopped(),
    onRun: (soFar) => {
      progress.show(() => progressText(soFar, runs, performance.now() - startedAt));
    },
  });
  progress.end();
  process.stdout.write(describeSummary(summary, performance.now() - startedAt));
  if (summary.failed !== undefined) {
    await reportFailure({ failed: summary.failed, shrinks: flags.shrink, artifacts: flags.artifacts, isStopped });
    return exitCodes.failure;
  }
  if (summary.runs === 1) process.stdout.write(`event hash: ${summary.lastHash}\n`);
  return exitCodes.ok;
}

/** The first ends after the run under way, with the summary; the second at once. */
function stopOnSignals(): () => boolean {
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true;
    });
  }
  return () => stopped;
}

function givenBy(flags: SimulateFlags): Partial<Scenario> {
  const { nodes, clients, operations, keys, types, branches, imports, faults, layout } = flags;
  const given = { nodes, clients, operations, keys, types, branches, imports, faults, layout };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function progressText({ runs, virtualMs, events }: CampaignSummary, runsMax: number, realMs: number): string {
  const of = runsMax === Infinity ? '' : ` of ${runsMax}`;
  const perSecond = ((runs / realMs) * 1000).toFixed(1);
  return `${runs}${of} runs, ${perSecond} a second, ${events} events, ${(virtualMs / realMs).toFixed(0)} times real time`;
}

function describeSummary(summary: CampaignSummary, realMs: number): string {
  const { runs, operations, commits, virtualMs, faults, properties, past, imports } = summary;
  const seen = [...properties].map(([message, count]) => `  ${message}: ${count}\n`);
  const met = faultNames.filter((name) => faults[name] > 0).map((name) => `  ${name.padEnd(18)}${faults[name]}\n`);
  const injected = Object.values(faults).reduce((sum, count) => sum + count, 0);
  return (
    `${progressText(summary, runs, realMs)}\n` +
    `${operations} operations, ${commits} commits, ${(virtualMs / 60_000).toFixed(1)} simulated minutes, ` +
    `${injected} faults injected (${((injected / realMs) * 1000).toFixed(0)} a second):\n${met.join('')}` +
    `${past.branches} branches made, ${past.commits} commits to them, ${past.restores} restores, ` +
    `${past.compared} states of the past compared, ${imports} imports beside the nodes\n` +
    `what the nodes have observed:\n${seen.join('')}`
  );
}
