/**
 * The names of a database's objects. The head has the database's own name; all others begin with it and a dot, so that
 * a directory can hold the one beside the others.
 */

/** Numbers are written with so many digits, so that names sort as the numbers do. */
const digits = 16;

export function recordPrefix(database: string): string {
  return `${database}.log/`;
}

export function recordName(database: string, number: number): string {
  return `${recordPrefix(database)}${String(number).padStart(digits, '0')}.json`;
}

/** The number of the record that an object is, or is the side of; `undefined`: it is neither, or of another database. */
export function numberOf(database: string, name: string): number | undefined {
  for (const prefix of [recordPrefix(database), sidePrefix(database)]) {
    const found = name.startsWith(prefix) ? /^(\d{16})[.-]/.exec(name.slice(prefix.length)) : null;
    if (found !== null) return Number(found[1]);
  }
  return undefined;
}

/** Effects that are too many for the record of this number, in so many objects. */
export function sideName(database: string, number: number, id: string, index: number): string {
  return `${sidePrefix(database)}${String(number).padStart(digits, '0')}-${id}-${index}.json`;
}

export function sidePrefix(database: string): string {
  return `${database}.side/`;
}

/** The list of a snapshot's parts. */
export function manifestName(database: string, id: string): string {
  return `${snapshotPrefix(database)}${id}.json`;
}

/** @param index of the object, where a part has several */
export function partName(database: string, snapshotId: string, db: number, part: number, index: number): string {
  return `${snapshotPrefix(database)}${snapshotId}-${db}-${part}${index === 0 ? '' : `-${index}`}.json.gz`;
}

export function snapshotPrefix(database: string): string {
  return `${database}.snapshot/`;
}

/** What the names of all its objects begin with, but for the head's. */
export function prefixesOf(database: string): readonly string[] {
  return [recordPrefix(database), sidePrefix(database), snapshotPrefix(database)];
}
