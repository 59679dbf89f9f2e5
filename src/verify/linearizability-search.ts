/**
 * Whether the operations of one object can be put in an order that respects real time and gives the answers they got:
 * the search of Wing and Gong ("Testing and verifying concurrent objects", 1993) with Lowe's improvements ("Testing for
 * linearizability", 2017) as in Porcupine, and with what uncertain operations ask for.
 *
 * The search goes from configuration to configuration: which operations have been linearized, and the state after them.
 * From one it goes on with any operation that nobody unlinearized returned before, if the model allows it. It backs up
 * when there is none left, never enters what is dominated by what it has entered, and has won when all certain
 * operations are linearized. What it leaves out, it can leave out because the same or more is possible elsewhere:
 *
 * 1. A certain operation that is possible and changes nothing of the state goes first and alone: later could only be harder.
 * 2. Uncertain operations are tried after the certain ones, and never where they change nothing.
 * 3. An uncertain operation comes before another one only if that makes a difference to that one or to the state.
 * 4. Of interchangeable uncertain operations the first is used first.
 * 5. Where the model knows that one must come before another, that is kept.
 * 6. Where the model can look ahead, states from which the next observation can no longer be reached are left.
 *
 * Long runs of uncertain operations are rarely what a history needs, and there are many: runs of few are tried before.
 */
import type { Operation } from './history.ts';
import { attempts, type Attempt } from './linearizability-attempts.ts';
import { ConfigurationCache } from './linearizability-cache.ts';
import { LongestPaths, orderOf, type PathNode } from './linearizability-paths.ts';
import { outlookNodesMax, outlookOf, type Outlook } from './linearizability-outlook.ts';
import { StateTable } from './linearizability-states.ts';
import { Timeline } from './linearizability-timeline.ts';
import { UncertainOperations } from './linearizability-uncertain.ts';
import { tiesOf } from './linearizability-ties.ts';
import { mix } from './models/hash.ts';
import type { Automaton } from './models/model.ts';
import type { Limit, Verdict } from './verdict.ts';

export interface SearchLimits {
  /** Steps of the model. */
  readonly stepsMax: number;
  readonly memoryBytesMax: number;
  /** Asked every few thousand steps. */
  isOver(): boolean;
}

/** Steps of each attempt before the next one has its turn, at first. */
const patienceMin = 20_000;
const patienceOfOperation = 10;
/** Observations that the lookahead looks at, at first. */
const foresightMin = 16;
/** Of both, in each round. */
const growth = 4;
/** Steps for partial linearizations that show what went wrong. */
const illustrationStepsMax = 50_000;
/** The first are free: so a plain violation of one key is found even when another has taken all the time. */
const stepsBetweenQuestions = 4096;
/** Of an entry of the tree of linearizations. */
const pathNodeBytes = 48;

/** A configuration on the path, and what has not yet been tried from it. */
interface Frame {
  /** What led here: a certain operation, or `certain count + position` of an uncertain one; -1 at the root. */
  action: number;
  state: number;
  frontier: number;
  hash: number;
  /** How many uncertain operations have led here since the last certain one. */
  run: number;
  /** Into the stack of candidates: those of this frame begin there, and the next to try. */
  start: number;
  cursor: number;
  uncertainListed: boolean;
  path: PathNode | undefined;
  /** The longest path that was tried beyond this frame. */
  longest: PathNode | undefined;
}

export interface SearchResult {
  readonly verdict: Verdict;
  /** The operations of the longest partial linearizations, by index; of `ok`, of a complete one. */
  readonly orders: readonly (readonly number[])[];
  /** What ended it, if it is `unknown`. */
  readonly limit?: Limit;
}

