/** `valthree workload`: clients that try to catch servers, anybody's, at breaking their promises. */
import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { connect as connectTcp, type Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Command, InvalidArgumentError, Option } from 'commander';
import { systemEnvironment } from '../environment/system.ts';
import { fromText } from '../resp/bytes.ts';
import { renderReport } from '../verify/report/html.ts';
import { writeHistory } from '../verify/readers/write-history.ts';
import { Connection } from '../workload/connection.ts';
import { workloadProperties } from '../workload/properties.ts';
import { WorkloadError, WorkloadRunner, type Iteration } from '../workload/runner.ts';
import { formatAddress, parseAddress, type Address } from './addresses.ts';
import { antithesisWatcher } from './antithesis.ts';
import { describeVerdict } from './describe-verdict.ts';
import { parseDuration } from './durations.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { UsageError } from './exit.ts';
import { ProgressLine } from './progress-line.ts';
import { integer } from './serve-options.ts';

interface WorkloadFlags {
  readonly addrs: readonly Address[];
  readonly seed?: number;
  readonly clients: number;
  readonly operations: number;
  readonly keys: number;
  readonly iterations: number;
  readonly duration: number;
  readonly artifacts?: string;
  readonly password: string;
  readonly tls: boolean;
  readonly insecure: boolean;
}

const description = `Let clients loose on servers that are to be one database, and check all that they are told: single keys
for linearizability, transactions for strict serializability. Any Valkey-compatible servers. It uses keys of its own,
and deletes them; in some iterations it makes the servers cut all their connections.`;

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
    new Option('--clients <n>', 'at once, at most').argParser(integer(1, 1000)).default(10),
    new Option('--operations <n>', 'of each client and iteration, at most').argParser(integer(1, 100_000)).default(100),
    new Option('--keys <n>', 'of each kind, at most').argParser(integer(1, 1000)).default(3),
    new Option('--iterations <n>', 'how many; 0: until stopped').argParser(integer(0, 2 ** 31)).default(0),
    new Option('--duration <duration>', 'how long; 0: until stopped').argParser(parseDuration).default(0, '0'),
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

const codes = { ok: 0, violation: 1, unreachable: 2 } as const;

async function run(flags: WorkloadFlags): Promise<number> {
  const seed = flags.seed ?? randomBytes(4).readUInt32LE();
  const endsAt = flags.duration === 0 ? Infinity : performance.now() + flags.duration;
  let stopped = false;
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      stopped = true;
    });
  }
  const watcher = antithesisWatcher(workloadProperties);
  const isOver = (): boolean => stopped || performance.now() > endsAt;
  const runner = new WorkloadRunner({
    ...flags,
    environment: systemEnvironment(watcher),
    seed,
    servers: flags.addrs.length,
    connect: (server) => open(flags.addrs[server] as Address, flags),
    isOver,
    onReady: () => watcher?.setupComplete({ servers: flags.addrs.map(formatAddress).join(',') }),
  });
  if (flags.artifacts !== undefined) makeDirectory(flags.artifacts);
  print(`seed: ${seed}, servers: ${flags.addrs.map(formatAddress).join(', ')}`);
  const totals = { iterations: 0, operations: 0, definite: 0, durationMs: 0, undecided: 0 };
  const progress = new ProgressLine();
  try {
    while (!isOver() && (flags.iterations === 0 || totals.iterations < flags.iterations)) {
      const iteration = await runner.iterate();
      totals.iterations++;
      totals.operations += iteration.operations;
      totals.definite += iteration.definite;
      totals.durationMs += iteration.durationMs;
      totals.undecided += iteration.judgements.filter(({ verdict }) => verdict.verdict === 'unknown').length;
      const bad = iteration.judgements.filter(({ verdict }) => verdict.verdict === 'illegal');
      if (bad.length > 0) {
        progress.end();
        report(iteration, seed, flags);
        return codes.violation;
      }
      progress.show(() => summary(totals));
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

interface Totals {
  readonly iterations: number;
  readonly operations: number;
  readonly definite: number;
  readonly durationMs: number;
  /** Histories of which nobody could say within bounds whether they are right. */
  readonly undecided: number;
}

function summary({ iterations, operations, definite, durationMs, undecided }: Totals): string {
  const share = operations === 0 ? 100 : (definite / operations) * 100;
  const rate = (operations / durationMs) * 1000;
  return (
    `${iterations} iterations, ${operations} operations, ${share.toFixed(1)} % definite successes, ` +
    `${rate.toFixed(0)} a second${undecided === 0 ? '' : `, ${undecided} histories too hard to judge`}`
  );
}

function makeDirectory(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new UsageError(`--artifacts cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`);
  }
}

function report({ index, judgements }: Iteration, seed: number, { artifacts = '.' }: WorkloadFlags): void {
  for (const { history, verdict } of judgements) {
    if (verdict.verdict !== 'illegal') continue;
    const stem = join(artifacts, `workload-${seed}-${index}.${verdict.model}`);
    process.stdout.write(describeVerdict(verdict, `${stem}.jsonl`, 0));
    writeFileSync(`${stem}.jsonl`, writeHistory(history));
    const notes = [`valthree workload, seed ${seed}, iteration ${index}`];
    writeFileSync(`${stem}.html`, renderReport(verdict, { title: 'A promise was broken', notes }));
    print(`the report: ${stem}.html`);
  }
}

/** A connection that has authenticated; one that cannot be had is closed already. */
async function open(address: Address, flags: WorkloadFlags): Promise<Connection> {
  const connection = new Connection(openSocket(address, flags), systemEnvironment());
  if (flags.password !== '') await connection.ask([['AUTH', fromText(flags.password)]], 10_000);
  return connection;
}

function openSocket({ host, port }: Address, { tls, insecure }: WorkloadFlags): Socket {
  return tls ? connectTls({ host, port, rejectUnauthorized: !insecure }) : connectTcp({ host, port, noDelay: true });
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
