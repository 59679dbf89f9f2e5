/**
 * The `plain` layout: the whole database is one JSON object, overwritten by compare-and-swap. The format and the
 * protocol are those of the original Go program, whose nodes may serve the same object at the same time.
 *
 * Invariants:
 * - Every PUT is conditional on the ETag that this log last handed over. Nothing that cannot be read is overwritten.
 * - A PUT of unknown fate is sent again, byte for byte, with the same condition: at most one of them can win. After
 *   that a `412` proves nothing; the trail of the body that is there now does (`#learnFate`).
 * - Over a body without a trail (the original's, or a hand's) no PUT is sent twice: such a body, and with it its ETag,
 *   may come back, and the second PUT could then apply the commit again.
 */
import type { Environment } from '../../environment/environment.ts';
import { nodeProperties, type Property } from '../../environment/properties.ts';
import type { Keyspace } from '../../keyspace/keyspace.ts';
import type { ETag, ObjectStore, StoreFailure } from '../../store/object-store.ts';
import {
  goneWhenOpened,
  type AppendOutcome,
  type Changes,
  type Commit,
  type Deadline,
  type Failure,
  type Log,
  type OpenOutcome,
  type VerifyOutcome,
} from '../log.ts';
import { Backoff } from './backoff.ts';
import { applyImage } from './apply-image.ts';
import { decodeBody, FormatError } from '../format-error.ts';
import { decodeImage, encodeKeyspace, type Image } from './plain-format.ts';
import {
  absentId,
  decodeTrail,
  encodeTrail,
  idOfForeign,
  newCommitId,
  trailLengthMax,
  type CommitId,
} from './trail.ts';

export interface PlainLogOptions {
  readonly store: ObjectStore;
  /** The object's name. */
  readonly name: string;
  readonly environment: Environment;
  readonly databaseCount: number;
  /** How long a single request may take; a large body gets a second more for each megabyte. Default: 10 s. */
  readonly requestTimeoutMs?: number;
  /** It is known to be there, so that it is not created. */
  readonly mustExist?: boolean;
}

/** A commit whose PUT was answered otherwise than hoped. */
interface Attempt {
  readonly id: CommitId;
  readonly base: Version;
  /** Whether a PUT of it may have happened without our knowing. */
  readonly ambiguous: boolean;
  readonly deadline: Deadline;
}

/** What is known of the object at one time. */
interface Version {
  /** `undefined`: there is no object. */
  readonly etag: ETag | undefined;
  /** Never empty. */
  readonly trail: readonly CommitId[];
  /** Whether the body, and so the ETag, is one that never comes back. */
  readonly unique: boolean;
}

interface ReadVersion extends Version {
  /** Whether its trail tells of commits before it. */
  readonly hasTrail: boolean;
  readonly image: Image;
}

type WholeOutcome = { readonly kind: 'read'; readonly version: ReadVersion } | Failure;
type ReadOutcome = WholeOutcome | { readonly kind: 'notModified' };

const requestTimeoutMsDefault = 10_000;
const bytesPerMs = 1000;
/** After so many reads it is what is stored that is damaged. */
const damagedReadsMax = 3;
/** No store gives such an ETag: a condition on it never holds. */
const supersededEtag = 'valthree-superseded';

export class PlainLog implements Log {
  readonly pipelineDepth = 1;
  readonly snapshots = undefined;
  readonly turns = undefined;
  retries = 0;
  readonly #options: PlainLogOptions;
  /** The version that the keyspace stands on. */
  #version: Version = { etag: undefined, trail: [absentId], unique: true };
  /** The length of the body that was read last. */
  #bodyBytes = 0;
  /** The id of the commit that is under way. */
  #underWay: CommitId | undefined;

  constructor(options: PlainLogOptions) {
    this.#options = options;
  }

  async open(keyspace: Keyspace, deadline: Deadline): Promise<OpenOutcome> {
    const outcome = await this.#read(undefined, deadline);
    if (outcome.kind === 'read') this.#changes(outcome.version).applyTo(keyspace);
    return outcome.kind === 'unavailable' ? outcome : { kind: 'opened' };
  }

  append(commit: Commit, deadline: Deadline): Promise<AppendOutcome> {
    const id = newCommitId(this.#options.environment.random);
    const trail = [id, ...this.#version.trail.slice(0, trailLengthMax - 1)];
    const body = this.#encode(commit.keyspace, trail);
    return body === undefined ? Promise.resolve(this.#tooLarge()) : this.#append(id, trail, body, deadline);
  }

  #encode(keyspace: Keyspace, trail: readonly CommitId[]): Buffer | undefined {
    try {
      const json = encodeKeyspace(keyspace);
      return Buffer.from(json + encodeTrail(trail, json), 'utf8');
    } catch (cause) {
      // V8's way to say that a string is too long.
      if (cause instanceof RangeError) return undefined;
      throw cause;
    }
  }

  #tooLarge(): Failure {
    return this.#refusal('would pass 512 MB, the most that the plain layout can hold; delete something first');
  }

  async #append(id: CommitId, trail: readonly CommitId[], body: Buffer, deadline: Deadline): Promise<AppendOutcome> {
    this.#underWay = id;
    try {
      return await this.#put(id, trail, body, deadline);
    } finally {
      this.#underWay = undefined;
    }
  }

