/** Commands on the members of one set. */
import type { ByteString } from '../../resp/bytes.ts';
import { defineData, type Arguments } from '../command.ts';
import { oneKey } from '../key-spec.ts';
import { setAt } from '../values.ts';
import { keyArgument, memberArgument, membersArgument } from './arguments.ts';

const severalSince240 = [['2.4.0', 'Takes several members.']] as const;

export const sadd = defineData({
  name: 'SADD',
  group: 'set',
  arity: -3,
  flags: ['write', 'denyoom', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RW', 'INSERT'])],
  doc: {
    summary: 'Adds members to a set; returns how many are new.',
    since: '1.0.0',
    complexity:
      'O(1) for each element added, so O(N) to add N elements when the command is called with multiple arguments.',
    history: severalSince240,
    arguments: [keyArgument, membersArgument],
  },
  parse: parseMembers,
  execute: ({ view }, { key, members }) => {
    const set = setAt(view, key);
    const added = distinct(members).filter((member) => set?.has(member) !== true);
    if (added.length > 0) view.apply({ kind: 'addMembers', key, members: added });
    return added.length;
  },
});

interface MemberArguments {
  readonly key: ByteString;
  readonly members: readonly ByteString[];
}

function parseMembers(argv: Arguments): MemberArguments {
  return { key: argv[1] as ByteString, members: argv.slice(2) };
}

/** Mostly there is one. */
function distinct(members: readonly ByteString[]): readonly ByteString[] {
  return members.length === 1 ? members : [...new Set(members)];
}

export const srem = defineData({
  name: 'SREM',
  group: 'set',
  arity: -3,
  flags: ['write', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RW', 'DELETE'])],
  doc: {
    summary: 'Removes members from a set; returns how many were there.',
    since: '1.0.0',
    complexity: 'O(N) where N is the number of members to be removed.',
    history: severalSince240,
    arguments: [keyArgument, membersArgument],
  },
  parse: parseMembers,
  execute: ({ view }, { key, members }) => {
    const set = setAt(view, key);
    const removed = distinct(members).filter((member) => set?.has(member) === true);
    if (removed.length > 0) view.apply({ kind: 'removeMembers', key, members: removed });
    return removed.length;
  },
});

export const smembers = defineData({
  name: 'SMEMBERS',
  group: 'set',
  arity: 2,
  flags: ['readonly'],
  categories: ['set'],
  keys: [oneKey(['RO', 'ACCESS'])],
  tips: ['nondeterministic_output_order'],
  doc: {
    summary: 'Returns all members of a set.',
    since: '1.0.0',
    complexity: 'O(N) where N is the set cardinality.',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => ({ kind: 'set', items: [...(setAt(view, key) ?? [])] }),
});

export const sismember = defineData({
  name: 'SISMEMBER',
  group: 'set',
  arity: 3,
  flags: ['readonly', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Says whether a set has a member.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument, memberArgument],
  },
  parse: (argv) => ({ key: argv[1] as ByteString, member: argv[2] as ByteString }),
  execute: ({ view }, { key, member }) => (setAt(view, key)?.has(member) === true ? 1 : 0),
});

export const smismember = defineData({
  name: 'SMISMEMBER',
  group: 'set',
  arity: -3,
  flags: ['readonly', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RO', 'ACCESS'])],
  doc: {
    summary: 'Says of each of several members whether a set has it.',
    since: '6.2.0',
    complexity: 'O(N) where N is the number of elements being checked for membership',
    arguments: [keyArgument, membersArgument],
  },
  parse: parseMembers,
  execute: ({ view }, { key, members }) => {
    const set = setAt(view, key);
    return members.map((member) => (set?.has(member) === true ? 1 : 0));
  },
});

export const scard = defineData({
  name: 'SCARD',
  group: 'set',
  arity: 2,
  flags: ['readonly', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RO'])],
  doc: {
    summary: 'Counts the members of a set.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [keyArgument],
  },
  parse: (argv) => argv[1] as ByteString,
  execute: ({ view }, key) => setAt(view, key)?.size ?? 0,
});

export const smove = defineData({
  name: 'SMOVE',
  group: 'set',
  arity: 4,
  flags: ['write', 'fast'],
  categories: ['set'],
  keys: [oneKey(['RW', 'ACCESS', 'DELETE']), oneKey(['RW', 'INSERT'], 2)],
  doc: {
    summary: 'Moves a member from one set to another.',
    since: '1.0.0',
    complexity: 'O(1)',
    arguments: [
      { name: 'source', type: 'key', keySpecIndex: 0 },
      { name: 'destination', type: 'key', keySpecIndex: 1 },
      memberArgument,
    ],
  },
  parse: (argv) => ({ from: argv[1] as ByteString, to: argv[2] as ByteString, member: argv[3] as ByteString }),
  execute: ({ view }, { from, to, member }) => {
    // Of a missing source nothing is moved, whatever is at the destination.
    const source = setAt(view, from);
    if (source === undefined) return 0;
    const target = setAt(view, to);
    if (!source.has(member)) return 0;
    if (from === to) return 1;
    view.apply({ kind: 'removeMembers', key: from, members: [member] });
    if (target?.has(member) !== true) view.apply({ kind: 'addMembers', key: to, members: [member] });
    return 1;
  },
});
