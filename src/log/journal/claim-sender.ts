/**
 * Puts a claim (`turns.ts`) in the way of whoever is writing: an ordinary record without effects under a number ahead of
 * the end, whose parent nobody's id can be. Claims stand under multiples of a power of two, so that those of several
 * nodes do not crowd: there is one turn between one and the next.
 */
import type { Deadline } from '../log.ts';
import type { Chain, Tip } from './chain.ts';
import type { Heads } from './heads.ts';
import { claimParent, encodeRecord, newIdOf } from './record.ts';
import { RecordSender } from './record-sender.ts';
import type { Requests } from './requests.ts';

export interface ClaimSenderOptions {
  readonly requests: Requests;
  readonly heads: Heads;
  /** Only when the log is open. */
  readonly chain: () => Chain;
  /** Of the database, in the store. */
  readonly name: string;
  /** Who writes, for people, and the beginning of its records' ids. */
  readonly node: string;
  readonly writer: string;
}

const turnRecordsMin = 8;
/** Of 64 records under way. */
const turnRecordsMax = 512;
/** So many others may have claimed what comes first. */
const triesMax = 8;

export class ClaimSender {
  readonly #options: ClaimSenderOptions;

  constructor(options: ClaimSenderOptions) {
    this.#options = options;
  }

  /**
   * @param records that a turn is to have, about
   * @returns its number; `undefined`: it is not known to be there
   */
  async send(tip: Tip, records: number, deadline: Deadline): Promise<number | undefined> {
    const { requests, heads, chain, name, node, writer } = this.#options;
    const { clock, random } = requests.environment;
    const turn = turnRecords(records);
    // Not so near that the writer is there before it.
    let number = Math.ceil((tip.next + turn / 2) / turn) * turn;
    for (let tries = 0; tries < triesMax; tries++, number += turn) {
      const id = newIdOf(writer, random);
      const time = Math.max(tip.time, clock.now());
      const claim = { database: heads.database, number, id, parent: claimParent, node, time, content: '[]' };
      const outgoing = { number, id, deadline, isAbandoned: false };
      const outcome = await new RecordSender(requests, chain(), name).send(outgoing, encodeRecord(claim));
      if (outcome.kind === 'stored') return number;
      if (outcome.kind !== 'taken') return undefined;
    }
    return undefined;
  }
}

/** A power of two. */
function turnRecords(wanted: number): number {
  return Math.min(Math.max(2 ** Math.round(Math.log2(Math.max(1, wanted))), turnRecordsMin), turnRecordsMax);
}
