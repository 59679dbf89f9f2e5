/** A whole database as it is, or was at some commit, in memory: for tools that do something with all of its keys. */
import type { Keyspace } from '../keyspace/keyspace.ts';
import type { Until } from '../log/journal/chain.ts';
import { decodeBody } from '../log/format-error.ts';
import { looksLikeHead } from '../log/journal/head.ts';
import { Past } from '../log/journal/past.ts';
import type { Requests } from '../log/journal/requests.ts';
import type { Failure } from '../log/log.ts';
import { applyImage } from '../log/plain/apply-image.ts';
import { decodeImage } from '../log/plain/plain-format.ts';
import type { Layout } from '../log/recognising-log.ts';

export interface LoadOptions {
  readonly requests: Requests;
  /** Of the database in the store. */
  readonly name: string;
  /** `{}`: as it is now. */
  readonly until: Until;
}

export interface LoadedDatabase {
  readonly kind: 'loaded';
  readonly layout: Layout;
  /** The commit that it was read at; the plain layout does not count its commits. */
  readonly commit: { readonly number: number; readonly time: number } | undefined;
}

/** @param keyspace an empty one, which it is read into */
export async function loadDatabase(options: LoadOptions, keyspace: Keyspace): Promise<LoadedDatabase | Failure> {
  const { requests, name, until } = options;
  const { databaseCount } = keyspace;
  const fetched = await requests.fetch(name, Infinity, (body) =>
    looksLikeHead(body) ? undefined : decodeImage(decodeBody(body), databaseCount),
  );
  if (fetched.kind === 'unavailable') return fetched;
  if (fetched.kind === 'notFound') return requests.failure('is not there: there is no such database', name);
  if (fetched.content === undefined) return loadPast(options, keyspace);
  if (until.number !== undefined || until.time !== undefined)
    return requests.failure('is in the plain layout, which has the newest state only: its past is not kept', name);
  applyImage(fetched.content, keyspace);
  return { kind: 'loaded', layout: 'plain', commit: undefined };
}

async function loadPast({ requests, name, until }: LoadOptions, keyspace: Keyspace): Promise<LoadedDatabase | Failure> {
  const past = new Past({ requests, name, databaseCount: keyspace.databaseCount });
  const state = await past.find(until, Infinity);
  if (state.kind === 'unavailable') return state;
  const failure = await past.load(state, keyspace, Infinity);
  if (failure !== undefined) return failure;
  const { number, time } = state;
  return { kind: 'loaded', layout: 'journal', commit: { number, time } };
}
