/**
 * Sends one record until its fate is known. The bytes are the same every time and the number can be taken once only, so
 * sending again is harmless; whoever is there when the number is taken is asked for its id.
 */
import type { StoreDate } from '../../store/object-store.ts';
import type { Deadline } from '../log.ts';
import type { Chain } from './chain.ts';
import { recordName } from './names.ts';
import type { Record } from './record.ts';
import type { Fetched, Requests } from './requests.ts';

export interface OutgoingRecord {
  readonly number: number;
  readonly id: string;
  readonly deadline: Deadline;
  /** Its fate does not matter any more. */
  isAbandoned: boolean;
}

/** Whether the number holds this record. That is not yet to say that the record is valid. */
export type SendOutcome =
  | { readonly kind: 'stored'; readonly date: StoreDate }
  | { readonly kind: 'taken'; readonly by: Fetched<Record> & { readonly kind: 'found' } }
  /** It may be stored there, now or later. */
  | { readonly kind: 'uncertain'; readonly reason: string }
  /** It is not there and never will be. */
  | { readonly kind: 'unavailable'; readonly reason: string };

export class RecordSender {
  readonly #requests: Requests;
  readonly #chain: Chain;
  /** Of the database, in the store. */
  readonly #name: string;

  constructor(requests: Requests, chain: Chain, name: string) {
    this.#requests = requests;
    this.#chain = chain;
    this.#name = name;
  }

  async send(record: OutgoingRecord, body: Uint8Array): Promise<SendOutcome> {
    const { store } = this.#requests;
    const { number, deadline } = record;
    const name = recordName(this.#name, number);
    const backoff = this.#requests.backoff(deadline);
    // Whether one of the requests so far may have stored it without our knowing.
    let ambiguous = false;
    for (;;) {
      const timeoutMs = this.#requests.timeoutMs(deadline, body.length);
      const result = await store.put(name, body, { ifNoneMatch: '*', timeoutMs });
      if (result.kind === 'stored') return { kind: 'stored', date: result.date };
      let reason = 'the store says that the number is taken, and has nothing there';
      if (result.kind === 'failed') {
        reason = result.message;
        ambiguous ||= result.failure !== 'unavailable' && result.failure !== 'denied';
        if (result.failure === 'denied') return failure(ambiguous, reason);
      } else {
        // A proxy may have delivered it twice, and have passed on the answer to the second.
        ambiguous = true;
        const fate = await this.#learnFate(record);
        if (fate !== undefined) return fate;
      }
      if (record.isAbandoned || !(await backoff.wait())) {
        return failure(ambiguous, `${reason}: store=${store.location} object=${name}`);
      }
      this.#requests.countRetry();
    }
  }

  /** What is there under its number; `undefined`: nothing. */
  async #learnFate({ number, id, deadline }: OutgoingRecord): Promise<SendOutcome | undefined> {
    const by = await this.#chain.fetch(number, deadline);
    if (by.kind === 'notFound') return undefined;
    if (by.kind === 'unavailable') return { kind: 'uncertain', reason: by.reason };
    return by.content.id === id ? { kind: 'stored', date: by.date } : { kind: 'taken', by };
  }
}

function failure(ambiguous: boolean, reason: string): SendOutcome {
  return { kind: ambiguous ? 'uncertain' : 'unavailable', reason };
}
