/** `valthree export`: all keys of a database, as it is or was, in a form that other programs read. */
import { Command, Option } from 'commander';
import { Keyspace } from '../keyspace/keyspace.ts';
import type { Until } from '../log/journal/chain.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import { exportLines } from '../tools/export-lines.ts';
import { exportResp } from '../tools/export-resp.ts';
import { loadDatabase, type LoadedDatabase } from '../tools/load-database.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes, fail } from './exit.ts';
import { describeState, openDatabase, parseAt } from './open-database.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';
import { withProgress } from './with-progress.ts';
import { ReaderGone, refuseOutput, writeOutput } from './write-output.ts';

type ExportFlags = StoreFlags & {
  readonly at?: Until;
  readonly format: 'jsonl' | 'resp';
  readonly output: string;
  readonly force: boolean;
};

const description = `Write all keys of a database, as it is or was at some commit, to a file or to standard output: lines of JSON,
one a key, or commands for redis-cli --pipe. It is one consistent state. Nothing of the database is changed, and nodes
that serve it go on. It must fit into memory.`;

const examples = `
Examples:
  valthree export --store s3://bucket/main --output main.jsonl
  valthree export --store ./data --at 2027-01-15T08:30:00Z | gzip > then.jsonl.gz
  valthree export --store ./data | jq 'select(.key == "user:17")'
  valthree export --store ./data --format resp | redis-cli --pipe

Keys that had expired by then are left out. Lines of JSON are read again by import.
Exit codes: 0 done; 1 it could not be done; 2 called wrongly.`;

export function exportCommand(): Command {
  const command = new Command('export')
    .summary('Write all keys of a database to a file.')
    .description(description)
    .addHelpText('after', examples);
  for (const option of [
    new Option('--at <number|time>', 'the last commit that counts (the newest)').argParser(parseAt),
    new Option('--format <format>', 'lines of JSON, or commands in RESP').choices(['jsonl', 'resp']).default('jsonl'),
    new Option('--output <file>', 'where to write; -: standard output').default('-'),
    new Option('--force', 'replace the file, if it is there').default(false),
  ]) {
    command.addOption(option);
  }
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: ExportFlags): Promise<number> {
  const { output: file, force } = flags;
  refuseOutput({ file, force });
  const { requests, environment, name, store } = await openDatabase(flags, 'read');
  const keyspace = new Keyspace(databaseCountMax);
  try {
    const loaded = await withProgress(
      () => `${keyspace.size} keys read`,
      () => loadDatabase({ requests, name, until: flags.at ?? {} }, keyspace),
    );
    if (loaded.kind === 'unavailable') return fail(loaded.reason);
    const now = timeOf(loaded, flags, environment.clock.now());
    const isLines = flags.format === 'jsonl';
    const pieces = isLines
      ? exportLines(keyspace, { database: name, commit: loaded.commit }, { now })
      : exportResp(keyspace, now);
    await writeOutput(pieces, isLines ? 'utf8' : 'latin1', { file, force });
    if (file !== '-') process.stdout.write(`${file}: ${keyspace.size} keys of ${describeState(name, loaded)}\n`);
    return exitCodes.ok;
  } catch (cause) {
    if (cause instanceof ReaderGone) return exitCodes.ok;
    if (isOfFileSystem(cause)) return fail(`it cannot be written: ${cause.message}`);
    throw cause;
  } finally {
    await store.close();
  }
}

/** What had expired then is not there; what has expired only since was there. */
function timeOf({ commit }: LoadedDatabase, { at }: ExportFlags, now: number): number {
  return at === undefined || commit === undefined ? now : Math.min(now, at.time ?? commit.time);
}

function isOfFileSystem(cause: unknown): cause is NodeJS.ErrnoException {
  return cause instanceof Error && 'syscall' in cause;
}
