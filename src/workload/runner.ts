/**
 * The workload against real servers, iteration by iteration: begin with nothing, let clients loose (the first of all is
 * one client alone), read everything, judge what has been seen. It knows nothing of what is behind the addresses.
 */
import type { Environment } from '../environment/environment.ts';
import { seededRandom } from '../environment/seeded-random.ts';
import { WorkloadClient } from './client.ts';
import type { Connection } from './connection.ts';
import { Dice } from './dice.ts';
import { judge, type Judgement } from './judge.ts';
import { KeyNames } from './key-names.ts';
import { planFinalReads } from './operations.ts';
import type { WorkloadPlan } from './plan.ts';
import { workloadProperties } from './properties.ts';
import { Recorder } from './recorder.ts';

export interface RunnerOptions {
  /** Its randomness makes the names of keys, nothing else. */
  readonly environment: Environment;
  readonly seed: number;
  readonly servers: number;
  readonly clients: number;
  readonly operations: number;
  readonly keys: number;
  /** Opens a connection; one that nobody accepts is closed already. */
  readonly connect: (server: number) => Promise<Connection>;
  /** The time is over: whoever is under way comes to his end. */
  readonly isOver: () => boolean;
  /** The servers have answered for the first time. */
  readonly onReady?: () => void;
}

interface IterationPlan extends WorkloadPlan {
  readonly clients: number;
  /** Whether now and then a server loses all its connections. */
  readonly losesConnections: boolean;
}

export interface Iteration {
  readonly index: number;
  readonly plan: IterationPlan;
  readonly judgements: readonly Judgement[];
  readonly operations: number;
  readonly definite: number;
  readonly durationMs: number;
}

const replyTimeoutMs = 10_000;
const betweenTriesMs = 100;
const betweenLossesMs = 100;
/** A server that has not answered a plain read after so many tries is down. */
const triesMax = 100;
/** The same where the time is over: whoever has asked to stop wants to see what was found. */
const lastTriesMax = 3;
const lastTimeoutMs = 1000;

/** The servers cannot be reached, or do not do what everything here begins with. */
export class WorkloadError extends Error {}

