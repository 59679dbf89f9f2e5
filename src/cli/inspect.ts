/** `valthree inspect`: a database explained. */
import { Command, Option } from 'commander';
import { StoreError } from '../tools/database-reader.ts';
import { inspect, type Inspection, type JournalFacts } from '../tools/inspect.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes } from './exit.ts';
import { formatBytes } from './format-bytes.ts';
import { openDatabase } from './open-database.ts';
import { ProgressLine } from './progress-line.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';

type InspectFlags = StoreFlags & { readonly json: boolean };

const description = `Explain a database: its layout, its objects and how large they are, keys, commits, the nodes that wrote
them, how far back one can go, and about what its commits cost. Nothing is written.`;

const examples = `
Examples:
  valthree inspect --store s3://bucket/main
  valthree inspect --store ./data --json | jq .journal.nodes

Exit codes: 0 done; 1 something cannot be read; 2 called wrongly.`;

export function inspectCommand(): Command {
  const command = new Command('inspect')
    .summary('Explain a database: objects, keys, commits, nodes, cost.')
    .description(description)
    .addHelpText('after', examples);
  command.addOption(new Option('--json', 'print one JSON object, for programs').default(false));
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: InspectFlags): Promise<number> {
  const { requests, name, store, environment } = await openDatabase(flags, 'read');
  const progress = new ProgressLine();
  try {
    const inspection = await inspect({
      requests,
      name,
      onProgress: (what) => {
        progress.show(() => what);
      },
    });
    progress.end();
    process.stdout.write(
      flags.json ? `${JSON.stringify(inspection)}\n` : describe(inspection, environment.clock.now()),
    );
    return exitCodes.ok;
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    progress.end();
    process.stderr.write(`valthree: ${cause.message}\n`);
    return exitCodes.failure;
  } finally {
    await store.close();
  }
}

function describe(inspection: Inspection, now: number): string {
  const { name, store, layout, objects, keys, journal, remarks } = inspection;
  const total = objects.reduce((sum, { bytes }) => sum + bytes, 0);
  const sizes = objects.map((one) => `${one.objects} ${one.kind} (${formatBytes(one.bytes)})`).join(', ');
  const counts = keys.map((one) => `${one.keys} in database ${one.db}`).join(', ');
  const rows: (readonly [string, string])[] = [
    ['database', `${name} in ${store}, ${layout} layout`],
    ['objects', `${sizes}; ${formatBytes(total)} in all`],
    ['keys', keysText(counts, journal)],
    ...(journal === undefined ? [] : describeJournal(journal, now)),
    ...remarks.map((remark) => ['remark', remark] as const),
  ];
  return rows.map(([title, text]) => `${title.padEnd(10)}${text}\n`).join('');
}

function keysText(counts: string, journal: JournalFacts | undefined): string {
  if (journal === undefined) return counts === '' ? 'none' : counts;
  if (journal.snapshot === undefined) return 'counted by snapshots, of which there is none yet; verify counts them';
  return `${counts === '' ? 'none' : counts}, by the newest snapshot`;
}

function describeJournal(facts: JournalFacts, now: number): readonly (readonly [string, string])[] {
  const { snapshot, newest, newestTime, from, voids, holes, keptSince, origins, branches, nodes, rate } = facts;
  const claimed = facts.claims === 0 ? '' : `, ${facts.claims} claimed turns`;
  const age = newestTime === undefined ? '' : `, the newest ${ago(now - newestTime)} (${timeOf(newestTime)})`;
  const retained = facts.retainMs === 0 ? '' : `; ${days(facts.retainMs)} are retained`;
  const grace = facts.graceMs === undefined ? '' : `; what is obsolete is left for ${facts.graceMs / 1000} s`;
  return [
    ['commits', `${newest}${age}; ${newest - from + 1} of them behind the snapshot, ${voids} void${claimed}`],
    [
      'snapshot',
      snapshot === undefined
        ? 'none yet'
        : `of commit ${snapshot.number}, ${timeOf(snapshot.time)}, ${formatBytes(snapshot.bytes)}`,
    ],
    ['past', `every commit since ${keptSince === undefined ? 'the beginning' : timeOf(keptSince)}${retained}${grace}`],
    ...holes.map(
      (number) => ['hole', `the number ${number} is missing: a node died, the next commit takes it`] as const,
    ),
    ...origins.map(({ name, until }) => ['origin', `a branch of ${name}, up to its commit ${until}`] as const),
    ...branches.map(({ name, until }) => ['branch', `${name}, which shares commits up to ${until}`] as const),
    ...nodes.map(
      ({ node, commits, lastTime }) =>
        ['node', `${node}: ${commits} commits, the last ${ago(now - lastTime)}`] as const,
    ),
    [
      'cost',
      rate === undefined
        ? 'too few commits behind the snapshot to tell'
        : `${rate.commitsPerSecond.toPrecision(2)} commits a second: about $${rate.usdPerMonth.toFixed(2)} a month at the prices of AWS S3, reads and storage not counted`,
    ],
  ];
}

function timeOf(time: number): string {
  return new Date(time).toISOString();
}

function days(ms: number): string {
  return ms % 86_400_000 === 0 ? `${ms / 86_400_000} days` : `${(ms / 3_600_000).toPrecision(3)} hours`;
}

function ago(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return seconds === 1 ? 'a second ago' : `${seconds} seconds ago`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} minutes ago`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} hours ago`;
  return `${Math.round(seconds / 86_400)} days ago`;
}
