/** Reads a snapshot: its list of parts, then the parts, fetched several at a time, taken one by one. */
import type { Effect } from '../../keyspace/effect.ts';
import type { Deadline, Failure } from '../log.ts';
import { crc32 } from './crc32.ts';
import { fetchAhead } from './fetch-ahead.ts';
import { FormatError } from '../format-error.ts';
import { ownerOf, type Head } from './head.ts';
import { decodeManifest, decodePart, objectsOf, type NamedManifest, type Part, type PartObject } from './manifest.ts';
import type { Fetched, Requests } from './requests.ts';
import type { Slices } from './slices.ts';

export type SnapshotOutcome =
  | { readonly kind: 'read'; readonly manifest: NamedManifest }
  /** An object that the head names is not there: either the head is not the newest, or the database is damaged. */
  | { readonly kind: 'missing'; readonly name: string }
  | Failure;

interface SnapshotReaderOptions {
  readonly requests: Requests;
  readonly slices: Slices;
  readonly databaseCount: number;
}

type HeadWithSnapshot = Pick<Head, 'database' | 'origins' | 'log'> & { readonly snapshot: string };

/** Objects that are asked for at once. */
const objectsAtOnce = 16;

/** Takes the effects of one object after another, which make the keyspace out of nothing. */
export type PartTaker = (effects: readonly Effect[], object: PartObject) => void | Promise<void>;

/** The list of the parts of the snapshot that a head names. */
export function fetchManifest(
  head: HeadWithSnapshot,
  { requests, databaseCount }: SnapshotReaderOptions,
  deadline: Deadline,
): Promise<Fetched<NamedManifest>> {
  const { snapshot: name, log } = head;
  const { database } = ownerOf(log.number - 1, head, '');
  return requests.fetch(name, deadline, (body) => {
    const manifest = decodeManifest(body, { database, databaseCount });
    if (manifest.number + 1 === log.number && manifest.id === log.parent) return { ...manifest, name };
    throw new FormatError(`it is not the snapshot that the head means: number=${manifest.number}`);
  });
}

export class SnapshotReader {
  readonly #options: SnapshotReaderOptions;

  constructor(options: SnapshotReaderOptions) {
    this.#options = options;
  }

  /** @param begin is told what there will be to take */
  async read(
    head: HeadWithSnapshot,
    deadline: Deadline,
    take: PartTaker,
    begin?: (manifest: NamedManifest) => void,
  ): Promise<SnapshotOutcome> {
    const { slices } = this.#options;
    const fetched = await fetchManifest(head, this.#options, deadline);
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') return { kind: 'missing', name: head.snapshot };
    const manifest = fetched.content;
    const { database } = manifest;
    begin?.(manifest);
    const parts = manifest.databases.flatMap(({ db, parts: references }) =>
      references.flatMap((reference, part) =>
        objectsOf(reference).map((object) => ({ object, part: { database, db, part, of: references.length } })),
      ),
    );
    let arrived = 0;
    const ahead = fetchAhead(parts, {
      weigh: ({ object }) => object.length,
      // Not all at once: so many requests take their time before their code is compiled.
      countMax: () => Math.min(1 + arrived, objectsAtOnce),
      fetch: async (planned) => {
        const fetched = await this.#fetchObject(planned.object, deadline);
        arrived++;
        return { ...planned, fetched };
      },
    });
    for await (const { object, part, fetched: json } of ahead) {
      if (json.kind !== 'part') return json;
      if (slices.isOver) await slices.next();
      const outcome = this.#decode(object, json.body, part);
      if ('kind' in outcome) return outcome;
      await take(outcome, object);
    }
    return { kind: 'read', manifest };
  }

  async #fetchObject(
    object: PartObject,
    deadline: Deadline,
  ): Promise<{ readonly kind: 'part'; readonly body: Uint8Array } | SnapshotOutcome> {
    const { requests, slices } = this.#options;
    const { name } = object;
    const fetched = await requests.fetch(name, deadline, async (body) => {
      // Many may arrive at the same time.
      if (slices.isOver) await slices.next();
      if (body.length !== object.bytes || crc32(body) !== object.checksum)
        throw new FormatError('it is not what the snapshot says that it is: it was damaged or replaced');
      return body;
    });
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') return { kind: 'missing', name };
    try {
      const body = await requests.environment.compression.decompress(fetched.content, object.length);
      return { kind: 'part', body };
    } catch {
      return this.#failure('it cannot be decompressed', name);
    }
  }

  #decode({ name }: PartObject, body: Uint8Array, part: Part): readonly Effect[] | Failure {
    try {
      return decodePart(body, part, this.#options.databaseCount);
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      return this.#failure(cause.message, name);
    }
  }

  #failure(why: string, name: string): Failure {
    return this.#options.requests.failure(`cannot be read, and was left as it is: ${why}`, name);
  }
}
