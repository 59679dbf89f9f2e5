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
import { untilReachable, WorkloadError, type Trouble } from './reachable.ts';
import { Recorder } from './recorder.ts';
import { Servers } from './servers.ts';

export interface RunnerOptions {
  /** Its randomness makes the names of keys, nothing else. */
  readonly environment: Environment;
  readonly seed: number;
  /** Their addresses. */
  readonly servers: readonly string[];
  readonly clients: number;
  readonly operations: number;
  readonly keys: number;
  /** Opens a connection; one that nobody accepts is closed already. */
  readonly connect: (server: number) => Promise<Connection>;
  /** Finds out why a server did not answer. */
  readonly diagnose: (server: number, connection: Connection) => Promise<Trouble>;
  /** The time is over: whoever is under way comes to his end. */
  readonly isOver: () => boolean;
  /** The servers have answered for the first time. */
  readonly onReady?: () => void;
  /** Now and then, while clients are under way. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far an iteration has come. */
export interface Progress {
  readonly iteration: number;
  readonly operations: number;
  /** So many are meant to be done. */
  readonly planned: number;
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
  /** Answers that nothing that was asked can have. */
  readonly wrongAnswers: readonly string[];
  readonly operations: number;
  readonly definite: number;
  readonly durationMs: number;
}

const replyTimeoutMs = 10_000;
const betweenTriesMs = 100;
const betweenLossesMs = 100;
const betweenProgressMs = 200;
/** Takes a replica longer to take over than a client to ask for what was written behind it. */
const ballastBytes = 2 << 20;
/** A server that has not answered a plain read after so many tries is down. */
const triesMax = 100;
/** The same where the time is over: whoever has asked to stop wants to see what was found. */
const lastTriesMax = 3;
const lastTimeoutMs = 1000;

export class WorkloadRunner {
  readonly #options: RunnerOptions;
  readonly #dice: Dice;
  readonly #servers: Servers;
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
    this.#servers = new Servers(options.servers, this.#dice);
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
      await untilReachable({ ...this.#options, environment: this.#environment });
      this.#options.onReady?.();
    }
    const recorder = new Recorder(clock);
    const keys = new KeyNames(`.${this.#run}.${index}`);
    await this.#load(index, plan, recorder, keys);
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
      wrongAnswers: recorder.wrongAnswers,
      operations: operations.length,
      definite: operations.filter(({ outcome }) => outcome === 'ok').length,
      durationMs: clock.monotonic() - startedAt,
    };
    this.#observe(iteration, operations.filter(({ outcome }) => outcome === 'info').length);
    if (failure !== undefined && !isBroken(iteration)) throw failure;
    return iteration;
  }

  #observe({ index: iteration, judgements, wrongAnswers }: Iteration, uncertain: number): void {
    const { watcher } = this.#environment;
    const details = { seed: this.#options.seed, iteration };
    const { linearizable, serializable, judged, allDefinite, answersFit } = workloadProperties;
    watcher?.observe(allDefinite, uncertain === 0, details);
    if (uncertain > 0) watcher?.observe(workloadProperties.uncertain, true, details);
    watcher?.observe(answersFit, wrongAnswers.length === 0, { ...details, answer: wrongAnswers[0] ?? '' });
    for (const { verdict } of judgements) {
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
      ballastBytes,
      replyTimeoutMs,
    };
  }

  /** Lets the clients loose, until all have done what they are to do. */
  async #load(index: number, plan: IterationPlan, recorder: Recorder, keys: KeyNames): Promise<void> {
    const clients = Array.from({ length: plan.clients }, (_, i) => this.#newClient(i, plan, recorder, keys));
    const load = Promise.all(clients.map((client) => client.run())).then(() => true);
    const losses = plan.losesConnections ? this.#cutUntil(load) : undefined;
    for (;;) {
      if (await Promise.race([load, this.#pause(betweenProgressMs).then(() => false)])) break;
      this.#options.onProgress?.({
        iteration: index,
        operations: recorder.count,
        planned: plan.clients * plan.operations,
      });
    }
    await losses;
  }

  /** The servers themselves cut the connections, one server at a time. */
  async #cutUntil(ended: Promise<boolean>): Promise<void> {
    for (;;) {
      const pause = this.#pause(this.#dice.between(0, 2 * betweenLossesMs)).then(() => false);
      if (await Promise.race([ended, pause])) return;
      const connection = await this.#options.connect(this.#dice.below(this.#servers.names.length));
      await connection.ask([['CLIENT', 'KILL', 'TYPE', 'normal']], replyTimeoutMs);
      connection.close();
    }
  }

  #newClient(index: number, plan: WorkloadPlan, recorder: Recorder, keys: KeyNames): WorkloadClient {
    const { connect, isOver } = this.#options;
    return new WorkloadClient(index, {
      plan,
      environment: this.#environment,
      recorder,
      keys,
      fresh: () => ++this.#values,
      connect: (_, use) => connect(this.#servers.pick(use)),
      onReadOnly: (connection) => {
        this.#servers.noteReadOnly(connection);
      },
      isOver,
    });
  }

  /** Every key, by every server: what they answer belongs to the history. */
  async #readEverything(plan: WorkloadPlan, recorder: Recorder, keys: KeyNames): Promise<void> {
    for (let server = 0; server < this.#servers.names.length; server++) {
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
      if (tries >= this.#triesMax) {
        const { text } = await this.#options.diagnose(server, connection);
        this.#giveUp(server, `cannot be reached any more: ${text}`);
      }
      await this.#pause(betweenTriesMs);
    }
  }

  #giveUp(server: number, what: string): never {
    this.#environment.watcher?.observe(workloadProperties.answered, false, { server });
    throw new WorkloadError(`${this.#servers.names[server] ?? ''} ${what}`);
  }

  get #triesMax(): number {
    return this.#options.isOver() ? lastTriesMax : triesMax;
  }

  get #timeoutMs(): number {
    return this.#options.isOver() ? lastTimeoutMs : replyTimeoutMs;
  }

  /** So that the servers do not fill up. What cannot be deleted stays; nobody uses these names again. */
  async #deleteAll({ used }: KeyNames): Promise<void> {
    if (used.size === 0) return;
    const connection = await this.#options.connect(this.#servers.pick('everything'));
    await connection.ask([['DEL', ...used]], this.#timeoutMs);
    connection.close();
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#environment.timers.set(resolve, durationMs));
  }
}

/** Whether something was seen that no correct servers do. */
export function isBroken({ judgements, wrongAnswers }: Iteration): boolean {
  return wrongAnswers.length > 0 || judgements.some(({ verdict }) => verdict.verdict === 'illegal');
}
