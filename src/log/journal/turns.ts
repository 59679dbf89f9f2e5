/**
 * Whose turn it is to write, where several nodes want to. A node that is writing has its next records under way before
 * others have learnt of the last, and whoever must read first always comes too late. So a node that loses again and
 * again leaves a *claim* ahead of the end, a record that is void wherever it stands. The writer runs into it, lets the
 * claimer write first, and lines up behind it with a claim of its own. A node that lines up does not try in vain: it
 * reads on until its claim is reached, or until nobody writes any more.
 *
 * Invariants:
 * - Nothing is right or wrong because of a turn: the chain decides, whoever writes when. All waiting is bounded.
 * - A node that has never lost to a commit of another, nor met a claim, sends no request for this and never waits.
 * - A node has at most one claim ahead of the end.
 */
import { nodeProperties } from '../../environment/properties.ts';
import type { Deadline } from '../log.ts';
import type { ChainEnd, ChainObserver, ChainOutcome, ChainReader, ReadOptions, Tip } from './chain.ts';
import { ClaimSender, type ClaimSenderOptions } from './claim-sender.ts';
import { isClaim, writerOf, type Record } from './record.ts';
import { Wait } from './wait.ts';

interface TurnsOptions extends ClaimSenderOptions {
  /** How many records a node has under way at most; others, too, as far as one knows. */
  readonly pipelineDepth: number;
}

/** So often in a row another node must have been first. Once is chance. */
const lossesMax = 2;
/** Whose turn it is has to learn of it and to write, maybe from the other end of the world. */
const patienceMsMin = 300;
const patienceInGets = 12;
/** How long a turn is to be: little beside what a change of turns costs would be waste. */
const turnInGets = 8;
const turnMsMax = 500;
/** Looks at others writing by which it is known how fast they are. */
const looksForPace = 3;
/** Of writers of which it is known when they wrote last. */
const writersMax = 64;

export class Turns implements ChainReader, ChainObserver {
  readonly statistics = { claims: 0, yields: 0 };
  readonly #options: TurnsOptions;
  readonly #claims: ClaimSender;
  /** How often in a row others were first. */
  #losses = 0;
  /** The number of the own claim that is ahead of the end. */
  #claim: number | undefined;
  /** Who is to write next: the writer of a claim that was met, until it writes. */
  #turn: { readonly writer: string; readonly number: number } | undefined;
  /** By writer: the time of its last valid record. */
  readonly #latest = new Map<string, number>();
  #wait: Wait | undefined;

  constructor(options: TurnsOptions) {
    this.#options = options;
    this.#claims = new ClaimSender(options);
  }

  /** The number behind this one that a record of this node may have: where its claim is, nothing else will ever be. */
  after(number: number): number {
    return number + 1 === this.#claim ? number + 2 : number + 1;
  }

