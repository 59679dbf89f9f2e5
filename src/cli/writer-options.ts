/** How a command that is no node writes to a database: one commit at a time, and all else is left to the nodes. */
import { hostname } from 'node:os';
import type { JournalLogOptions } from '../log/journal/journal-log.ts';
import { snapshotLimitsDefault } from '../log/journal/snapshotter.ts';
import { databaseCountMax } from '../tools/database-reader.ts';
import type { OpenDatabase } from './open-database.ts';
import type { StoreFlags } from './store-options.ts';

const noSnapshots = { ...snapshotLimitsDefault, recordsMax: Infinity, bytesMin: Infinity };

/** @param command stands in the log as the node that has written */
export function writerOptions(
  { store, environment, name }: OpenDatabase,
  flags: StoreFlags,
  command: string,
): JournalLogOptions {
  return {
    store,
    environment,
    name,
    node: `${command} on ${hostname()}`,
    requestTimeoutMs: flags.s3RequestTimeout,
    databaseCount: databaseCountMax,
    pipelineDepth: 1,
    graceMs: undefined,
    snapshots: noSnapshots,
  };
}
