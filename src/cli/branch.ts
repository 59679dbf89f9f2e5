/** `valthree branch`: a new database that begins as another is, or was, and shares its objects. */
import { Command, Option } from 'commander';
import { createBranch } from '../log/journal/create-branch.ts';
import type { Until } from '../log/journal/chain.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import { parseLongDuration } from './durations.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes, fail } from './exit.ts';
import { describeCommit, openDatabase, parseAt, placesOf } from './open-database.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';

type BranchFlags = StoreFlags & { readonly at?: Until; readonly retain?: number };

const description = `Make a new database that begins as SOURCE is, or was at some commit. Nothing is copied: both share the
objects of that time, and SOURCE keeps them until the first snapshot of the branch has replaced them. Nodes that serve
SOURCE go on. In the journal layout only.`;

const examples = `
SOURCE and BRANCH are names in --store, or addresses in one bucket, s3://bucket/name.

Examples:
  valthree branch --store s3://bucket main experiment
  valthree branch s3://bucket/main s3://bucket/yesterday --at 2027-01-15T08:30:00Z
  valthree branch --store ./data valthree before-the-mistake --at 1234

How far back one can go, --retain of serve says.
Exit codes: 0 done; 1 it could not be done; 2 called wrongly.`;

export function branchCommand(): Command {
  const command = new Command('branch')
    .summary('Make a new database out of another, as it is or was, without copying it.')
    .description(description)
    .argument('<source>', 'the database to begin with')
    .argument('<branch>', 'the new one')
    .addHelpText('after', examples);
  command.addOption(
    new Option('--at <number|time>', 'the last commit that it begins with (the newest)').argParser(parseAt),
  );
  command.addOption(
    new Option('--retain <duration>', 'how long its past can be had again (as of SOURCE)').argParser(parseLongDuration),
  );
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async (source: string, branch: string) => {
    process.exitCode = await run(source, branch, command.opts());
  });
}

async function run(source: string, branch: string, given: BranchFlags): Promise<number> {
  const { flags, destination } = placesOf(source, branch, given);
  const { requests, name, store } = await openDatabase(flags, 'write');
  const outcome = await createBranch(
    {
      requests,
      source: name,
      name: destination,
      databaseCount: databaseCountMax,
      until: given.at ?? {},
      retainMs: given.retain,
    },
    Infinity,
  );
  await store.close();
  if (outcome.kind === 'unavailable') return fail(outcome.reason);
  const commit = describeCommit(outcome.number, outcome.time);
  process.stdout.write(`${destination} begins as ${name} was at ${commit}\n`);
  return exitCodes.ok;
}
