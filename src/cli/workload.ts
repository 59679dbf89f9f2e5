/** `valthree workload`: clients that try to catch servers, anybody's, at breaking their promises. */
import { randomBytes } from 'node:crypto';
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemEnvironment } from '../environment/system.ts';
import { workloadProperties } from '../workload/properties.ts';
import { valueTypes, type ValueType } from '../workload/plan.ts';
import { WorkloadError } from '../workload/reachable.ts';
import { isBroken, WorkloadRunner, type Iteration, type Progress } from '../workload/runner.ts';
import { formatAddress, parseAddress, type Address } from './addresses.ts';
import { antithesisWatcher } from './antithesis.ts';
import { prepareArtifacts } from './artifacts.ts';
import { parseDuration } from './durations.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { ProgressLine } from './progress-line.ts';
import { integer } from './integer-option.ts';
import { parseValueTypes } from './value-types-option.ts';
import { WorkloadConnections } from './workload-connections.ts';
import { reportViolation } from './workload-report.ts';

interface WorkloadFlags {
  readonly addrs: readonly Address[];
  readonly seed?: number;
  readonly clients: number;
  readonly operations: number;
  readonly keys: number;
  readonly types: readonly ValueType[];
  readonly iterations: number;
  readonly duration: number;
  readonly patience: number;
  readonly artifacts: string;
  readonly password: string;
  readonly tls: boolean;
  readonly insecure: boolean;
}

const description =
  'Let clients loose on servers that are to be one database, and check all that they are told: single keys for ' +
  'linearizability, transactions for strict serializability. Any Valkey-compatible servers. It uses keys of its own, ' +
  'and deletes them; in some iterations it makes the servers cut all their connections.';

const examples = `
Examples:
  valthree workload --addrs 127.0.0.1:6379,127.0.0.1:6380,127.0.0.1:6381      until Ctrl-C
  valthree workload --addrs :6379 --iterations 20 --seed 42 --artifacts found

Exit codes: 0 nothing found, 1 a promise was broken, 2 called wrongly or no server can be reached.`;

