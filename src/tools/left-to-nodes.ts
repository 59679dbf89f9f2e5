/**
 * How a command that is no node writes to a database: one commit at a time, and all else is left to the nodes. They say
 * for how long what is obsolete is left, and delete it.
 */
import type { JournalLogOptions } from '../log/journal/journal-log.ts';
import { snapshotLimitsDefault } from '../log/journal/snapshotter.ts';

export const leftToNodes = {
  pipelineDepth: 1,
  graceMs: undefined,
  snapshots: { ...snapshotLimitsDefault, recordsMax: Infinity, bytesMin: Infinity },
} as const satisfies Partial<JournalLogOptions>;
