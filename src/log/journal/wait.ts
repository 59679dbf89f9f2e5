/**
 * One wait of a node for its turn (`turns.ts`): it looks at the log from time to time, for a bounded time. How long a
 * request takes is what everything is measured by, so that it fits a store next door and one on another continent.
 */
import type { Deadline } from '../log.ts';
import type { Requests } from './requests.ts';

/** Whoever waits longer, or for more than this part of the time that is left, tries in between. */
const waitMsMax = 2000;
const waitRatio = 1 / 8;
/** Between two looks there is a rest of this part of the time of a get, or of the time in which nothing has come. */
const restInGets = 1 / 2;
const restRatio = 1 / 4;
const restMsMin = 1;

export class Wait {
  deadline: Deadline = Infinity;
  hasBegun = false;
  /** Whether this look has brought what is waited for. */
  hasNews = false;
  /** How long it took those to write who are writing now, when it was their turn: so long they may be silent. */
  toleranceMs = 0;
  /** Records, valid or void, that the last look has found. */
  found: number | undefined;
  /** Looks that have seen others writing. */
  looks = 0;
  readonly #requests: Requests;
  #newsAtMs: number;
  /** Where others were when they were first seen writing. */
  #first: { readonly next: number; readonly atMs: number } | undefined;

  constructor(requests: Requests) {
    this.#requests = requests;
    this.#newsAtMs = this.#nowMs;
  }

  /** What was there already has been read. Where that is too much at once, it begins anew with each bit. */
  begin(deadline: Deadline): void {
    this.hasBegun = true;
    const nowMs = this.#nowMs;
    this.deadline = nowMs + Math.min(waitMsMax, (deadline - nowMs) * waitRatio);
  }

  /** How long what is waited for has not come. */
  get idleMs(): number {
    return this.#nowMs - this.#newsAtMs;
  }

  get #nowMs(): number {
    return this.#requests.environment.clock.monotonic();
  }

  onNews(): void {
    this.hasNews = true;
    this.#newsAtMs = this.#nowMs;
  }

  /** Whose turn it was has written. */
  onTurnTaken(): void {
    this.toleranceMs = this.idleMs;
  }

  /**
   * @param next the number behind what was found
   * @param sawWriting whether others have written since the last look at the end
   */
  onLook(from: number, next: number, sawWriting: boolean): void {
    this.found = next - from;
    if (!sawWriting) return;
    this.looks++;
    this.#first ??= { next, atMs: this.#nowMs };
  }

  /** How many records others write in this time, about. */
  recordsIn(durationMs: number, next: number): number {
    if (this.#first === undefined) return 0;
    const elapsedMs = this.#nowMs - this.#first.atMs;
    return elapsedMs === 0 ? 0 : ((next - this.#first.next) / elapsedMs) * durationMs;
  }

  /** Until the next look. @returns whether there is time for it */
  async rest(isUrgent: boolean): Promise<boolean> {
    const { getMs, environment } = this.#requests;
    const restMs = isUrgent ? restMsMin : Math.max(restMsMin, getMs * restInGets, this.idleMs * restRatio);
    if (this.#nowMs + restMs + getMs >= this.deadline) return false;
    await new Promise<void>((resolve) => environment.timers.set(resolve, restMs));
    return true;
  }
}
