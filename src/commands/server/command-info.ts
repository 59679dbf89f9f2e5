/** The reply of `COMMAND` and `COMMAND INFO`, derived from the rows. */
import type { ByteString } from '../../resp/bytes.ts';
import { simple, type Reply } from '../../resp/reply.ts';
import type { Command, CommandTable } from '../command.ts';
import { keyFlag, type KeySpec } from '../key-spec.ts';
import { aclCategories } from './acl-categories.ts';

/** @param names empty: all */
export function commandInfo(table: CommandTable, names: readonly ByteString[]): Reply[] {
  if (names.length === 0) return table.all.map((row) => describe(row, row.name));
  return names.map((name) => {
    const found = findByName(table, name);
    return found === undefined ? null : describe(found.row, found.name);
  });
}

/** A row by the name `get` or `client|list`, in any case. */
export function findByName(table: CommandTable, text: ByteString): { row: Command; name: string } | undefined {
  const [top, sub, ...rest] = text.toUpperCase().split('|');
  const row = table.find(top as string);
  if (row === undefined || rest.length > 0) return undefined;
  if (sub === undefined) return { row, name: row.name };
  const subcommands = row.kind === 'container' ? row.subcommands : [];
  const subcommand = subcommands.find(({ name }) => name === sub);
  return subcommand && { row: subcommand, name: `${row.name}|${sub}` };
}

/** Not shown by Valkey either. */
const hiddenFlags: readonly string[] = ['touches_arbitrary_keys', 'may_replicate'];

function describe(row: Command, name: string): Reply {
  const { firstKey, lastKey, step, movable } = legacyRange(row.keys ?? []);
  const flags = row.flags.filter((flag) => !hiddenFlags.includes(flag));
  const subcommands = row.kind === 'container' ? row.subcommands : [];
  return [
    name.toLowerCase(),
    row.arity,
    { kind: 'set', items: [...flags, ...(movable ? ['movablekeys'] : [])].map(simple) },
    firstKey,
    lastKey,
    step,
    { kind: 'set', items: aclCategories(row).map((category) => simple(`@${category}`)) },
    (row.tips ?? []).map((tip) => tip),
    (row.keys ?? []).map(describeKeySpec),
    subcommands.map((subcommand) => describe(subcommand, `${row.name}|${subcommand.name}`)),
  ];
}

/** The one range of first key, last key and step that older clients know, where the specifications add up to one. */
function legacyRange(specs: readonly KeySpec[]): { firstKey: number; lastKey: number; step: number; movable: boolean } {
  let [firstKey, lastKey, step, movable] = [0, 0, 0, false];
  for (const { begin, find } of specs) {
    if (begin.kind !== 'index' || find.kind !== 'range') {
      movable = true;
      continue;
    }
    const adjoins = firstKey === 0 || (lastKey === begin.position - 1 && find.step === 1 && step === 1);
    if (!adjoins) {
      movable = true;
      continue;
    }
    if (firstKey === 0) firstKey = begin.position;
    lastKey = find.lastKey >= 0 ? begin.position + find.lastKey : find.lastKey;
    step = find.step;
  }
  return { firstKey, lastKey, step, movable };
}

function describeKeySpec(spec: KeySpec): Reply {
  const { begin, find } = spec;
  const beginSpec: Reply[] =
    begin.kind === 'index'
      ? ['index', begin.position]
      : begin.kind === 'keyword'
        ? ['keyword', begin.keyword, 'startfrom', begin.startFrom]
        : [];
  const findSpec: Reply[] =
    find.kind === 'range'
      ? ['lastkey', find.lastKey, 'keystep', find.step, 'limit', find.limit]
      : find.kind === 'keynum'
        ? ['keynumidx', find.keynumIndex, 'firstkey', find.firstKey, 'keystep', find.step]
        : [];
  const notes: Reply[] = spec.notes === undefined ? [] : ['notes', spec.notes];
  return map([
    ...notes,
    'flags',
    { kind: 'set', items: spec.flags.map((flag) => simple(keyFlag(flag))) },
    'begin_search',
    map(['type', begin.kind, 'spec', map(beginSpec)]),
    'find_keys',
    map(['type', find.kind, 'spec', map(findSpec)]),
  ]);
}

function map(items: readonly Reply[]): Reply {
  return { kind: 'map', items };
}
