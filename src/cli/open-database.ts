/** A database in its store, for commands that work on it without serving it. */
import { existsSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { systemEnvironment } from '../environment/system.ts';
import type { Until } from '../log/journal/chain.ts';
import { Requests } from '../log/journal/requests.ts';
import type { Environment } from '../environment/environment.ts';
import type { ObjectStore } from '../store/object-store.ts';
import { openStore } from '../store/open-store.ts';
import { parseStoreUrl } from '../store/store-url.ts';
import type { LoadedDatabase } from '../tools/load-database.ts';
import { UsageError } from './exit.ts';
import { resolveStore, type StoreFlags } from './store-options.ts';

export interface OpenDatabase {
  readonly store: ObjectStore;
  readonly name: string;
  readonly environment: Environment;
  readonly requests: Requests;
}

/**
 * @param access `read`: nothing is written, created or probed; `create`: what is not there may be made
 * @throws UsageError where there is no such store, or it cannot be reached
 */
export async function openDatabase(flags: StoreFlags, access: 'read' | 'write' | 'create'): Promise<OpenDatabase> {
  const environment = systemEnvironment();
  const place = resolveStore(flags);
  refuseWhatIsNotThere(place.url, access === 'create');
  const opened = await openStore({ ...place, environment, isReadOnly: access === 'read' });
  if (opened.kind === 'failed') throw new UsageError(opened.message);
  const { store } = opened;
  const requests = new Requests({ store, environment, requestTimeoutMs: flags.s3RequestTimeout });
  requests.patienceMs = flags.s3Timeout;
  return { store, name: opened.name ?? flags.name, environment, requests };
}

function refuseWhatIsNotThere(url: string, mayCreate: boolean): void {
  const place = parseStoreUrl(url);
  if (place.kind === 'memory') throw new UsageError('--store memory: is gone with its process; name another store');
  if (place.kind === 'file' && !mayCreate && !existsSync(place.directory))
    throw new UsageError(`there is no directory ${place.directory}; say where the database is by --store`);
}

/**
 * Two databases of one store: each an address, `s3://bucket/name`, or a name in the store of the flags.
 * @throws UsageError where they are not in one store
 */
export function placesOf(
  source: string,
  destination: string,
  flags: StoreFlags,
): { readonly flags: StoreFlags; readonly destination: string } {
  const isAddress = (text: string): boolean => /^s3:/i.test(text);
  if (!isAddress(source)) {
    if (isAddress(destination)) throw new UsageError('both are addresses, or both are names in --store');
    return { flags: withName(flags, nameOf(source)), destination: nameOf(destination) };
  }
  const to = isAddress(destination) ? parts(destination) : { ...parts(source), name: nameOf(destination) };
  const from = parts(source);
  if (to.bucket !== from.bucket || to.prefix !== from.prefix)
    throw new UsageError(
      'a branch shares the objects of its source: it must be in the same bucket, under the same prefix',
    );
  return { flags: { ...flags, store: source }, destination: to.name };
}

/** In a store whose address has a name, that of another database beside it. */
function withName(flags: StoreFlags, name: string): StoreFlags {
  const place = flags.store === undefined ? undefined : parseStoreUrl(flags.store);
  if (place?.kind !== 's3') return { ...flags, name };
  return { ...flags, store: `s3://${place.bucket}/${place.prefix}${name}` };
}

function parts(url: string): { readonly bucket: string; readonly prefix: string; readonly name: string } {
  const place = parseStoreUrl(url);
  if (place.kind === 'bad') throw new UsageError(place.reason);
  if (place.kind !== 's3' || place.name === undefined) throw new UsageError(`${url} names no database`);
  return { ...place, name: place.name };
}

function nameOf(text: string): string {
  // eslint-disable-next-line no-control-regex -- they are just what is refused
  if (/^[^/\u0000-\u001f\u007f]{1,255}$/.test(text) && !/^\.{1,2}$/.test(text)) return text;
  throw new UsageError(`it is no name of a database: '${text}'`);
}

/** `--at`: a number of a commit, or a time as ISO 8601. */
export function parseAt(text: string): Until {
  if (/^\d+$/.test(text) && Number.isSafeInteger(Number(text))) return { number: Number(text) };
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(time)) return { time };
  throw new InvalidArgumentError('It must be the number of a commit, or a time such as 2027-01-15T08:30:00Z.');
}

/** `commit 42 of 2027-01-15T08:30:00.000Z`. */
export function describeCommit(number: number, time: number): string {
  return number === 0 ? 'its beginning' : `commit ${number} of ${new Date(time).toISOString()}`;
}

/** `main as it is`, or as it was at a commit. */
export function describeState(name: string, { commit }: LoadedDatabase): string {
  return commit === undefined
    ? `${name} as it is`
    : `${name} as it was at ${describeCommit(commit.number, commit.time)}`;
}
