/** `valthree import`: keys from a file into a database, all of them or none. */
import { createReadStream, statSync } from 'node:fs';
import { Command, Option } from 'commander';
import { Keyspace } from '../keyspace/keyspace.ts';
import { layouts, RecognisingLog, type Layout } from '../log/recognising-log.ts';
import { transact, type TransactOutcome } from '../log/transact.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import { ImportError, readImport } from '../tools/import-lines.ts';
import { conflictRules, planImport, type ConflictRule, type ImportSummary } from '../tools/plan-import.ts';
import { readRdb } from '../tools/import-rdb.ts';
import { readLines } from '../tools/read-lines.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes, fail } from './exit.ts';
import { integer } from './integer-option.ts';
import { openDatabase } from './open-database.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';
import { withProgress } from './with-progress.ts';
import { writerOptions } from './writer-options.ts';

type ImportFlags = StoreFlags & {
  readonly onConflict: ConflictRule;
  readonly layout: Layout;
  readonly databases: number;
  readonly rdb: boolean;
};

interface Incoming {
  readonly keyspace: Keyspace;
  /** By what it is: how many were left out. */
  readonly leftOut: ReadonlyMap<string, number>;
}

const description = `Read keys from a file that export has written, or lines such as {"key":"a","value":"1"}, or the dump.rdb of a
Redis (5 to 7) or Valkey (7 to 9) server, into a database. It is
one commit: all of them or none, and nodes that serve the database go on and see them at once. A database that is not
there is created. Both must fit into memory.`;

const examples = `
Examples:
  valthree import --store s3://bucket/main main.jsonl
  gunzip -c then.jsonl.gz | valthree import --store ./data -
  valthree import --store ./data --on-conflict replace corrections.jsonl
  valthree import --store ./data --rdb /var/lib/valkey/dump.rdb

A line: {"db":0,"key":"a","type":"string","value":"1","expireAt":1799999999999}, where db, type and expireAt (in
milliseconds since 1970) may be left out, and bytes that are no text stand as {"base64":"..."}.
Exit codes: 0 done; 1 it could not be done; 2 called wrongly.`;

export function importCommand(): Command {
  const command = new Command('import')
    .summary('Read keys from a file into a database, all of them or none.')
    .description(description)
    .argument('<file>', 'what export, or the server, has written; -: standard input')
    .addHelpText('after', examples);
  for (const option of [
    new Option('--rdb', 'the file is that of a Redis or Valkey server; streams are left out').default(false),
    new Option('--on-conflict <rule>', 'what becomes of keys that are there already; fail: nothing is imported')
      .choices(conflictRules)
      .default('fail'),
    new Option('--layout <layout>', 'of a database that is not there yet').choices(layouts).default('journal'),
    new Option('--databases <n>', 'how many the nodes have; others are refused')
      .argParser(integer(1, databaseCountMax))
      .default(16),
  ]) {
    command.addOption(option);
  }
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async (file: string) => {
    process.exitCode = await run(file, command.opts());
  });
}

async function run(file: string, flags: ImportFlags): Promise<number> {
  const incoming = await readFile(file, flags);
  if (incoming === undefined) return exitCodes.failure;
  const outcome = await write(incoming.keyspace, flags);
  if (outcome.kind !== 'done') {
    const certainty = outcome.kind === 'uncertain' ? 'it may have been imported or not: ' : '';
    return fail(`${certainty}${outcome.reason}`);
  }
  const { set, skipped, expired } = outcome.summary;
  const rest = [
    ...[...incoming.leftOut].map(
      ([what, count]) => `left out, as this release has no place for them: ${count} ${what}`,
    ),
    ...(skipped > 0 ? [`${skipped} were there already and stay`] : []),
    ...(expired > 0 ? [`${expired} had expired`] : []),
  ];
  process.stdout.write(`${[`${set} ${set === 1 ? 'key' : 'keys'} imported`, ...rest].join(', ')}\n`);
  return exitCodes.ok;
}

/** `undefined`: it has been said why not. */
async function readFile(file: string, { databases, rdb }: ImportFlags): Promise<Incoming | undefined> {
  try {
    const chunks: AsyncIterable<Buffer> = file === '-' ? process.stdin : createReadStream(file);
    return rdb ? await readRdbFile(chunks, file, databases) : await readLinesOf(chunks, databases);
  } catch (cause) {
    if (!(cause instanceof ImportError) && !(cause instanceof Error && 'syscall' in cause)) throw cause;
    process.stderr.write(
      `valthree: nothing was imported: ${file === '-' ? 'standard input' : file}: ${cause.message}\n`,
    );
    return undefined;
  }
}

async function readLinesOf(chunks: AsyncIterable<Buffer>, databases: number): Promise<Incoming> {
  let count = 0;
  const keyspace = await withProgress(
    () => `${count} lines read`,
    () => readImport(readLines(chunks), databases, (number) => (count = number)),
  );
  return { keyspace, leftOut: new Map() };
}

function readRdbFile(chunks: AsyncIterable<Buffer>, file: string, databases: number): Promise<Incoming> {
  const size = file === '-' ? undefined : statSync(file).size;
  let read = 0;
  const progress = (): string => {
    const megabytes = `${(read / 2 ** 20).toFixed(1)} MB read`;
    return size === undefined ? megabytes : `${megabytes}, ${((100 * read) / Math.max(1, size)).toFixed(0)} %`;
  };
  return withProgress(progress, () => readRdb(chunks, databases, (bytes) => (read = bytes)));
}

async function write(incoming: Keyspace, flags: ImportFlags): Promise<TransactOutcome<ImportSummary>> {
  const database = await openDatabase(flags, 'create');
  const { clock } = database.environment;
  const log = new RecognisingLog({ ...writerOptions(database, flags, 'import'), layout: flags.layout });
  const keyspace = new Keyspace(databaseCountMax);
  const { s3Timeout: timeoutMs, onConflict: rule } = flags;
  try {
    const opened = await withProgress(
      () => `${keyspace.size} keys of the database read`,
      () => log.open(keyspace, clock.monotonic() + timeoutMs),
    );
    if (opened.kind === 'unavailable') return opened;
    const plan = (): ReturnType<typeof planImport> => planImport(incoming, { keyspace, rule, now: clock.now() });
    return await withProgress(
      () => `writing ${incoming.size} keys`,
      () => transact({ log, keyspace, clock, timeoutMs, plan }),
    );
  } finally {
    await log.close();
    await database.store.close();
  }
}