export class Search<State> {
  readonly #automaton: Automaton<State>;
  readonly #limits: SearchLimits;
  readonly #operations: readonly Operation[];
  /** Operations that did take place, by index, in order of their calls. */
  readonly #certain: readonly number[];
  readonly #timeline: Timeline;
  /** By operation, the certain one that its process has done at the same time before; -1: none. */
  readonly #awaits: Int32Array;
  #uncertain: UncertainOperations;
  readonly #outlook: Outlook<State> | undefined;
  readonly #states: StateTable<State>;
  readonly #cache = new ConfigurationCache();
  readonly #paths = new LongestPaths();
  readonly #holes: Int32Array;
  readonly #frames: Frame[] = [];
  #depth = 0;
  /** Pairs: an action and the number of the state after it. */
  readonly #candidates: number[] = [];
  #steps = 0;
  /** Of the present attempt. */
  #stepsMax = 0;
  /** Which of time, memory and steps is over for good. */
  #exhausted: Limit | undefined;
  #nextQuestion = stepsBetweenQuestions;
  #entered = 0;
  #runMax = 0;
  /** Whether something was left out that could have led to success. */
  #cutShort = false;

  constructor(operations: readonly Operation[], automaton: Automaton<State>, limits: SearchLimits) {
    this.#automaton = automaton;
    this.#limits = limits;
    this.#certain = operations.flatMap(({ outcome }, index) => (outcome === 'ok' ? [index] : []));
    const certain = this.#certain.map((index) => operations[index] as Operation);
    this.#timeline = new Timeline(certain);
    this.#operations = operations;
    this.#uncertain = new UncertainOperations([], automaton);
    const nodes = new Map(this.#certain.map((operation, node) => [operation, node]));
    this.#awaits = tiesOf(operations).map((previous) => nodes.get(previous) ?? -1);
    this.#outlook = outlookOf(automaton, this.#certain, this.#timeline);
    this.#states = new StateTable(automaton);
    this.#holes = new Int32Array(certain.length);
  }

  /** How many steps of the model it has taken. */
  get steps(): number {
    return this.#steps;
  }

  run(): SearchResult {
    if (this.#certain.some((operation) => this.#automaton.isImpossible?.(operation) === true))
      return { verdict: 'illegal', orders: [] };
    const verdict = this.#decide();
    const orders = verdict === 'ok' ? [this.#complete()] : this.#paths.orders();
    return { verdict, orders, ...(this.#exhausted === undefined ? {} : { limit: this.#exhausted }) };
  }

  /** Which attempt is short and which is endless, nothing tells beforehand: they take turns. */
  #decide(): Verdict {
    const open = new Set(this.#attempts());
    let patience = patienceMin + patienceOfOperation * this.#operations.length;
    let foresight = foresightMin;
    for (; ; patience *= growth, foresight *= growth) {
      for (const attempt of open) {
        const isWhole = this.#prepare(attempt, foresight);
        const isLast = open.size === 1 && (this.#outlook === undefined || foresight >= outlookNodesMax);
        this.#stepsMax = isLast ? Infinity : this.#steps + patience;
        const verdict = this.#explore();
        if (verdict === 'ok' || (verdict === 'illegal' && isWhole && !this.#cutShort)) return verdict;
        if (this.#exhausted !== undefined) return 'unknown';
        if (verdict === 'illegal') open.delete(attempt);
      }
    }
  }

  /** Those that differ. */
  #attempts(): readonly Attempt[] {
    const whole = attempts.filter(({ shownOnly }) => !shownOnly);
    if (!this.#prepare(attempts[0] as Attempt, foresightMin)) return attempts;
    return this.#uncertain.operations.length === 0 ? whole.slice(-1) : whole;
  }

  /**
   * What can be linearized of a history that is known to be illegal. Without looking at what returns at `horizon` or
   * later: the lookahead would leave the path long before the operation that is the trouble.
   */
  illustrate(horizon: number): readonly (readonly number[])[] {
    if (this.#outlook !== undefined) this.#outlook.horizon = horizon;
    this.#prepare({ runMax: 1, shownOnly: false }, outlookNodesMax);
    this.#stepsMax = illustrationStepsMax;
    this.#explore();
    return this.#paths.orders();
  }

  /** Whether it tries all uncertain operations that can matter. */
  #prepare({ runMax, shownOnly }: Attempt, foresight: number): boolean {
    this.#runMax = runMax;
    if (this.#outlook !== undefined) this.#outlook.observationsMax = foresight;
    const all = new UncertainOperations(this.#operations, this.#automaton);
    this.#uncertain = shownOnly ? new UncertainOperations(this.#operations, this.#automaton, true) : all;
    return this.#uncertain.operations.length === all.operations.length;
  }

  #explore(): Verdict {
    this.#cache.clear();
    this.#entered = 0;
    this.#cutShort = false;
    this.#depth = 0;
    this.#candidates.length = 0;
    this.#push(-1, this.#states.number(this.#automaton.initial));
    while (!this.#timeline.isEmpty) {
      if (this.#isOver()) return this.#unwind('unknown');
      const frame = this.#top;
      if (frame.cursor < this.#candidates.length) {
        const action = this.#candidates[frame.cursor++] as number;
        this.#enter(action, this.#candidates[frame.cursor++] as number);
      } else if (!frame.uncertainListed) {
        this.#listUncertain(frame);
      } else if (this.#depth === 1) {
        return this.#unwind('illegal');
      } else {
        this.#pop();
      }
    }
    return 'ok';
  }

  get #top(): Frame {
    return this.#frames[this.#depth - 1] as Frame;
  }

  #isOver(): boolean {
    if (this.#steps >= this.#nextQuestion) {
      this.#nextQuestion = this.#steps + stepsBetweenQuestions;
      const bytes = this.#cache.bytes + this.#states.bytes + this.#entered * pathNodeBytes;
      if (bytes > this.#limits.memoryBytesMax) this.#exhausted ??= 'memory';
      if (this.#limits.isOver()) this.#exhausted ??= 'time';
    }
    if (this.#steps >= this.#limits.stepsMax) this.#exhausted ??= 'steps';
    return this.#exhausted !== undefined || this.#steps >= this.#stepsMax;
  }

  /** Puts everything back, so that another exploration can begin. */
  #unwind(verdict: Verdict): Verdict {
    while (this.#depth > 1) this.#pop();
    return verdict;
  }

  #enter(action: number, state: number): void {
    const { frontier, hash, run, path } = this.#top;
    this.#lift(action);
    const certain = action < this.#certain.length;
    const newFrontier = certain ? Math.max(frontier, action + 1) : frontier;
    const newHash = certain ? hash ^ mix(action + 1) : hash;
    const isNew = this.#cache.enter({
      hash: newHash,
      state,
      frontier: newFrontier,
      holes: this.#holes,
      holeCount: this.#findHoles(newFrontier),
      used: this.#uncertain.used,
    });
    if (!isNew || this.#outlook?.isLost(this.#states.state(state), this.#uncertain) === true) {
      this.#unlift(action);
      return;
    }
    this.#entered++;
    const operation = this.#operationOf(action);
    const length = (path?.length ?? 0) + 1;
    this.#push(action, state, newFrontier, newHash, certain ? 0 : run + 1, {
      previous: path,
      operation,
      length,
    });
  }

  #push(action: number, state: number, frontier = 0, hash = 0, run = 0, path?: PathNode): void {
    const start = this.#candidates.length;
    const uncertainListed = false;
    const frame: Frame = {
      action,
      state,
      frontier,
      hash,
      run,
      start,
      cursor: start,
      uncertainListed,
      path,
      longest: path,
    };
    this.#frames[this.#depth++] = frame;
    this.#listCertain(frame);
  }

  #pop(): void {
    const { action, start, longest } = this.#top;
    this.#depth--;
    this.#candidates.length = start;
    this.#unlift(action);
    if (longest === undefined) return;
    this.#paths.offer(this.#operationOf(action), longest);
    const frame = this.#top;
    if (longest.length > (frame.longest?.length ?? 0)) frame.longest = longest;
  }

  #listCertain(frame: Frame): void {
    const from = this.#states.state(frame.state);
    for (
      let node = this.#timeline.next(this.#timeline.head);
      this.#timeline.isCall(node);
      node = this.#timeline.next(node)
    ) {
      if (this.#mustWait(this.#certain[node] as number)) continue;
      this.#steps++;
      const next = this.#automaton.step(from, this.#certain[node] as number);
      if (next === undefined) continue;
      const state = this.#states.number(next);
      if (state === frame.state && this.#automaton.changesNothing?.(this.#certain[node] as number) === true) {
        this.#candidates.length = frame.start;
        this.#candidates.push(node, state);
        frame.uncertainListed = true;
        return;
      }
      if (!this.#isTooEarly(node) && !this.#isNeedless(frame, node, state)) this.#candidates.push(node, state);
    }
  }

  #mustWait(operation: number): boolean {
    const awaited = this.#awaits[operation] as number;
    return awaited !== -1 && !this.#timeline.isLifted(awaited);
  }

  /** Whether another that could come next must come before it. */
  #isTooEarly(candidate: number): boolean {
    const { mustPrecede } = this.#automaton;
    if (mustPrecede === undefined) return false;
    const operation = this.#certain[candidate] as number;
    const timeline = this.#timeline;
    for (let node = timeline.next(timeline.head); timeline.isCall(node); node = timeline.next(node)) {
      if (node !== candidate && mustPrecede(this.#certain[node] as number, operation)) return true;
    }
    return false;
  }

  /** Those called last are tried first: most that take place do so soon. */
  #listUncertain(frame: Frame): void {
    frame.uncertainListed = true;
    const available = this.#uncertain.available(this.#timeline.returnOf(this.#timeline.firstToReturn));
    if (frame.run === this.#runMax) {
      this.#cutShort ||= available.length > 0;
      return;
    }
    const from = this.#states.state(frame.state);
    for (const position of available.reverse()) {
      if (this.#mustWait(this.#uncertain.operations[position] as number)) continue;
      this.#steps++;
      const next = this.#automaton.step(from, this.#uncertain.operations[position] as number);
      if (next === undefined) continue;
      const state = this.#states.number(next);
      const action = this.#certain.length + position;
      if (state !== frame.state && !this.#isNeedless(frame, action, state)) this.#candidates.push(action, state);
    }
  }

  /**
   * Whether the uncertain operation that led to this frame need not have come before this one: it leads to the same
   * state without it, or with it coming right after.
   */
  #isNeedless(frame: Frame, action: number, state: number): boolean {
    if (frame.run === 0) return false;
    this.#steps++;
    const before = this.#frames[this.#depth - 2] as Frame;
    const without = this.#automaton.step(this.#states.state(before.state), this.#operationOf(action));
    if (without === undefined) return false;
    const here = this.#states.state(state);
    if (this.#automaton.equals(without, here)) return true;
    // Of two uncertain ones that could change places, the one called first comes first.
    if (action > frame.action && action >= this.#certain.length) return false;
    const after = this.#automaton.step(without, this.#operationOf(frame.action));
    return after !== undefined && this.#automaton.equals(after, here);
  }

  /** Certain operations before the frontier that are not linearized: they all stand before the first return. */
  #findHoles(frontier: number): number {
    let count = 0;
    for (let node = this.#timeline.next(this.#timeline.head); node < frontier; node = this.#timeline.next(node)) {
      this.#holes[count++] = node;
    }
    return count;
  }

  #lift(action: number): void {
    if (action < this.#certain.length) this.#timeline.lift(action);
    else this.#uncertain.lift(action - this.#certain.length);
  }

  #unlift(action: number): void {
    if (action < this.#certain.length) this.#timeline.unlift(action);
    else this.#uncertain.unlift(action - this.#certain.length);
  }

  #operationOf(action: number): number {
    const count = this.#certain.length;
    return (action < count ? this.#certain[action] : this.#uncertain.operations[action - count]) as number;
  }

  #complete(): readonly number[] {
    const { path } = this.#top;
    return path === undefined ? [] : orderOf(path);
  }
}
