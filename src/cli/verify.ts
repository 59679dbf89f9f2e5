/** `valthree verify`: reads all that a database is made of, and says what is wrong with it. */
import { Command, Option } from 'commander';
import { StoreError } from '../tools/database-reader.ts';
import { verify, type Verification } from '../tools/verify.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes } from './exit.ts';
import { formatBytes } from './format-bytes.ts';
import { openDatabase } from './open-database.ts';
import { ProgressLine } from './progress-line.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';

type VerifyFlags = StoreFlags & { readonly json: boolean };

const description = `Read all that a database is made of, every object that its head names, and say what is wrong with it:
checksums, shapes, numbers, the chain of commits; the log is replayed from the oldest snapshot that is kept, and each
later snapshot compared with it. Nothing is written. Nodes may go on meanwhile. The database must fit into memory.`;

const examples = `
Examples:
  valthree verify --store s3://bucket/main
  valthree verify --store ./data --json

Exit codes: 0 nothing is wrong; 1 something is; 2 called wrongly, or the store cannot be read.`;

const findingsShown = 100;

export function verifyCommand(): Command {
  const command = new Command('verify')
    .summary('Read all of a database, and say what is wrong with it.')
    .description(description)
    .addHelpText('after', examples);
  command.addOption(new Option('--json', 'print one JSON object, for programs').default(false));
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: VerifyFlags): Promise<number> {
  const { requests, name, store } = await openDatabase(flags, 'read');
  const progress = new ProgressLine();
  try {
    const verification = await verify({
      requests,
      name,
      onProgress: (what, objects, bytes) => {
        progress.show(() => `${what}: ${objects} objects, ${formatBytes(bytes)}`);
      },
    });
    progress.end();
    process.stdout.write(flags.json ? `${JSON.stringify({ name, ...verification })}\n` : describe(name, verification));
    return verification.findings.length === 0 ? exitCodes.ok : exitCodes.failure;
  } catch (cause) {
    if (!(cause instanceof StoreError)) throw cause;
    progress.end();
    process.stderr.write(`valthree: ${cause.message}\n`);
    return exitCodes.usage;
  } finally {
    await store.close();
  }
}

function describe(name: string, { layout, findings, objects, bytes, keys, newest, remarks }: Verification): string {
  const shown = findings.slice(0, findingsShown).map(({ object, what }) => `DAMAGED ${object}: ${what}\n`);
  const more = findings.length - shown.length;
  if (more > 0) shown.push(`and ${more} more\n`);
  const read = `${objects} objects, ${formatBytes(bytes)}`;
  const commit = layout === 'journal' ? `, up to commit ${newest}` : '';
  const verdict =
    findings.length === 0
      ? `nothing is wrong: ${keys} keys in ${read}`
      : `${findings.length} things are wrong, in ${read}`;
  return `${shown.join('')}${name} (${layout}${commit}): ${verdict}\n${remarks.map((remark) => `  ${remark}\n`).join('')}`;
}
