/** The reply of the HELP subcommands: lines, in the form that Valkey gives them. */
import { simple, type Reply } from '../resp/reply.ts';

export function helpReply(command: string, entries: readonly (readonly [syntax: string, ...text: string[]])[]): Reply {
  const all: typeof entries = [...entries, ['HELP', 'Print this help.']];
  const lines = all.flatMap(([syntax, ...text]) => [syntax, ...text.map((line) => `    ${line}`)]);
  return [`${command} <subcommand> [<arg> [value] [opt] ...]. Subcommands are:`, ...lines].map(simple);
}
