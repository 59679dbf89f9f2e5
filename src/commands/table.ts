/** All rows by name. Clients write names in upper or lower case: both are found at once, other spellings a step later. */
import type { Command, CommandTable } from './command.ts';

export function createCommandTable(rows: readonly Command[]): CommandTable {
  const all = [...rows].sort((a, b) => (a.name < b.name ? -1 : 1));
  const byName = new Map<string, Command>();
  for (const row of all) {
    if (byName.has(row.name)) throw new Error(`two rows of one name: name=${row.name}`);
    byName.set(row.name, row);
    byName.set(row.name.toLowerCase(), row);
  }
  return { all, find: (name) => byName.get(name) ?? byName.get(name.toUpperCase()) };
}
