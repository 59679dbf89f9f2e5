/** Renders `docs/commands.md` from the rows: `npm run docs:commands` writes it, a test holds it up to date. */
import type { Argument } from './argument.ts';
import type { Command, CommandTable } from './command.ts';

export function renderCommandsPage(table: CommandTable): string {
  const groups = new Map<string, Command[]>();
  for (const row of table.all) {
    const rows = groups.get(row.group);
    if (rows === undefined) groups.set(row.group, [row]);
    else rows.push(row);
  }
  const sections = [...groups].sort(([a], [b]) => (a < b ? -1 : 1)).map(([group, rows]) => renderGroup(group, rows));
  return [
    '# Commands',
    '',
    `Written by \`npm run docs:commands\` from the rows of [the command table](../src/commands). ${table.all.length} commands; a command that is not here answers \`ERR unknown command\`.`,
    '',
    ...sections,
  ].join('\n');
}

function renderGroup(group: string, rows: readonly Command[]): string {
  const lines = rows.flatMap((row) => [
    renderRow(row, row.name),
    ...(row.kind === 'container' ? row.subcommands.map((sub) => renderRow(sub, `${row.name} ${sub.name}`)) : []),
  ]);
  const title = group.charAt(0).toUpperCase() + group.slice(1);
  return [
    `## ${title}`,
    '',
    '| syntax | what it does | cost | since |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function renderRow(row: Command, name: string): string {
  const { summary, complexity, since, deprecatedSince, replacedBy } = row.doc;
  const syntax = [name, ...(row.doc.arguments ?? []).map(renderArgument)].join(' ');
  const deprecated =
    deprecatedSince === undefined ? '' : ` Deprecated since ${deprecatedSince}: use ${replacedBy ?? 'another'}.`;
  return `| \`${cell(syntax)}\` | ${cell(summary + deprecated)} | ${cell(complexity)} | ${since} |`;
}

function renderArgument(argument: Argument): string {
  const token = argument.token === undefined ? '' : argument.token;
  const inner = argument.arguments?.map(renderArgument) ?? [];
  const value =
    argument.type === 'pure-token'
      ? ''
      : argument.type === 'oneof'
        ? inner.join(' | ')
        : argument.type === 'block'
          ? inner.join(' ')
          : (argument.displayText ?? argument.name);
  const words = [token, argument.type === 'oneof' && argument.optional !== true ? `<${value}>` : value]
    .filter((word) => word !== '')
    .join(' ');
  const repeated =
    argument.multiple === true ? `${words} [${argument.multipleToken === true ? words : value} ...]` : words;
  return argument.optional === true ? `[${repeated}]` : repeated;
}

/** A bar would end the cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
