/**
 * The bucket itself: what is really stored, whatever the nodes believe. It watches every version of the database: each
 * must decode, and stand on the one before it.
 */
import { decodeImage, type Image } from '../log/plain/plain-format.ts';
import { decodeTrail } from '../log/plain/trail.ts';
import type { Clock } from '../environment/environment.ts';
import { createHash } from 'node:crypto';
import { storeFailure } from '../store/failure.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { PutOptions, PutResult } from '../store/object-store.ts';

export interface TruthOptions {
  readonly clock: Pick<Clock, 'now'>;
  readonly name: string;
  readonly databaseCount: number;
  /** An ETag is a hash of the body, as on S3, and comes back when the body does. */
  readonly contentEtags: boolean;
  readonly onBroken: (what: string) => void;
}

export class TruthStore extends MemoryStore {
  readonly #options: TruthOptions;
  /** Every put is refused, as by a policy that somebody has changed. */
  isReadOnly = false;
  versions = 0;
  /** What an editor has set the key `edited` to. */
  edited: string | undefined;
  #text: string | undefined;
  #isHostile = false;

  constructor(options: TruthOptions) {
    super(options.clock, options.contentEtags ? hashOfContent : undefined);
    this.#options = options;
  }

  /** The database as it is stored; `undefined`: nothing has been written yet. */
  get image(): Image | undefined {
    return this.#text === undefined ? undefined : decodeImage(this.#text, this.#options.databaseCount);
  }

  override async put(name: string, body: Uint8Array, options: PutOptions = {}): Promise<PutResult> {
    if (this.isReadOnly) return storeFailure('denied', 'the store has become read-only');
    const result = await super.put(name, body, options);
    if (result.kind === 'stored' && name === this.#options.name) this.#check(Buffer.from(body).toString());
    return result;
  }

  /** Somebody writes over the database what is none. */
  async overwrite(body: string): Promise<void> {
    this.#isHostile = true;
    await super.put(this.#options.name, Buffer.from(body));
  }

  /** And somebody brings the last good version back. */
  async restore(): Promise<void> {
    this.#isHostile = false;
    if (this.#text !== undefined) await super.put(this.#options.name, Buffer.from(this.#text));
    else await this.delete(this.#options.name);
  }

  /** Somebody sets a key with an editor, which leaves the white space at the end as it is. */
  edit(value: string): boolean {
    if (this.#text === undefined || this.#isHostile) return false;
    const member = `"edited":"${value}"`;
    const isThere = /"edited":"\d"/;
    if (isThere.test(this.#text)) this.#text = this.#text.replace(isThere, member);
    else this.#text = this.#text.replace('{', this.#text.startsWith('{}') ? `{${member}` : `{${member},`);
    this.edited = value;
    void super.put(this.#options.name, Buffer.from(this.#text));
    return true;
  }

  #check(text: string): void {
    const before = this.#text === undefined ? undefined : decodeTrail(this.#text);
    const isEdited = before?.isIntact === false;
    this.#text = text;
    this.versions++;
    const trail = decodeTrail(text);
    if (trail?.isIntact !== true) {
      this.#options.onBroken('a version of the database has no trail');
    } else if (before !== undefined && !isEdited && trail.ids[1] !== before.ids[0]) {
      this.#options.onBroken('a version of the database does not stand on the one before it');
    }
    try {
      decodeImage(text, this.#options.databaseCount);
    } catch (cause) {
      this.#options.onBroken(`a version of the database does not decode: ${String(cause)}`);
    }
  }
}

function hashOfContent(body: Uint8Array): string {
  return createHash('md5').update(body).digest('hex');
}
