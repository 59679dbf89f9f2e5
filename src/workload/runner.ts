/**
 * The workload against real servers, iteration by iteration: begin with nothing, let clients loose (the first of all is
 * one client alone), read everything, judge what has been seen. It knows nothing of what is behind the addresses.
 */
import type { Environment, Random } from '../environment/environment.ts';
import { seededRandom } from '../environment/seeded-random.ts';
import type { ByteString } from '../resp/bytes.ts';
import { natural } from './answers.ts';
import { askAside } from './ask-aside.ts';
import { WorkloadClient } from './client.ts';
import type { Connection } from './connection.ts';
import { Dice } from './dice.ts';
import { FinalReads } from './final-reads.ts';
import { judge, type Judgement } from './judge.ts';
import { KeyNames } from './key-names.ts';
import { databaseKeys } from './operations.ts';
import type { ValueType, WorkloadPlan } from './plan.ts';
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
  /** Of keys, that iterations choose from. */
  readonly types: readonly ValueType[];
  /** How long a server may be silent, or not there at all. */
  readonly patienceMs: number;
  /** Opens a connection; one that nobody accepts is closed already. */
  readonly connect: (server: number) => Promise<Connection>;
  /** Finds out why a server did not answer. */
  readonly diagnose: (server: number, connection: Connection) => Promise<Trouble>;
  /** The time is over: whoever is under way comes to his end. */
  readonly isOver: () => boolean;
  /** No server answers yet, for these reasons. */
  readonly onWaiting?: (why: string) => void;
  /** The servers have answered for the first time. */
  readonly onReady?: () => void;
  /** Now and then, and when something else begins. */
  readonly onProgress?: (progress: Progress) => void;
}

/** How far an iteration has come. */
export interface Progress {
  readonly iteration: number;
  readonly operations: number;
  readonly doing:
    | { readonly kind: 'asking'; /** So many operations are meant to be done. */ readonly planned: number }
    | { readonly kind: 'reading'; readonly server: string }
    | { readonly kind: 'judging' };
}

interface IterationPlan extends WorkloadPlan {
  readonly clients: number;
  /** Whether now and then a server loses all its connections. */
  readonly losesConnections: boolean;
}

