/** `valthree restore`: a database becomes what it was, by one more commit. */
import { Command, Option } from 'commander';
import type { Until } from '../log/journal/chain.ts';
import { restore } from '../log/journal/restore.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes, fail } from './exit.ts';
import { describeCommit, openDatabase, parseAt } from './open-database.ts';
import { writerOptions } from './writer-options.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';

type RestoreFlags = StoreFlags & { readonly at: Until; readonly dryRun: boolean };

const description = `Make a database what it was at some commit, by one more commit: nothing of its past is lost, nodes that
serve it go on and see the change as any other, and another restore undoes it. Keys that have expired since are not
brought back. In the journal layout only.`;

const examples = `
Examples:
  valthree restore --store s3://bucket/main --at 2027-01-15T08:30:00Z --dry-run
  valthree restore --store ./data --at 1234

How far back one can go, --retain of serve says. Exit codes: 0 done; 1 it could not be done; 2 called wrongly.`;

export function restoreCommand(): Command {
  const command = new Command('restore')
    .summary('Make a database what it was at some commit.')
    .description(description)
    .addHelpText('after', examples);
  command.addOption(
    new Option('--at <number|time>', 'the last commit that counts').argParser(parseAt).makeOptionMandatory(),
  );
  command.addOption(new Option('--dry-run', 'only say what would change').default(false));
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: RestoreFlags): Promise<number> {
  const database = await openDatabase(flags, 'write');
  const { store, name } = database;
  const outcome = await restore({
    ...writerOptions(database, flags, 'restore'),
    timeoutMs: flags.s3Timeout,
    until: flags.at,
    isRehearsal: flags.dryRun,
  });
  await store.close();
  if (outcome.kind !== 'done') {
    const certainty = outcome.kind === 'uncertain' ? 'it may have been restored or not: ' : '';
    return fail(`${certainty}${outcome.reason}`);
  }
  const { number, time, before, set, deleted } = outcome.summary;
  const what = `${name} as it was at ${describeCommit(number, time)}: ${set} keys set, ${deleted} deleted`;
  const undo = `; --at ${before} brings back what it was now\n`;
  process.stdout.write(flags.dryRun ? `would make ${what}\n` : `made ${what}${undo}`);
  return exitCodes.ok;
}
