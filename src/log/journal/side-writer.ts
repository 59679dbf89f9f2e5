/**
 * Writes the effects of a huge commit into objects of their own, which its record then names. The commands of others go
 * on meanwhile: effects do not change, so they are encoded bit by bit.
 */
import type { Effect } from '../../keyspace/effect.ts';
import type { Deadline, Failure } from '../log.ts';
import { crc32 } from './crc32.ts';
import { encodeEffects } from './effect-format.ts';
import { sideName } from './names.ts';
import { groupsOfEffect, joined, type Group } from './pieces.ts';
import type { SideObject } from './record.ts';
import type { Requests } from './requests.ts';
import type { Slices } from './slices.ts';

interface SideWriterOptions {
  readonly requests: Requests;
  readonly slices: Slices;
  /** Of the database, in the store. */
  readonly name: string;
}

export interface HugeCommit {
  readonly number: number;
  readonly id: string;
  readonly effects: readonly Effect[];
  readonly deadline: Deadline;
}

/** Puts under way at once. */
const putsAtOnce = 4;

export class SideWriter {
  readonly #options: SideWriterOptions;

  constructor(options: SideWriterOptions) {
    this.#options = options;
  }

  /** @param lengthMax about how long an object may be */
  async write(commit: HugeCommit, lengthMax: number): Promise<readonly SideObject[] | Failure> {
    const { requests, slices, name } = this.#options;
    const { number, id, effects, deadline } = commit;
    const objects: SideObject[] = [];
    const underWay: Promise<void>[] = [];
    let failure: Failure | undefined;
    for (const list of joined(groupsOf(effects, lengthMax), lengthMax)) {
      await slices.next();
      const body = Buffer.from(encodeEffects(list), 'utf8');
      const object = { name: sideName(name, number, id, objects.length), bytes: body.length, checksum: crc32(body) };
      objects.push(object);
      const put = requests.putNew(object.name, body, deadline).then((outcome) => {
        if (outcome.kind === 'unavailable') failure = outcome;
      });
      underWay.push(put);
      if (underWay.length >= putsAtOnce) await underWay.shift();
      if (failure !== undefined) break;
    }
    await Promise.all(underWay);
    return failure ?? objects;
  }
}

function* groupsOf(effects: readonly Effect[], pieceLength: number): Generator<Group, void, undefined> {
  for (const effect of effects) yield* groupsOfEffect(effect, pieceLength);
}
