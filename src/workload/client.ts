/**
 * A client of a workload: it does its operations one after another, on whatever servers it gets hold of. It has two
 * connections, as users have whose requests are spread over servers: one for all it does, one for reads, so that it may
 * look for what it has written where it has not written it.
 */
import type { Environment } from '../environment/environment.ts';
import type { ByteString } from '../resp/bytes.ts';
import { pairs, pong } from './answers.ts';
import { askAside } from './ask-aside.ts';
import type { Connection } from './connection.ts';
import { Dice } from './dice.ts';
import type { KeyNames } from './key-names.ts';
import { planOperation } from './operations.ts';
import { planPipeline } from './pipeline.ts';
import type { WorkloadPlan } from './plan.ts';
import type { PlannedOperation } from './planned-operation.ts';
import type { Recorder, Result } from './recorder.ts';

/** What a connection is for. */
export type Use = 'everything' | 'reads';

export interface ClientOptions {
  readonly plan: WorkloadPlan;
  readonly environment: Environment;
  readonly recorder: Recorder;
  readonly keys: KeyNames;
  readonly fresh: () => number;
  /** To a server by chance. */
  readonly connect: (client: number, use: Use) => Promise<Connection>;
  /** Told what the client does and what comes of it. */
  readonly trace?: (client: number, what: string) => void;
  /** A client has left in the middle of something. */
  readonly onDisconnect?: () => void;
  /** A server takes no writes. */
  readonly onReadOnly?: (connection: Connection) => void;
  /** A server has taken a write. */
  readonly onWritten?: (connection: Connection) => void;
  /** Asked before each operation: no more of them. */
  readonly isOver?: () => boolean;
  /** A client that no server answers for so long does nothing any more; left out: it tries for ever. */
  readonly patienceMs?: number;
  /** Commands that no history is kept of; the client sends some in between. */
  readonly junk?: (dice: Dice) => readonly (readonly ByteString[])[];
}

const betweenTriesMs = 50;

function quietMs({ operations, quietMs: durationMs }: NonNullable<WorkloadPlan['bursts']>, index: number): number {
  return index > 0 && index % operations === 0 ? durationMs : 0;
}

export class WorkloadClient {
  readonly #options: ClientOptions;
  readonly #index: number;
  readonly #dice: Dice;
  readonly #connections: Partial<Record<Use, Connection>> = {};
  #process: number;
  #hasGivenUp = false;

  constructor(index: number, options: ClientOptions) {
    this.#index = index;
    this.#options = options;
    this.#dice = new Dice(options.environment.random);
    this.#process = options.recorder.newProcess();
  }