  async #put(id: CommitId, trail: readonly CommitId[], body: Buffer, deadline: Deadline): Promise<AppendOutcome> {
    const { store, name, environment } = this.#options;
    const base = this.#version;
    const condition = base.etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: base.etag };
    const backoff = new Backoff(environment, deadline);
    // Whether one of the PUTs so far may have happened without our knowing.
    let ambiguous = false;
    for (;;) {
      const result = await store.put(name, body, { ...condition, timeoutMs: this.#timeoutMs(deadline, body.length) });
      if (result.kind === 'stored') {
        this.#version = { etag: result.etag, trail, unique: true };
        return { kind: 'committed' };
      }
      let reason = 'the store refuses a condition that holds';
      if (result.kind === 'failed') {
        reason = result.message;
        ambiguous ||= result.failure !== 'unavailable' && result.failure !== 'denied';
        if (result.failure === 'denied') return failure(ambiguous, reason);
      }
      if (result.kind !== 'failed' || (ambiguous && !base.unique)) {
        const fate = await this.#learnFate({ id, base, ambiguous, deadline });
        if (fate.kind !== 'unchanged') return fate;
      }
      if (!(await backoff.wait())) return failure(ambiguous, `${reason}: store=${store.location} object=${name}`);
      this.#countRetry();
    }
  }

  /** Learns what became of a commit from the object as it is now; `unchanged`: the same PUT may be sent (again). */
  async #learnFate(of: Attempt): Promise<AppendOutcome | { kind: 'unchanged' }> {
    const outcome = await this.#read(undefined, of.deadline);
    // A 412 is not enough: a proxy may have delivered the PUT twice, and have passed on the answer to the second.
    if (outcome.kind === 'unavailable') return failure(true, outcome.reason);
    const { version } = outcome;
    if (version.trail.includes(of.id)) {
      // Else others came after it: the next request finds theirs as a change.
      this.#version = version.trail[0] === of.id ? version : superseded(of);
      this.#observe(nodeProperties.fateCommitted);
      return { kind: 'committed' };
    }
    if (of.ambiguous ? !isProvablyLost(of.base, version) : isOutOfSight(of.base, version)) {
      const reason = `another writer has replaced the database since: object=${this.#options.name}`;
      return { kind: 'uncertain', reason, changes: this.#changes(version) };
    }
    if (version.etag === of.base.etag) return { kind: 'unchanged' };
    this.#observe(nodeProperties.fateLost);
    return { kind: 'conflict', changes: this.#changes(version) };
  }

  async verify(deadline: Deadline): Promise<VerifyOutcome> {
    const outcome = await this.#read(this.#version, deadline);
    if (outcome.kind === 'unavailable') return outcome;
    if (outcome.kind === 'notModified' || this.#isOwn(outcome.version)) return { kind: 'current' };
    return { kind: 'changed', changes: this.#changes(outcome.version) };
  }

  /** Whether this is the version handed over, or the commit that is under way or has meanwhile become that version. */
  #isOwn(version: ReadVersion): boolean {
    return version.etag === this.#version.etag || (this.#underWay !== undefined && version.trail[0] === this.#underWay);
  }

  /** Reads the object unless it is still this version; tries again until the deadline. */
  async #read(known: undefined, deadline: Deadline): Promise<WholeOutcome>;
  async #read(known: Version | undefined, deadline: Deadline): Promise<ReadOutcome>;
  async #read(known: Version | undefined, deadline: Deadline): Promise<ReadOutcome> {
    const { store, name, environment } = this.#options;
    const ifNoneMatch = known?.etag;
    const backoff = new Backoff(environment, deadline);
    let damagedReads = 0;
    for (let tries = 0; ; tries++) {
      // Nobody knows how large it is: what did not come in time gets twice the time.
      const timeoutMs = this.#timeoutMs(deadline, this.#bodyBytes, 2 ** tries);
      const result = await store.get(name, ifNoneMatch === undefined ? { timeoutMs } : { ifNoneMatch, timeoutMs });
      switch (result.kind) {
        case 'notModified':
          if (ifNoneMatch === undefined) {
            return this.#refusal('was answered as not modified, although nobody asked: is there a cache between?');
          }
          return { kind: 'notModified' };
        case 'found': {
          this.#bodyBytes = result.body.length;
          const outcome = this.#decode(result.body, result.etag);
          // It may have been damaged on its way.
          if (outcome.kind === 'read' || ++damagedReads === damagedReadsMax || !(await backoff.wait())) return outcome;
          this.#countRetry();
          break;
        }
        case 'notFound':
          // Meanwhile it may have been created by ourselves.
          if (known !== undefined && known.etag === undefined) return { kind: 'notModified' };
          return this.#absent();
        case 'failed':
          if (result.failure === 'denied' || !(await backoff.wait())) return unavailable(result);
          this.#countRetry();
      }
    }
  }

  #decode(body: Uint8Array, etag: ETag): WholeOutcome {
    try {
      const text = decodeBody(body);
      const image = decodeImage(text, this.#options.databaseCount);
      const trail = decodeTrail(text);
      this.#observe(nodeProperties.databaseReadable);
      return {
        kind: 'read',
        version: {
          etag,
          image,
          // Who edited it had seen the commits whose ids are still there.
          trail: trail?.isIntact === true ? trail.ids : [idOfForeign(etag), ...(trail?.ids ?? [])],
          unique: trail?.isIntact === true,
          hasTrail: trail !== undefined,
        },
      };
    } catch (cause) {
      if (!(cause instanceof FormatError)) throw cause;
      this.#observe(nodeProperties.databaseReadable, false);
      return this.#refusal(`is not a database that this release can read, and was left as it is: ${cause.message}`);
    }
  }

  /** No object: an empty database, unless there was one. Then it is not created anew: somebody has to know why. */
  #absent(): WholeOutcome {
    if (this.#version.etag !== undefined) {
      this.#observe(nodeProperties.databaseVanished);
      return this.#refusal('has vanished; restore it, or restart the nodes to begin with an empty database');
    }
    if (this.#options.mustExist === true) return this.#refusal(goneWhenOpened);
    this.#observe(nodeProperties.databaseAbsent);
    const image = Array.from({ length: this.#options.databaseCount }, () => new Map<never, never>());
    return { kind: 'read', version: { etag: undefined, image, trail: [absentId], unique: true, hasTrail: true } };
  }

  #countRetry(): void {
    this.retries++;
    this.#observe(nodeProperties.sentAgain);
  }

  #observe(property: Property, holds = true): void {
    this.#options.environment.watcher?.observe(property, holds);
  }

  #refusal(what: string): Failure {
    const { store, name } = this.#options;
    return { kind: 'unavailable', reason: `the object ${what}: store=${store.location} object=${name}` };
  }

  #changes(version: ReadVersion): Changes {
    return {
      applyTo: (keyspace) => {
        applyImage(version.image, keyspace);
        this.#version = { etag: version.etag, trail: version.trail, unique: version.unique };
      },
    };
  }

  #timeoutMs(deadline: Deadline, bodyBytes: number, factor = 1): number {
    const own = (this.#options.requestTimeoutMs ?? requestTimeoutMsDefault) + bodyBytes / bytesPerMs;
    return Math.max(1, Math.min(own * factor, deadline - this.#options.environment.clock.monotonic()));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** The version of a commit that others have come after: no object has its ETag any more. */
function superseded({ id, base }: Attempt): Version {
  return { etag: supersededEtag, trail: [id, ...base.trail].slice(0, trailLengthMax), unique: true };
}

/**
 * Whether a commit over `base` that is not in the trail of `newest` has not happened, and cannot any more or may be sent
 * again. The commits form a chain in which each names those before it: where the base is there and the commit is not,
 * another took the place after it. A base that can come back proves nothing: the commit may have come between. Nor does
 * a newest that can go: an editor may take back what he has done to the base.
 */
function isProvablyLost(base: Version, newest: Version): boolean {
  return base.unique && newest.unique && newest.trail.includes(base.trail[0] as CommitId);
}

/**
 * Whether nobody can tell what becomes of a PUT that was answered by 412, as a proxy may deliver it twice. So many commits
 * may have come after `base` that one of them may be this one, and the answer that to the second delivery. Or somebody
 * has edited the base by hand: he may take that back, and the second delivery may come then. Of a body without a trail
 * nobody can ever tell; it counts as in sight, since else every write beside the original program would be uncertain.
 */
function isOutOfSight(base: Version, newest: ReadVersion): boolean {
  const at = newest.trail.indexOf(base.trail[0] as CommitId);
  const isEditOfBase = !newest.unique && at === 1;
  return newest.hasTrail && (at < 0 || isEditOfBase);
}

function failure(ambiguous: boolean, reason: string): AppendOutcome {
  return { kind: ambiguous ? 'uncertain' : 'unavailable', reason };
}

function unavailable(failure: StoreFailure): Failure {
  return { kind: 'unavailable', reason: failure.message };
}
