/**
 * How a command that is no node writes to a database: one commit at a time, and all else is left to the nodes. It does
 * not know their grace period: so it asks for the head each time, and deletes nothing that they may rely on.
 */
import type { JournalLogOptions } from '../log/journal/journal-log.ts';
import { snapshotLimitsDefault } from '../log/journal/snapshotter.ts';

export const leftToNodes = {
  pipelineDepth: 1,
  graceMs: 0,
  collects: false,
  snapshots: { ...snapshotLimitsDefault, recordsMax: Infinity, bytesMin: Infinity },
} as const satisfies Partial<JournalLogOptions>;