/** An iteration under way. */
interface Course {
  readonly index: number;
  readonly plan: IterationPlan;
  readonly recorder: Recorder;
  readonly keys: KeyNames;
  /** For when connections are cut. */
  readonly dice: Dice;
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

const betweenLossesMs = 100;
const betweenProgressMs = 200;
/** The time that judging takes can grow exponentially with what is under way on one key. */
const clientsPerKeyMax = 6;
/** Takes a replica longer to take over than a client to ask for what was written behind it. */
const ballastBytes = 2 << 20;
/** With what nobody relies on, and when the time is over: whoever has asked to stop wants to see what was found. */
const shortPatienceMs = 2000;

export class WorkloadRunner {
  readonly #options: RunnerOptions;
  /** For the plans alone, so that they are the seed's, whatever the servers do. */
  readonly #dice: Dice;
  readonly #servers: Servers;
  readonly #environment: Environment;
  /** In the names of all keys, so that nothing that was sent before can reach this run, however late it arrives. */
  readonly #run: string;
  #iterations = 0;
  #values = 0;

  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#dice = new Dice(seededRandom(options.seed));
    this.#servers = new Servers(options.servers, this.#fork());
    this.#environment = options.environment;
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
    const course = { index, plan, recorder, keys: new KeyNames(`.${this.#run}.${index}`), dice: this.#fork() };
    await this.#load(course);
    const failure = await this.#readEverything(course).catch((cause: unknown) => {
      if (cause instanceof WorkloadError) return cause;
      throw cause;
    });
    await this.#deleteAll(course);
    this.#tell(course, { kind: 'judging' });
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
    const { clients, operations, keys, types } = this.#options;
    const keyCount = 1 + this.#dice.below(keys);
    const drawnTypes = types.filter(() => this.#dice.chance(0.5));
    const bursts = { operations: 1 + this.#dice.below(20), quietMs: this.#dice.between(10, 200) };
    return {
      clients: index === 0 ? 1 : 1 + this.#dice.below(Math.min(clients, clientsPerKeyMax * keyCount)),
      operations: Math.max(1, Math.ceil(operations * this.#dice.between(0.5, 1))),
      types: index === 0 || drawnTypes.length === 0 ? types : drawnTypes,
      keys: keyCount,
      readWeight: this.#dice.pick([1, 1, 5]),
      thinkMs: this.#dice.pick([0, 0, 2, 20]),
      ...(index > 0 && this.#dice.chance(0.3) ? { bursts } : {}),
      losesConnections: index > 0 && this.#dice.chance(0.3),
      clocksAreRight: true,
      someLeave: index > 0,
      ballastBytes,
      replyTimeoutMs: this.#options.patienceMs,
    };
  }

  /** A stream of chance of its own, which follows from the seed too. */
  #fork(): Dice {
    return new Dice(this.#forkRandom());
  }

  #forkRandom(): Random {
    return seededRandom(this.#dice.below(2 ** 32));
  }

  /** Lets the clients loose, until all have done what they are to do. */
  async #load(course: Course): Promise<void> {
    const { plan } = course;
    const clients = Array.from({ length: plan.clients }, (_, i) => this.#newClient(i, course));
    const load = Promise.all(clients.map((client) => client.run())).then(() => true);
    const losses = plan.losesConnections ? this.#cutUntil(load, course) : undefined;
    const planned = plan.clients * plan.operations;
    let overAt = Infinity;
    for (;;) {
      if (await Promise.race([load, this.#pause(betweenProgressMs).then(() => false)])) break;
      this.#tell(course, { kind: 'asking', planned });
      const now = this.#environment.clock.monotonic();
      if (this.#options.isOver()) overAt = Math.min(overAt, now);
      // Whoever still waits for an answer waits in vain.
      if (now - overAt > shortPatienceMs) for (const client of clients) client.leave();
    }
    await losses;
  }

  #tell({ index, recorder }: Course, doing: Progress['doing']): void {
    this.#options.onProgress?.({ iteration: index, operations: recorder.count, doing });
  }

  /** The servers themselves cut the connections, one server at a time. */
  async #cutUntil(ended: Promise<boolean>, { recorder, dice }: Course): Promise<void> {
    for (;;) {
      const pause = this.#pause(dice.between(0, 2 * betweenLossesMs)).then(() => false);
      if (await Promise.race([ended, pause])) return;
      const connection = await this.#options.connect(dice.below(this.#servers.names.length));
      await this.#command(connection, ['CLIENT', 'KILL', 'TYPE', 'normal'], recorder);
    }
  }

  #newClient(index: number, { plan, recorder, keys }: Course): WorkloadClient {
    const { connect, isOver, patienceMs } = this.#options;
    return new WorkloadClient(index, {
      plan,
      environment: { ...this.#environment, random: this.#forkRandom() },
      recorder,
      keys,
      fresh: () => ++this.#values,
      connect: (_, use) => connect(this.#servers.pick(use)),
      onReadOnly: (connection) => {
        this.#servers.noteReadOnly(connection);
      },
      onWritten: (connection) => {
        this.#servers.noteWritten(connection);
      },
      isOver,
      patienceMs,
    });
  }

  /** Every key, by every server: what they answer belongs to the history. */
  async #readEverything(course: Course): Promise<void> {
    const { isOver, patienceMs, connect, diagnose } = this.#options;
    for (const [server, name] of this.#servers.names.entries()) {
      this.#tell(course, { kind: 'reading', server: name });
      await new FinalReads({
        ...course,
        environment: this.#environment,
        server,
        name,
        patienceMs: () => (isOver() ? Math.min(patienceMs, shortPatienceMs) : patienceMs),
        connect: () => connect(server),
        diagnose: (connection) => diagnose(server, connection),
      }).run();
    }
  }

  /** So that the servers do not fill up. What cannot be deleted stays; nobody uses these names again. */
  async #deleteAll({ keys: names, recorder }: Course): Promise<void> {
    const keys = databaseKeys(names);
    if (keys.length === 0) return;
    for (let tries = 0; tries < this.#servers.names.length; tries++) {
      const connection = await this.#options.connect(this.#servers.pick('everything'));
      await this.#command(connection, ['DEL', ...keys], recorder);
      if (!connection.isReadOnly) return;
      this.#servers.noteReadOnly(connection);
    }
  }

  /** Asks for something that answers with a count, and which nobody relies on. */
  async #command(connection: Connection, words: readonly ByteString[], recorder: Recorder): Promise<void> {
    const timeoutMs = Math.min(this.#options.patienceMs, shortPatienceMs);
    await askAside(connection, recorder, { words, read: natural, timeoutMs });
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