export class WorkloadRunner {
  readonly #options: RunnerOptions;
  readonly #dice: Dice;
  /** Chance is the seed's; time and timers are real. */
  readonly #environment: Environment;
  /** In the names of all keys, so that nothing that was sent before can reach this run, however late it arrives. */
  readonly #run: string;
  #iterations = 0;
  #values = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    const random = seededRandom(options.seed);
    this.#dice = new Dice(random);
    this.#environment = { ...options.environment, random };
    this.#run = options.environment.random.uint32().toString(36);
  }

  /** @throws WorkloadError where a server does not answer, and nothing that was seen breaks a promise */
  async iterate(): Promise<Iteration> {
    const { clock } = this.#environment;
    const startedAt = clock.monotonic();
    const index = this.#iterations++;
    const plan = this.#plan(index);
    if (index === 0) {
      await this.#untilReachable();
      this.#options.onReady?.();
    }
    const recorder = new Recorder(clock);
    const keys = new KeyNames(`.${this.#run}.${index}`);
    const clients = Array.from({ length: plan.clients }, (_, i) => this.#newClient(i, plan, recorder, keys));
    const load = Promise.all(clients.map((client) => client.run()));
    if (plan.losesConnections) await this.#cutUntil(load);
    await load;
    const failure = await this.#readEverything(plan, recorder, keys).catch((cause: unknown) => {
      if (cause instanceof WorkloadError) return cause;
      throw cause;
    });
    await this.#deleteAll(keys);
    const operations = recorder.operations();
    const iteration = {
      index,
      plan,
      judgements: judge(operations),
      operations: operations.length,
      definite: operations.filter(({ outcome }) => outcome === 'ok').length,
      durationMs: clock.monotonic() - startedAt,
    };
    this.#observe(iteration, operations.filter(({ outcome }) => outcome === 'info').length);
    const isBroken = iteration.judgements.some(({ verdict }) => verdict.verdict === 'illegal');
    if (failure !== undefined && !isBroken) throw failure;
    return iteration;
  }

  #observe({ index: iteration, judgements }: Iteration, uncertain: number): void {
    const { watcher } = this.#environment;
    const details = { seed: this.#options.seed, iteration };
    watcher?.observe(workloadProperties.allDefinite, uncertain === 0, details);
    if (uncertain > 0) watcher?.observe(workloadProperties.uncertain, true, details);
    for (const { verdict } of judgements) {
      const { linearizable, serializable, judged } = workloadProperties;
      const property = verdict.kind === 'transactions' ? serializable : linearizable;
      watcher?.observe(property, verdict.verdict !== 'illegal', details);
      watcher?.observe(judged, verdict.verdict !== 'unknown', details);
    }
  }

  /** Serial first; then crowds, in bursts or at their leisure. */
  #plan(index: number): IterationPlan {
    const { clients, operations, keys } = this.#options;
    const bursts = { operations: 1 + this.#dice.below(20), quietMs: this.#dice.between(10, 200) };
    return {
      clients: index === 0 ? 1 : 1 + this.#dice.below(clients),
      operations: Math.max(1, Math.ceil(operations * this.#dice.between(0.5, 1))),
      keys: 1 + this.#dice.below(keys),
      readWeight: this.#dice.pick([1, 1, 5]),
      thinkMs: this.#dice.pick([0, 0, 2, 20]),
      ...(index > 0 && this.#dice.chance(0.3) ? { bursts } : {}),
      losesConnections: index > 0 && this.#dice.chance(0.3),
      clocksAreRight: true,
      someLeave: index > 0,
      replyTimeoutMs,
    };
  }

  /** The servers themselves cut the connections, one server at a time. */
  async #cutUntil(end: Promise<unknown>): Promise<void> {
    const ended = end.then(() => true);
    for (;;) {
      const pause = this.#pause(this.#dice.between(0, 2 * betweenLossesMs)).then(() => false);
      if (await Promise.race([ended, pause])) return;
      const connection = await this.#options.connect(this.#dice.below(this.#options.servers));
      await connection.ask([['CLIENT', 'KILL', 'TYPE', 'normal']], replyTimeoutMs);
      connection.close();
    }
  }

  #newClient(index: number, plan: WorkloadPlan, recorder: Recorder, keys: KeyNames): WorkloadClient {
    const { servers, connect, isOver } = this.#options;
    return new WorkloadClient(index, {
      plan,
      environment: this.#environment,
      recorder,
      keys,
      fresh: () => ++this.#values,
      connect: () => connect(this.#dice.below(servers)),
      isOver,
    });
  }

  /** Every key, by every server: what they answer belongs to the history. */
  async #readEverything(plan: WorkloadPlan, recorder: Recorder, keys: KeyNames): Promise<void> {
    for (let server = 0; server < this.#options.servers; server++) {
      const client = new WorkloadClient(server, {
        plan: { ...plan, someLeave: false },
        environment: this.#environment,
        recorder,
        keys,
        fresh: () => ++this.#values,
        connect: () => this.#connectInTheEnd(server),
      });
      for (const read of planFinalReads(keys)) {
        for (let tries = 0; (await client.perform(read)).outcome !== 'ok'; tries++) {
          if (tries >= this.#triesMax) this.#giveUp(server, 'answers no reads');
          await this.#pause(betweenTriesMs);
        }
      }
      client.leave();
      this.#environment.watcher?.observe(workloadProperties.answered, true);
    }
  }

  async #connectInTheEnd(server: number): Promise<Connection> {
    for (let tries = 0; ; tries++) {
      const connection = await this.#options.connect(server);
      if ((await connection.ask([['PING']], this.#timeoutMs)).kind === 'answered') return connection;
      if (tries >= this.#triesMax) this.#giveUp(server, 'cannot be reached');
      await this.#pause(betweenTriesMs);
    }
  }

  #giveUp(server: number, what: string): never {
    this.#environment.watcher?.observe(workloadProperties.answered, false, { server });
    throw new WorkloadError(`the server at the address number ${server + 1} of --addrs ${what}`);
  }

  get #triesMax(): number {
    return this.#options.isOver() ? lastTriesMax : triesMax;
  }

  get #timeoutMs(): number {
    return this.#options.isOver() ? lastTimeoutMs : replyTimeoutMs;
  }

  /** Until one of the servers answers. */
  async #untilReachable(): Promise<void> {
    let refusal: string | undefined;
    for (let tries = 0; tries < this.#triesMax; tries++) {
      const connection = await this.#options.connect(this.#dice.below(this.#options.servers));
      const answers = await connection.ask([['PING']], this.#timeoutMs);
      connection.close();
      const reply = answers.kind === 'answered' ? answers.replies[0] : undefined;
      if (reply !== null && typeof reply === 'object' && 'text' in reply) {
        if (reply.text === 'PONG') return;
        refusal = reply.text;
      }
      await this.#pause(betweenTriesMs);
    }
    if (refusal !== undefined) throw new WorkloadError(`the servers refuse to work: ${refusal}`);
    throw new WorkloadError('no server can be reached; are they at the addresses of --addrs?');
  }

  /** So that the servers do not fill up. What cannot be deleted stays; nobody uses these names again. */
  async #deleteAll({ used }: KeyNames): Promise<void> {
    if (used.size === 0) return;
    const connection = await this.#options.connect(this.#dice.below(this.#options.servers));
    await connection.ask([['DEL', ...used]], this.#timeoutMs);
    connection.close();
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#environment.timers.set(resolve, durationMs));
  }
}
