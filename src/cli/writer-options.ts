/** How a command that is no node writes to a database (`left-to-nodes.ts`), as its flags say. */
import { hostname } from 'node:os';
import type { JournalLogOptions } from '../log/journal/journal-log.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import { leftToNodes } from '../tools/left-to-nodes.ts';
import type { OpenDatabase } from './open-database.ts';
import type { StoreFlags } from './store-options.ts';

/** @param command stands in the log as the node that has written */
export function writerOptions(
  { store, environment, name }: OpenDatabase,
  flags: StoreFlags,
  command: string,
): JournalLogOptions {
  return {
    ...leftToNodes,
    store,
    environment,
    name,
    node: `${command} on ${hostname()}`,
    requestTimeoutMs: flags.s3RequestTimeout,
    databaseCount: databaseCountMax,
  };
}
