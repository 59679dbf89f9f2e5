/**
 * The numbers of the format (`rdb.h`). Redis and Valkey went apart after version 11: each has a meaning of its own for
 * the types 22 and 23 and for the opcode 243, so these can only be told by the version.
 */

export const rdbTypes = {
  string: 0,
  list: 1,
  set: 2,
  /** Scores are texts. */
  zsetText: 3,
  hash: 4,
  zset: 5,
  modulePreview: 6,
  module: 7,
  hashZipmap: 9,
  listZiplist: 10,
  setIntset: 11,
  zsetZiplist: 12,
  hashZiplist: 13,
  listOfZiplists: 14,
  stream: 15,
  hashListpack: 16,
  zsetListpack: 17,
  listOfListpacks: 18,
  stream2: 19,
  setListpack: 20,
  stream3: 21,
  /** Valkey 9. */
  hashExpiring: 22,
  /** Redis 7.4, before it was released. */
  redisHashExpiringPreview: 22,
  redisHashListpackExpiringPreview: 23,
  /** Redis 7.4. */
  redisHashExpiring: 24,
  redisHashListpackExpiring: 25,
} as const;

export const rdbOpcodes = {
  /** Valkey 9. */
  slotImport: 243,
  slotInfo: 244,
  function: 245,
  functionPreview: 246,
  moduleAux: 247,
  idle: 248,
  frequency: 249,
  aux: 250,
  resizeDb: 251,
  expireAtMs: 252,
  expireAtSeconds: 253,
  selectDb: 254,
  end: 255,
} as const;

/** Redis 7.0, which knows no listpacks of sets and no times of activity of a stream's consumers. */
export const rdbVersionRedis70 = 10;
/** Redis 7.2, Valkey 7.2 and 8. */
export const rdbVersionShared = 11;
/** Redis 7.4 and 8.0. */
export const rdbVersionRedis74 = 12;
/** Valkey 9.0. */
export const rdbVersionValkey9 = 80;

/** Whether what says to be of this version can be read. Higher ones may give any number another meaning. */
export function isKnownVersion(version: number): boolean {
  return version <= rdbVersionRedis74 || version === rdbVersionValkey9;
}
