/** From words to the row that executes them: name, subcommand and number of words, refused as Valkey refuses them. */
import { error, type ErrorReply } from '../resp/reply.ts';
import type { Arguments, Command, CommandTable, ContainerCommand, ExecutableCommand } from './command.ts';
import { shown, shownLengthMax, wrongArity } from './command-error.ts';

export function resolveCommand(table: CommandTable, argv: Arguments): ExecutableCommand | ErrorReply {
  const row = table.find(argv[0] as string);
  if (row === undefined) return error(unknownCommand(argv));
  if (row.kind === 'container' && argv.length < 2) {
    return row.alone ?? error(wrongArity(row.name.toLowerCase()));
  }
  const command = row.kind === 'container' ? resolveSubcommand(row, argv) : row;
  if (command === undefined) return error(unknownSubcommand(row.name, argv[1] as string));
  if (!fitsArity(command, argv)) return error(wrongArity(fullName(row.name, command)));
  const forms = command.kind === 'session' ? command.dataForms : undefined;
  return forms?.get((argv[1] ?? '').toUpperCase()) ?? command;
}

/** The row that these words name, whatever their number. */
export function findRow(table: CommandTable, argv: Arguments): Command | undefined {
  const row = table.find(argv[0] as string);
  return row?.kind === 'container' && argv.length > 1 ? resolveSubcommand(row, argv) : row;
}

export function fitsArity({ arity }: Command, argv: Arguments): boolean {
  return arity > 0 ? argv.length === arity : argv.length >= -arity;
}

/** `get`, `client|list`. */
export function fullName(topName: string, command: { readonly name: string }): string {
  return (topName === command.name ? topName : `${topName}|${command.name}`).toLowerCase();
}

function resolveSubcommand(row: ContainerCommand, argv: Arguments): ExecutableCommand | undefined {
  const name = (argv[1] as string).toUpperCase();
  return row.subcommands.find((subcommand) => subcommand.name === name);
}

function unknownCommand(argv: Arguments): string {
  let args = '';
  for (const word of argv.slice(1)) {
    if (args.length >= shownLengthMax) break;
    args += `'${shown(word, shownLengthMax - args.length)}' `;
  }
  return `ERR unknown command '${shown(argv[0] as string, shownLengthMax)}', with args beginning with: ${args}`;
}

function unknownSubcommand(name: string, word: string): string {
  return `ERR unknown subcommand '${shown(word, shownLengthMax)}'. Try ${name} HELP.`;
}
