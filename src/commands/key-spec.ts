/** Where a command's keys stand among its words, and what it does to them: Valkey's key specifications. */
export interface KeySpec {
  /** `RO RW OW RM ACCESS UPDATE INSERT DELETE not_key incomplete variable_flags`, as `COMMAND INFO` prints them. */
  readonly flags: readonly string[];
  readonly notes?: string;
  readonly begin:
    | { readonly kind: 'index'; readonly position: number }
    | { readonly kind: 'keyword'; readonly keyword: string; readonly startFrom: number }
    | { readonly kind: 'unknown' };
  readonly find:
    /** `lastKey` counts from the first key; negative: from the end of the words. */
    | { readonly kind: 'range'; readonly lastKey: number; readonly step: number; readonly limit: number }
    | { readonly kind: 'keynum'; readonly keynumIndex: number; readonly firstKey: number; readonly step: number }
    | { readonly kind: 'unknown' };
}

/** One key at this position (default: the first argument). */
export function oneKey(flags: readonly string[], position = 1): KeySpec {
  return { flags, begin: { kind: 'index', position }, find: { kind: 'range', lastKey: 0, step: 1, limit: 0 } };
}

/** Every argument from this position on, or every `step`-th. */
export function keysFrom(flags: readonly string[], options: { position?: number; step?: number } = {}): KeySpec {
  return {
    flags,
    begin: { kind: 'index', position: options.position ?? 1 },
    find: { kind: 'range', lastKey: -1, step: options.step ?? 1, limit: 0 },
  };
}

/** All arguments but the last. */
export function keysBeforeTimeout(flags: readonly string[]): KeySpec {
  return { flags, begin: { kind: 'index', position: 1 }, find: { kind: 'range', lastKey: -2, step: 1, limit: 0 } };
}

/** As many as the argument at this position says, behind it. */
export function countedKeys(flags: readonly string[], position = 1): KeySpec {
  return {
    flags,
    begin: { kind: 'index', position },
    find: { kind: 'keynum', keynumIndex: 0, firstKey: 1, step: 1 },
  };
}

/** Valkey writes these four in upper case and the others in lower case. */
export function keyFlag(flag: string): string {
  return ['RO', 'RW', 'OW', 'RM'].includes(flag) ? flag : flag.toLowerCase();
}
