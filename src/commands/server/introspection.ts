/** COMMAND: the table of commands, for clients. */
import type { ByteString } from '../../resp/bytes.ts';
import { simple, type Reply } from '../../resp/reply.ts';
import { defineContainer, defineSession, type Arguments, type Command, type CommandTable } from '../command.ts';
import { CommandError, syntaxError } from '../command-error.ts';
import { matchesGlob } from '../glob.ts';
import { helpReply } from '../help.ts';
import { hasKeys, keysOf, type FoundKey } from '../keys-of.ts';
import { findRow, fitsArity } from '../resolve.ts';
import { aclCategories } from './acl-categories.ts';
import { commandDocs } from './command-docs.ts';
import { commandInfo } from './command-info.ts';

const commandCount = defineSession({
  name: 'COUNT',
  group: 'server',
  arity: 2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Counts the commands.', since: '2.8.13', complexity: 'O(1)' },
  parse: () => undefined,
  run: ({ table }) => table.all.length,
});

const commandDocsRow = defineSession({
  name: 'DOCS',
  group: 'server',
  arity: -2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Documents commands.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of commands to look up',
    arguments: [{ name: 'command-name', type: 'string', optional: true, multiple: true }],
  },
  parse: (argv) => argv.slice(2),
  run: ({ table }, names) => ({ kind: 'map', items: commandDocs(table, names) }),
});

const commandGetkeys = defineSession({
  name: 'GETKEYS',
  group: 'server',
  arity: -3,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Finds the keys among the words of a command.',
    since: '2.8.13',
    complexity: 'O(N) where N is the number of arguments to the command',
    arguments: [
      { name: 'command', type: 'string' },
      { name: 'arg', type: 'string', optional: true, multiple: true },
    ],
  },
  parse: (argv) => argv.slice(2),
  run: ({ table }, words) => keysIn(table, words).map(({ key }) => key),
});

const commandGetkeysandflags = defineSession({
  name: 'GETKEYSANDFLAGS',
  group: 'server',
  arity: -3,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  doc: {
    summary: 'Finds the keys among the words of a command, and what becomes of them.',
    since: '7.0.0',
    complexity: 'O(N) where N is the number of arguments to the command',
    arguments: [
      { name: 'command', type: 'string' },
      { name: 'arg', type: 'string', optional: true, multiple: true },
    ],
  },
  parse: (argv) => argv.slice(2),
  run: ({ table }, words) =>
    keysIn(table, words).map(({ key, flags }): Reply => [key, { kind: 'set', items: flags.map(simple) }]),
});

function keysIn(table: CommandTable, words: Arguments): FoundKey[] {
  const command = findRow(table, words);
  if (command === undefined) throw new CommandError('ERR Invalid command specified');
  if (!hasKeys(command)) throw new CommandError('ERR The command has no key arguments');
  if (!fitsArity(command, words)) throw new CommandError('ERR Invalid number of arguments specified for command');
  const found = keysOf(command, words);
  if (found.length === 0) throw new CommandError('ERR Invalid arguments specified for command');
  return found;
}

const commandInfoRow = defineSession({
  name: 'INFO',
  group: 'server',
  arity: -2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Describes commands, as Redis 2.8.13 did and more.',
    since: '2.8.13',
    complexity: 'O(N) where N is the number of commands to look up',
    arguments: [{ name: 'command-name', type: 'string', optional: true, multiple: true }],
  },
  parse: (argv) => argv.slice(2),
  run: ({ table }, names) => commandInfo(table, names),
});

const commandList = defineSession({
  name: 'LIST',
  group: 'server',
  arity: -2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Lists the names of the commands.',
    since: '7.0.0',
    complexity: 'O(N) where N is the total number of commands',
    arguments: [
      {
        name: 'filterby',
        type: 'oneof',
        token: 'FILTERBY',
        optional: true,
        arguments: [
          { name: 'module-name', type: 'string', token: 'MODULE' },
          { name: 'category', type: 'string', token: 'ACLCAT' },
          { name: 'pattern', type: 'pattern', token: 'PATTERN' },
        ],
      },
    ],
  },
  parse: (argv) => parseFilter(argv.slice(2)),
  run: ({ table }, filter) =>
    table.all
      .flatMap((row) => withSubcommands(row))
      .filter(({ name, row }) => filter(name, row))
      .map(({ name }) => name),
});

type NameFilter = (name: string, row: Command) => boolean;

function parseFilter(words: Arguments): NameFilter {
  if (words.length === 0) return () => true;
  const [filterBy, kind, value] = words.map((word) => word.toUpperCase());
  if (words.length !== 3 || filterBy !== 'FILTERBY' || value === undefined) throw new CommandError(syntaxError);
  switch (kind) {
    case 'MODULE':
      return () => false;
    case 'ACLCAT':
      return (_, row) => aclCategories(row).includes(value.toLowerCase());
    case 'PATTERN':
      return (name) => matchesGlob(words[2] as ByteString, name, { nocase: true });
    default:
      throw new CommandError(syntaxError);
  }
}

function withSubcommands(row: Command): { name: string; row: Command }[] {
  const name = row.name.toLowerCase();
  const subcommands = row.kind === 'container' ? row.subcommands : [];
  return [{ name, row }, ...subcommands.map((sub) => ({ name: `${name}|${sub.name.toLowerCase()}`, row: sub }))];
}

const commandHelp = defineSession({
  name: 'HELP',
  group: 'server',
  arity: 2,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  doc: { summary: 'Lists the subcommands.', since: '5.0.0', complexity: 'O(1)' },
  parse: () => undefined,
  run: () =>
    helpReply('COMMAND', [
      ['(no subcommand)', 'Describes all commands.'],
      ['COUNT', 'The number of commands.'],
      ['DOCS [<command-name> ...]', 'Documents these commands, or all.'],
      ['GETKEYS <full-command>', 'The keys among the words of a command.'],
      ['GETKEYSANDFLAGS <full-command>', 'The keys, and what becomes of them.'],
      ['INFO [<command-name> ...]', 'Describes these commands, or all.'],
      ['LIST [FILTERBY (MODULE <module-name>|ACLCAT <category>|PATTERN <pattern>)]', 'The names of the commands.'],
    ]),
});

/** COMMAND without a subcommand. */
const commandAlone = defineSession({
  ...commandInfoRow,
  name: 'COMMAND',
  arity: -1,
  parse: () => undefined,
  run: ({ table }) => commandInfo(table, []),
});

export const command = defineContainer({
  name: 'COMMAND',
  group: 'server',
  arity: -1,
  flags: ['loading', 'stale'],
  categories: ['connection'],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Describes the commands.',
    since: '2.8.13',
    complexity: 'O(N) where N is the total number of commands',
  },
  subcommands: [
    commandCount,
    commandDocsRow,
    commandGetkeys,
    commandGetkeysandflags,
    commandHelp,
    commandInfoRow,
    commandList,
  ],
  alone: commandAlone,
});