  async run(): Promise<void> {
    const { plan } = this.#options;
    for (let i = 0; i < plan.operations && this.#options.isOver?.() !== true && !this.#hasGivenUp; i++) {
      await this.#pause(plan.bursts === undefined ? this.#dice.fraction() * 2 * plan.thinkMs : quietMs(plan.bursts, i));
      const kind = this.#dice.fraction();
      if (kind < 0.1 && this.#options.junk !== undefined) await this.#junk(this.#options.junk);
      else if (kind < 0.2) await this.#pipeline();
      else await this.#operation();
      // Not everybody stays where he is.
      if (this.#dice.chance(0.05)) this.leave();
    }
    this.leave();
  }

  async #operation(): Promise<void> {
    const { plan, keys, fresh } = this.#options;
    const operation = planOperation({ dice: this.#dice, plan, keys, fresh });
    const readsElsewhere = this.#dice.chance(0.5);
    const use = operation.isRead && readsElsewhere ? 'reads' : 'everything';
    const { outcome } = await this.perform(operation, { use, timeoutMs: this.#patienceMs() });
    if (outcome !== 'ok' || operation.readBack === undefined || !readsElsewhere) return;
    await this.perform(operation.readBack, { use: 'reads' });
  }

  /** Does one thing and notes what came of it. */
  async perform(
    operation: PlannedOperation,
    { use = 'everything', timeoutMs = this.#options.plan.replyTimeoutMs }: { use?: Use; timeoutMs?: number } = {},
  ): Promise<Result> {
    const { recorder } = this.#options;
    const connection = await this.#connected(use);
    if (connection === undefined) return { outcome: 'fail', reason: 'never asked' };
    const { question } = operation;
    this.#trace(`${question.f} ${question.key ?? ''} ${JSON.stringify(question.input)}`);
    const note = recorder.call(this.#process, question);
    const result = await operation.run(connection, timeoutMs);
    note(result);
    this.#trace(`${question.f}: ${JSON.stringify(result)}`);
    this.#noteWrong(connection, operation.question, result);
    if (result.outcome === 'info') {
      this.#process = recorder.newProcess();
      if (question.key !== null) this.#options.keys.onUncertain(question.key);
    }
    if (result.outcome === 'ok' && !operation.isRead) this.#options.onWritten?.(connection);
    this.#leaveReadOnly(connection);
    return result;
  }

  /** Several commands at once: to the history, as many clients that do one thing each. */
  async #pipeline(): Promise<void> {
    const { recorder, plan, keys, fresh } = this.#options;
    const connection = await this.#connected('everything');
    if (connection === undefined) return;
    const pipeline = planPipeline({ dice: this.#dice, plan, keys, fresh });
    this.#trace(`pipeline ${JSON.stringify(pipeline.questions)}`);
    const notes = pipeline.questions.map((question) => recorder.call(recorder.newProcess(), question));
    const results = await pipeline.run(connection, plan.replyTimeoutMs);
    this.#trace(`pipeline: ${JSON.stringify(results)}`);
    for (const [i, question] of pipeline.questions.entries()) {
      const result = results[i] as Result;
      notes[i]?.(result);
      this.#noteWrong(connection, question, result);
      if (result.outcome === 'info' && question.key !== null) keys.onUncertain(question.key);
    }
    this.#leaveReadOnly(connection);
  }

  #noteWrong({ name }: Connection, { f, key, input }: PlannedOperation['question'], result: Result): void {
    if (result.outcome === 'ok' || result.isWrong !== true) return;
    const question = `${f} ${key ?? ''} ${JSON.stringify(input)}`;
    this.#options.recorder.wrongAnswers.push(`${name} answers ${question} with ${result.reason}`);
  }

  /** Who asks a server for writes that takes none looks for another. */
  #leaveReadOnly(connection: Connection): void {
    if (!connection.isReadOnly || connection !== this.#connections.everything) return;
    this.#options.onReadOnly?.(connection);
    connection.close();
  }

  /** Most wait for their answers; some go while they are under way. */
  #patienceMs(): number {
    const { plan, onDisconnect } = this.#options;
    if (!plan.someLeave || !this.#dice.chance(0.05)) return plan.replyTimeoutMs;
    onDisconnect?.();
    return this.#dice.between(0, 100);
  }

  async #junk(make: NonNullable<ClientOptions['junk']>): Promise<void> {
    const connection = await this.#connected('everything');
    if (connection === undefined) return;
    const commands = make(this.#dice);
    const answers = await connection.ask([...commands, ['SELECT', '0']], this.#options.plan.replyTimeoutMs);
    this.#trace(`${JSON.stringify(commands)}: ${answers.kind}`);
    // Its database is not certain any more.
    if (answers.kind === 'lost') this.leave();
  }

  /** `undefined`: there is no time left to look for a server that answers. */
  async #connected(use: Use): Promise<Connection | undefined> {
    const since = this.#options.environment.clock.monotonic();
    for (;;) {
      const known = this.#connections[use];
      if (known?.isOpen === true) return known;
      if (this.#options.isOver?.() === true || this.#givesUp(since)) return undefined;
      const connection = await this.#options.connect(this.#index, use);
      connection.onWrong = (what) => {
        this.#options.recorder.wrongAnswers.push(`${connection.name} ${what}`);
      };
      this.#connections[use] = connection;
      if (!(await this.#greet(connection))) await this.#pause(betweenTriesMs);
    }
  }

  /** Whether somebody has answered. */
  async #greet(connection: Connection): Promise<boolean> {
    const { recorder, plan } = this.#options;
    const hello = this.#dice.chance(0.5) ? { words: ['HELLO', '3'], read: pairs } : { words: ['PING'], read: pong };
    return askAside(connection, recorder, { ...hello, timeoutMs: plan.replyTimeoutMs });
  }

  /** Whether it has looked so long for a server that answers that it gives up. */
  #givesUp(since: number): boolean {
    const { environment, patienceMs = Infinity } = this.#options;
    this.#hasGivenUp ||= environment.clock.monotonic() - since > patienceMs;
    return this.#hasGivenUp;
  }

  #trace(what: string): void {
    this.#options.trace?.(this.#index, what);
  }

  /** Closes the connections, if there are any. */
  leave(): void {
    for (const connection of Object.values(this.#connections)) connection.close();
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.environment.timers.set(resolve, durationMs));
  }
}
