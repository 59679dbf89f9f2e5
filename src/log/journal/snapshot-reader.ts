/** Reads a snapshot: its list of parts, then the parts, several at a time, each applied as it comes. */
import type { Effect } from '../../keyspace/effect.ts';
import type { Deadline, Failure } from '../log.ts';
import { crc32 } from './crc32.ts';
import { FormatError } from './format-error.ts';
import { ownerOf, type Head } from './head.ts';
import { decodeManifest, decodePart, type Manifest, type Part, type PartReference } from './manifest.ts';
import type { Requests } from './requests.ts';

export type SnapshotOutcome =
  | { readonly kind: 'read'; readonly manifest: Manifest }
  /** An object that the head names is not there: either the head is not the newest, or the database is damaged. */
  | { readonly kind: 'missing'; readonly name: string }
  | Failure;

interface SnapshotReaderOptions {
  readonly requests: Requests;
  readonly databaseCount: number;
}

/** Parts that are asked for at once. */
const partsAtOnce = 8;

export class SnapshotReader {
  readonly #options: SnapshotReaderOptions;

  constructor(options: SnapshotReaderOptions) {
    this.#options = options;
  }

  /** @param take is called with the effects of one part after another, which make the keyspace out of nothing */
  async read(
    head: Head & { readonly snapshot: string },
    deadline: Deadline,
    take: (effects: readonly Effect[]) => void,
  ): Promise<SnapshotOutcome> {
    const { requests, databaseCount } = this.#options;
    const { snapshot: name, log } = head;
    const { database } = ownerOf(log.number - 1, head, '');
    const fetched = await requests.fetch(name, deadline, (body) => {
      const manifest = decodeManifest(body, { database, databaseCount });
      if (manifest.number + 1 === log.number && manifest.id === log.parent) return manifest;
      throw new FormatError(`it is not the snapshot that the head means: number=${manifest.number}`);
    });
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') return { kind: 'missing', name };
    const manifest = fetched.content;
    const parts = manifest.databases.flatMap(({ db, parts: references }) =>
      references.map((reference, part) => ({ reference, part: { database, db, part, of: references.length } })),
    );
    let at = 0;
    let failure: SnapshotOutcome | undefined;
    const worker = async (): Promise<void> => {
      for (;;) {
        const next = parts[at++];
        if (next === undefined || failure !== undefined) return;
        const outcome = await this.#readPart(next.reference, next.part, deadline);
        if (outcome.kind === 'part') take(outcome.effects);
        else failure = outcome;
      }
    };
    await Promise.all(Array.from({ length: partsAtOnce }, worker));
    return failure ?? { kind: 'read', manifest };
  }

  async #readPart(
    reference: PartReference,
    part: Part,
    deadline: Deadline,
  ): Promise<{ readonly kind: 'part'; readonly effects: readonly Effect[] } | SnapshotOutcome> {
    const { requests, databaseCount } = this.#options;
    const { name } = reference;
    const fetched = await requests.fetch(name, deadline, (body) => {
      if (body.length !== reference.bytes || crc32(body) !== reference.checksum)
        throw new FormatError('it is not what the snapshot says that it is: it was damaged or replaced');
      return body;
    });
    if (fetched.kind === 'unavailable') return fetched;
    if (fetched.kind === 'notFound') return { kind: 'missing', name };
    try {
      const json = await requests.environment.compression.decompress(fetched.content, reference.length);
      return { kind: 'part', effects: decodePart(json, part, databaseCount) };
    } catch (cause) {
      const why = cause instanceof FormatError ? cause.message : 'it cannot be decompressed';
      return requests.failure(`cannot be read, and was left as it is: ${why}`, name);
    }
  }
}
