/** The reply of `COMMAND DOCS`, derived from the rows. */
import type { ByteString } from '../../resp/bytes.ts';
import { simple, type Reply } from '../../resp/reply.ts';
import type { Argument } from '../argument.ts';
import type { Command, CommandTable } from '../command.ts';
import { findByName } from './command-info.ts';

/** Names and documentation in turn; names that are not known are left out. @param names empty: all */
export function commandDocs(table: CommandTable, names: readonly ByteString[]): Reply[] {
  const rows =
    names.length === 0
      ? table.all.map((row) => ({ row, name: row.name }))
      : names.flatMap((name) => findByName(table, name) ?? []);
  return rows.flatMap(({ row, name }) => [name.toLowerCase(), document(row, name)]);
}

function document(row: Command, name: string): Reply {
  const { doc } = row;
  const items: Reply[] = ['summary', doc.summary, 'since', doc.since, 'group', row.group, 'complexity', doc.complexity];
  if (doc.deprecatedSince !== undefined) {
    items.push('doc_flags', { kind: 'set', items: [simple('deprecated')] }, 'deprecated_since', doc.deprecatedSince);
    if (doc.replacedBy !== undefined) items.push('replaced_by', doc.replacedBy);
  }
  if (doc.history !== undefined) {
    items.push('history', { kind: 'set', items: doc.history.map(([since, change]) => [since, change]) });
  }
  if (doc.arguments !== undefined) items.push('arguments', doc.arguments.map(describeArgument));
  if (row.kind === 'container') {
    const subcommands = row.subcommands.flatMap((subcommand) => {
      const fullName = `${name}|${subcommand.name}`;
      return [fullName.toLowerCase(), document(subcommand, fullName)];
    });
    items.push('subcommands', { kind: 'map', items: subcommands });
  }
  return { kind: 'map', items };
}

function describeArgument(argument: Argument): Reply {
  const items: Reply[] = ['name', argument.name, 'type', argument.type];
  if (argument.type !== 'oneof' && argument.type !== 'block') {
    items.push('display_text', argument.displayText ?? argument.name);
  }
  if (argument.keySpecIndex !== undefined) items.push('key_spec_index', argument.keySpecIndex);
  // In upper case, however Valkey's own files write them.
  if (argument.token !== undefined) items.push('token', argument.token.toUpperCase());
  if (argument.since !== undefined) items.push('since', argument.since);
  if (argument.deprecatedSince !== undefined) items.push('deprecated_since', argument.deprecatedSince);
  const flags = [
    ...(argument.optional === true ? ['optional'] : []),
    ...(argument.multiple === true ? ['multiple'] : []),
    ...(argument.multipleToken === true ? ['multiple_token'] : []),
  ];
  if (flags.length > 0) items.push('flags', { kind: 'set', items: flags.map(simple) });
  if (argument.arguments !== undefined) items.push('arguments', argument.arguments.map(describeArgument));
  return { kind: 'map', items };
}