  /** This node has written; so far the log is known now. */
  onCommitted({ next }: Tip): void {
    this.#losses = 0;
    this.#turn = undefined;
    this.#wait = undefined;
    if (this.#claim !== undefined && this.#claim < next) this.#claim = undefined;
  }

  onValid({ id, time }: Record): void {
    const writer = writerOf(id);
    this.#latest.delete(writer);
    this.#latest.set(writer, time);
    if (this.#latest.size > writersMax) this.#latest.delete(this.#latest.keys().next().value as string);
    if (this.#turn?.writer === writer) {
      this.#turn = undefined;
      this.#wait?.onTurnTaken();
    } else if (this.#isOwnTurn) {
      // Somebody did not let this node write first.
      this.#turn = undefined;
    }
    if (this.#turn === undefined) this.#wait?.onNews();
  }

  onVoid(record: Record): void {
    if (!isClaim(record) || this.#wait === undefined || this.#turn !== undefined) return;
    const { id, number, time } = record;
    const writer = writerOf(id);
    // Whoever has written since needs no turn any more. Where time stands still, nobody can tell.
    if ((this.#latest.get(writer) ?? -Infinity) > time) return;
    this.#turn = { writer, number };
    // Whoever lets another write first lines up at once.
    if (writer !== this.#options.writer) this.#losses = lossesMax;
    this.#wait.onNews();
  }

  get #isOwnTurn(): boolean {
    return this.#turn?.writer === this.#options.writer;
  }

  /** Reads on, after a race was lost, until this node had better try again. */
  async read(from: Tip, deadline: Deadline, options: ReadOptions): Promise<ChainOutcome> {
    const wait = (this.#wait ??= new Wait(this.#options.requests));
    const outcome = await this.#follow(from, deadline, options, wait);
    // What was read so far is handed over, and the wait goes on.
    if (outcome.kind === 'unavailable' || outcome.isEnd) this.#wait = undefined;
    return outcome;
  }

  async #follow(from: Tip, deadline: Deadline, options: ReadOptions, wait: Wait): Promise<ChainOutcome> {
    const { lengthMax = Infinity } = options;
    const first = await this.#look(from, deadline, options, wait);
    if (first.kind === 'unavailable') return first;
    if (!wait.hasBegun && first.records.length > 0) this.#losses++;
    wait.begin(deadline);
    const records = [...first.records];
    let length = records.reduce((sum, record) => sum + record.length, 0);
    let end: ChainEnd = first;
    while (end.isEnd && this.#isForOthers(end.tip, wait)) {
      if (this.#isClaimDue(wait)) await this.#sendClaim(end.tip, wait);
      if (!(await wait.rest(this.#isOwnTurn))) {
        this.#turn = undefined;
        break;
      }
      const more = await this.#look(end.tip, wait.deadline, { lengthMax: lengthMax - length }, wait);
      // What was read before is news all the same.
      if (more.kind === 'unavailable') break;
      for (const record of more.records) {
        records.push(record);
        length += record.length;
      }
      end = more;
    }
    return { ...end, records };
  }

  async #look(from: Tip, deadline: Deadline, options: ReadOptions, wait: Wait): Promise<ChainOutcome> {
    const { chain, pipelineDepth } = this.#options;
    // About as many as the last time, so that it takes the time of one request.
    const expected = wait.found === undefined ? pipelineDepth : wait.found + 1;
    wait.hasNews = false;
    const outcome = await chain().read(from, deadline, { ...options, expected });
    if (outcome.kind === 'unavailable') return outcome;
    const { tip, records, isEnd } = outcome;
    wait.onLook(from.next, tip.next, isEnd && records.length > 0);
    if (this.#claim !== undefined && this.#claim < tip.next) this.#claim = undefined;
    return outcome;
  }

  /** Whether it is for others to write now. */
  #isForOthers(tip: Tip, wait: Wait): boolean {
    const { requests, pipelineDepth } = this.#options;
    if (this.#turn !== undefined) {
      // Whoever ran into the claim had more under way, void now, that is about to arrive behind it.
      if (this.#isOwnTurn) return wait.found !== 0 && tip.next < this.#turn.number + pipelineDepth;
      if (wait.hasNews) this.#noteYield();
      if (wait.idleMs < Math.max(patienceMsMin, patienceInGets * requests.getMs)) return true;
      // It has died, or has nothing to write any more.
      this.#turn = undefined;
    }
    return this.#losses >= lossesMax && (wait.hasNews || wait.idleMs < wait.toleranceMs);
  }

  #noteYield(): void {
    this.statistics.yields++;
    this.#options.requests.environment.watcher?.observe(nodeProperties.turnYielded, true);
  }

  #isClaimDue({ looks }: Wait): boolean {
    return this.#claim === undefined && !this.#isOwnTurn && looks >= looksForPace;
  }

  async #sendClaim(tip: Tip, wait: Wait): Promise<void> {
    const { requests } = this.#options;
    const records = wait.recordsIn(Math.min(turnMsMax, turnInGets * requests.getMs), tip.next);
    this.#claim = await this.#claims.send(tip, records, wait.deadline);
    if (this.#claim === undefined) return;
    this.statistics.claims++;
    requests.environment.watcher?.observe(nodeProperties.turnClaimed, true);
  }
}
