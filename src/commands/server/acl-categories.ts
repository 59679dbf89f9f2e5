/** The ACL categories of a command: those of its row and those that follow from its flags, as Valkey derives them. */
import type { Command } from '../command.ts';

/** All categories, in the order in which Valkey lists them. */
const categories = [
  'keyspace',
  'read',
  'write',
  'set',
  'sortedset',
  'list',
  'hash',
  'string',
  'bitmap',
  'hyperloglog',
  'geo',
  'stream',
  'pubsub',
  'admin',
  'fast',
  'slow',
  'blocking',
  'dangerous',
  'connection',
  'transaction',
  'scripting',
] as const;

/** Without `@`. */
export function aclCategories(row: Command): readonly string[] {
  const has = new Set<string>(row.categories ?? []);
  const { flags } = row;
  if (flags.includes('write')) has.add('write');
  if (flags.includes('readonly') && !has.has('scripting')) has.add('read');
  if (flags.includes('admin')) has.add('admin').add('dangerous');
  if (flags.includes('pubsub')) has.add('pubsub');
  if (flags.includes('blocking')) has.add('blocking');
  has.add(flags.includes('fast') ? 'fast' : 'slow');
  return categories.filter((category) => has.has(category));
}
