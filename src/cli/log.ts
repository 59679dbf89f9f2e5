/** `valthree log`: who wrote what, and when. */
import { Command, Option } from 'commander';
import type { Effect } from '../keyspace/effect.ts';
import { encodeEffects } from '../log/journal/effect-format.ts';
import { fromText } from '../resp/bytes.ts';
import { DatabaseReader, StoreError } from '../tools/database-reader.ts';
import { describeEffect, keysOf } from '../tools/describe-effect.ts';
import { readLog, type LogEntry } from '../tools/read-log.ts';
import { addOptionWithVariable } from './environment-variables.ts';
import { exitCodes } from './exit.ts';
import { formatBytes } from './format-bytes.ts';
import { integer } from './integer-option.ts';
import { openDatabase } from './open-database.ts';
import { ProgressLine } from './progress-line.ts';
import { storeOptions, type StoreFlags } from './store-options.ts';

type LogFlags = StoreFlags & {
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  readonly effects: boolean;
  readonly node?: string;
  readonly key?: string;
  readonly json: boolean;
};

const description = `List the commits of a database in the journal layout: number, time, node, size, and how many effects; on
request the effects themselves. As far back as they are kept (--retain of serve). Nothing is written.`;

const examples = `
Examples:
  valthree log --store s3://bucket/main                        the newest 20
  valthree log --store ./data --from 100 --to 200 --effects
  valthree log --store ./data --key user:17 --limit 5          who wrote it last
  valthree log --store ./data --json --limit 0 | jq .node

A void commit lost a race against another node's: it never was part of the database. Nor was a claim, by which a
node that others kept from writing asked them to let it.
Exit codes: 0 done; 1 something cannot be read; 2 called wrongly.`;

export function logCommand(): Command {
  const command = new Command('log')
    .summary('List the commits of a database: who wrote what, and when.')
    .description(description)
    .addHelpText('after', examples);
  for (const option of [
    new Option('--from <number>', 'the first commit').argParser(integer(1, 2 ** 53 - 1)),
    new Option('--to <number>', 'the last commit').argParser(integer(1, 2 ** 53 - 1)),
    new Option('--limit <n>', 'the newest of them, so many; 0: all').argParser(integer(0, 2 ** 31)).default(20),
    new Option('--effects', 'show what each did').default(false),
    new Option('--node <name>', 'those of this node only'),
    new Option('--key <key>', 'those only that changed this key, or all keys'),
    new Option('--json', 'print one JSON object a commit, for programs').default(false),
  ]) {
    command.addOption(option);
  }
  for (const option of storeOptions()) addOptionWithVariable(command, option);
  return command.action(async () => {
    process.exitCode = await run(command.opts());
  });
}

async function run(flags: LogFlags): Promise<number> {
  const { requests, name, store } = await openDatabase(flags, 'read');
  const progress = new ProgressLine();
  try {
    const entries = await collect(new DatabaseReader(requests), name, flags, progress);
    progress.end();
    for (const entry of entries) process.stdout.write(flags.json ? jsonOf(entry, flags) : textOf(entry, flags));
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

async function collect(
  reader: DatabaseReader,
  name: string,
  flags: LogFlags,
  progress: ProgressLine,
): Promise<readonly LogEntry[]> {
  const top = await reader.top(name);
  if (top.kind === 'damage') throw new StoreError(`${name} cannot be read: ${top.what}`);
  if (!top.content.isHead)
    throw new StoreError(`${name} is in the plain layout, which keeps no log: its object has the newest state only`);
  const head = await reader.head(name);
  if (head.kind === 'damage') throw new StoreError(`${name} cannot be read: ${head.what}`);
  const entries: LogEntry[] = [];
  const { from = flags.key === undefined && flags.node === undefined ? head.content.log.number - flags.limit : 1 } =
    flags;
  const log = readLog({
    reader,
    name,
    head: head.content,
    from: flags.limit === 0 ? (flags.from ?? 1) : Math.max(1, from),
    to: flags.to ?? Infinity,
    withSides: flags.effects || flags.key !== undefined,
    onProgress: (number) => {
      progress.show(() => `commit ${number}`);
    },
  });
  for await (const entry of log) {
    if (!isWanted(entry, flags)) continue;
    entries.push(entry);
    if (flags.limit > 0 && entries.length > flags.limit) entries.shift();
  }
  return entries;
}

function isWanted({ node, effects }: LogEntry, flags: LogFlags): boolean {
  if (flags.node !== undefined && node !== flags.node) return false;
  if (flags.key === undefined) return true;
  const key = fromText(flags.key);
  return (
    effects?.some((effect) => effect.kind === 'flush' || effect.kind === 'swap' || keysOf(effect).includes(key)) ??
    false
  );
}

function textOf(entry: LogEntry, flags: LogFlags): string {
  const { number, time, node, bytes, effects } = entry;
  const line = `${number}  ${new Date(time).toISOString()}  ${node}  ${formatBytes(bytes)}  ${contentOf(entry)}\n`;
  if (!flags.effects || effects === undefined) return line;
  return line + effects.map((effect: Effect) => `    ${describeEffect(effect)}\n`).join('');
}

function contentOf({ isClaim, isVoid, effects }: LogEntry): string {
  if (isVoid) return isClaim ? 'claim' : 'void';
  if (effects === undefined) return 'many effects';
  return `${effects.length} ${effects.length === 1 ? 'effect' : 'effects'}`;
}

function jsonOf({ effects, time, isVoid, isClaim, ...rest }: LogEntry, flags: LogFlags): string {
  const shown = {
    ...rest,
    void: isVoid,
    claim: isClaim,
    time: new Date(time).toISOString(),
    count: effects?.length ?? null,
  };
  const text = JSON.stringify(shown);
  if (!flags.effects || effects === undefined) return `${text}\n`;
  return `${text.slice(0, -1)},"effects":${encodeEffects(effects)}}\n`;
}
