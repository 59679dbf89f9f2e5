/** Immutable maps in the order of their names, as JSON writes them: equal maps have equal texts. */

export type Entries<Value> = readonly (readonly [name: string, value: Value])[];

export function valueOf<Value>(entries: Entries<Value>, name: string): Value | undefined {
  return entries.find(([known]) => known === name)?.[1];
}

/** @param value undefined: none any more */
export function withEntry<Value>(entries: Entries<Value>, name: string, value: Value | undefined): Entries<Value> {
  const at = entries.findIndex(([known]) => known >= name);
  const place = at === -1 ? entries.length : at;
  const isKnown = entries[place]?.[0] === name;
  if (value === undefined) return isKnown ? entries.toSpliced(place, 1) : entries;
  return entries.toSpliced(place, isKnown ? 1 : 0, [name, value]);
}