export function workloadCommand(): Command {
  const command = new Command('workload')
    .summary("Try to catch running servers, anybody's, at breaking their promises.")
    .description(description)
    .addHelpText('after', examples);
  for (const option of [
    new Option('--addrs <list>', 'addresses of the servers, host:port, with commas')
      .argParser(parseAddresses)
      .makeOptionMandatory(),
    new Option('--seed <n>', 'of the plan; what the servers do is theirs').argParser(integer(0, 2 ** 47)),
    new Option('--clients <n>', 'at once, at most; and at most six for each key')
      .argParser(integer(1, 1000))
      .default(10),
    new Option('--operations <n>', 'of each client and iteration, at most').argParser(integer(1, 100_000)).default(100),
    new Option('--keys <n>', 'of each kind, at most').argParser(integer(1, 1000)).default(3),
    new Option('--types <names>', 'of keys, that iterations choose from')
      .argParser(parseValueTypes)
      .default(valueTypes, valueTypes.join(',')),
    new Option('--iterations <n>', 'how many; 0: until stopped').argParser(integer(0, 2 ** 31)).default(0),
    new Option('--duration <duration>', 'how long; 0: until stopped').argParser(parseDuration).default(0, '0'),
    new Option('--patience <duration>', 'how long a server may be silent, or not there')
      .argParser(parsePatience)
      .default(10_000, '10s'),
    new Option('--artifacts <directory>', 'where histories and reports of violations go').default('.'),
    new Option('--password <password>', 'of the servers; better as VALTHREE_PASSWORD').default('', 'none'),
    new Option('--tls', 'talk TLS').default(false),
    new Option('--insecure', 'with --tls: take any certificate').default(false),
  ]) {
    addOptionWithVariable(command, option);
  }
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

function parseAddresses(text: string): readonly Address[] {
  const addresses = text.split(',').map((part) => parseAddress(part.trim()));
  if (addresses.length === 0) throw new InvalidArgumentError('It must name a server.');
  return addresses;
}

function parsePatience(text: string): number {
  const ms = parseDuration(text);
  if (ms < 1) throw new InvalidArgumentError('It must be at least 1ms.');
  return ms;
}

const codes = { ok: 0, violation: 1, unreachable: 2 } as const;

async function run(flags: WorkloadFlags): Promise<number> {
  const seed = flags.seed ?? randomBytes(4).readUInt32LE();
  const isOver = overAt(flags.duration === 0 ? Infinity : performance.now() + flags.duration);
  const servers = flags.addrs.map(formatAddress);
  const watcher = antithesisWatcher(workloadProperties);
  const connections = new WorkloadConnections(flags);
  const progress = new ProgressLine();
  const totals = { iterations: 0, operations: 0, definite: 0, durationMs: 0, undecided: 0 };
  const runner = new WorkloadRunner({
    ...flags,
    environment: systemEnvironment(watcher),
    seed,
    servers,
    patienceMs: flags.patience,
    connect: (server) => connections.open(server),
    diagnose: (server, connection) => connections.diagnose(server, connection),
    isOver,
    onWaiting: (why) => process.stderr.write(`valthree: waiting for a server: ${why}\n`),
    onReady: () => watcher?.setupComplete({ servers: servers.join(',') }),
    onProgress: (made) => {
      progress.show(() => `${describeProgress(made)}${soFar(totals)}`);
    },
  });
  prepareArtifacts(flags.artifacts);
  print(`seed: ${seed}, servers: ${servers.join(', ')}`);
  try {
    while (!isOver() && (flags.iterations === 0 || totals.iterations < flags.iterations)) {
      const iteration = await runner.iterate();
      count(iteration, totals);
      if (!isBroken(iteration)) continue;
      progress.end();
      reportViolation(iteration, seed, flags.artifacts);
      return codes.violation;
    }
  } catch (cause) {
    if (!(cause instanceof WorkloadError)) throw cause;
    progress.end();
    process.stderr.write(`valthree: ${cause.message}\n`);
    return codes.unreachable;
  }
  progress.end();
  print(`nothing found: ${summary(totals)}`);
  return codes.ok;
}

/** At this time, or when a signal comes; a second signal ends the process. */
function overAt(time: number): () => boolean {
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true;
    });
  }
  return () => stopped || performance.now() > time;
}

interface Totals {
  iterations: number;
  operations: number;
  definite: number;
  durationMs: number;
  /** Histories of which nobody could say within bounds whether they are right. */
  undecided: number;
}

function count({ operations, definite, durationMs, judgements }: Iteration, totals: Totals): void {
  totals.iterations++;
  totals.operations += operations;
  totals.definite += definite;
  totals.durationMs += durationMs;
  totals.undecided += judgements.filter(({ verdict }) => verdict.verdict === 'unknown').length;
}

function describeProgress({ iteration, operations, doing }: Progress): string {
  const stem = `iteration ${iteration + 1}`;
  switch (doing.kind) {
    case 'asking':
      return `${stem}: ${operations} of about ${doing.planned} operations`;
    case 'reading':
      return `${stem}: ${operations} operations, reading everything from ${doing.server}`;
    case 'judging':
      return `${stem}: checking ${operations} operations`;
  }
}

function soFar(totals: Totals): string {
  return totals.iterations === 0 ? '' : `; before it: ${summary(totals)}`;
}

function summary({ iterations, operations, definite, durationMs, undecided }: Totals): string {
  if (operations === 0) return `${iterations} iterations`;
  const share = (definite / operations) * 100;
  const rate = (operations / durationMs) * 1000;
  return (
    `${iterations} iterations, ${operations} operations, ${share.toFixed(1)} % definite successes, ` +
    `${rate.toFixed(0)} a second${undecided === 0 ? '' : `, ${undecided} histories too hard to judge`}`
  );
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
