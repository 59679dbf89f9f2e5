/** All names that anomalies can have: docs/verification.md explains each. */

/** Cycles of dependencies, by the kinds of their edges. */
export const cycleNames = ['G0', 'G1c', 'G-single-item', 'G-nonadjacent-item', 'G2-item'] as const;

/** After the name of a cycle: which edges of time it needs. */
export const timeSuffixes = ['', '-process', '-realtime'] as const;

/** What can be seen without a search for cycles. */
export const otherNames = [
  'G1a',
  'G1b',
  'dirty-update',
  'duplicate-elements',
  'future-read',
  'garbage-read',
  'incompatible-order',
  'internal',
  'lost-append',
  'lost-update',
  'stale-read',
] as const;

export type CycleBaseName = (typeof cycleNames)[number];
export type TimeSuffix = (typeof timeSuffixes)[number];
export type CycleName = `${CycleBaseName}${TimeSuffix}`;
export type AnomalyName = CycleName | (typeof otherNames)[number];
