/** `valthree copy`: a database in another store, or in another layout. */
import { Command, Option } from 'commander';
import { Keyspace } from '../keyspace/keyspace.ts';
import type { Until } from '../log/journal/chain.ts';
import { layouts, type Layout } from '../log/recognising-log.ts';
import { copyDatabase, type CopyStep } from '../tools/copy-database.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import { loadDatabase } from '../tools/load-database.ts';
import { destinationFlags, destinationOptions, type DestinationFlags } from './destination-options.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes, fail, UsageError } from './exit.ts';
import { describeState, openDatabase, parseAt, type OpenDatabase } from './open-database.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';
import { withProgress } from './with-progress.ts';
import { writerOptions } from './writer-options.ts';

type CopyFlags = StoreFlags &
  DestinationFlags & {
    readonly at?: Until;
    readonly layout?: Layout;
    readonly replace: boolean;
  };

const description = `Make a database in another store, or in another layout, what this one is, or was at some commit: by one
commit, which is read again and compared. Nodes that serve the source go on. It must fit into memory, twice.`;

const examples = `
Where --to-store is in S3, too, what is not said of it is as of --store.

Examples:
  valthree copy --store ./data --to-store s3://bucket/main --to-s3-region eu-central-1
  valthree copy --store s3://bucket/main --at 2027-01-15T08:30:00Z --to-store ./then
  valthree copy --store ./data --name old --to-store ./data --to-name new --layout journal

Of the past of the source nothing is copied; branch shares it.
Exit codes: 0 done; 1 it could not be done; 2 called wrongly.`;

export function copyCommand(): Command {
  const command = new Command('copy')
    .summary('Copy a database to another store, or into another layout.')
    .description(description)
    .addHelpText('after', examples);
  for (const option of [
    new Option('--at <number|time>', 'the last commit that counts (the newest)').argParser(parseAt),
    new Option('--layout <layout>', 'of a destination that is not there yet (as of the source)').choices(layouts),
    new Option('--replace', 'replace what the destination holds').default(false),
  ]) {
    command.addOption(option);
  }
  for (const option of [...storeOptions(), ...destinationOptions()]) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: CopyFlags): Promise<number> {
  const source = await openDatabase(flags, 'read');
  let destination: OpenDatabase | undefined;
  try {
    const toFlags = destinationFlags(flags, source.name);
    destination = await openDatabase(toFlags, 'create');
    refuseSame(source, destination);
    return await copy(source, destination, { flags, toFlags });
  } finally {
    await source.store.close();
    await destination?.store.close();
  }
}

/** Only where it is certain: one directory may have two names. */
function refuseSame(source: OpenDatabase, destination: OpenDatabase): void {
  if (source.store.location === destination.store.location && source.name === destination.name)
    throw new UsageError('the source is the destination; --to-store and --to-name say where else');
}

async function copy(
  { requests, name }: OpenDatabase,
  destination: OpenDatabase,
  { flags, toFlags }: { readonly flags: CopyFlags; readonly toFlags: StoreFlags },
): Promise<number> {
  const wanted = new Keyspace(databaseCountMax);
  const loaded = await withProgress(
    () => `${wanted.size} keys read`,
    () => loadDatabase({ requests, name, until: flags.at ?? {} }, wanted),
  );
  if (loaded.kind === 'unavailable') return fail(loaded.reason);
  let step: CopyStep = 'reading the destination';
  const outcome = await withProgress(
    () => `${wanted.size} keys read; ${step}`,
    () =>
      copyDatabase({
        wanted,
        destination: writerOptions(destination, toFlags, 'copy'),
        layout: flags.layout ?? loaded.layout,
        mayReplace: flags.replace,
        timeoutMs: toFlags.s3Timeout,
        onStep: (now) => (step = now),
      }),
  );
  if (outcome.kind === 'uncertain') return fail(`it may have been copied or not: ${outcome.reason}`);
  if (outcome.kind === 'unavailable') return fail(outcome.reason);
  const { layout, set, deleted } = outcome.summary;
  const where = `${destination.name} in ${destination.store.location} (${layout})`;
  process.stdout.write(`made ${where} ${describeState(name, loaded)}: ${set} keys set, ${deleted} deleted\n`);
  return exitCodes.ok;
}
