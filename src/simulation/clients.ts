/** The clients of a run: each does its operations one after another, on whatever node it gets hold of. */
import type { Environment } from '../environment/environment.ts';
import { Dice } from './dice.ts';
import { junkCommands } from './junk.ts';
import type { KeyNames } from './key-names.ts';
import type { PlannedOperation } from './operations.ts';
import { planOperation, planPipeline } from './operations.ts';
import type { Recorder, Result } from './recorder.ts';
import type { Scenario } from './scenario.ts';
import type { SimulatedConnection } from './simulated-client.ts';
import type { Trace } from './trace.ts';

export interface ClientOptions {
  readonly scenario: Scenario;
  readonly world: Environment;
  readonly recorder: Recorder;
  readonly trace: Trace;
  /** To a node by chance. */
  readonly connect: (client: number) => Promise<SimulatedConnection>;
  readonly keys: KeyNames;
  readonly fresh: () => number;
  /** A client has left in the middle of something. */
  readonly onDisconnect: () => void;
}

/** Longer than a node lets a command wait for the store. */
const replyTimeoutMs = 6000;
const betweenTriesMs = 50;

export class SimulatedClient {
  readonly #options: ClientOptions;
  readonly #index: number;
  readonly #dice: Dice;
  #process: number;
  #connection: SimulatedConnection | undefined;

  constructor(index: number, options: ClientOptions) {
    this.#index = index;
    this.#options = options;
    this.#dice = new Dice(options.world.random);
    this.#process = options.recorder.newProcess();
  }

  async run(): Promise<void> {
    const { scenario, keys, fresh } = this.#options;
    for (let i = 0; i < scenario.operations; i++) {
      await this.#pause(this.#dice.fraction() * 2 * scenario.thinkMs);
      const kind = this.#dice.fraction();
      if (kind < 0.1) await this.#junk();
      else if (kind < 0.2) await this.#pipeline();
      else await this.perform(planOperation({ dice: this.#dice, scenario, keys, fresh }), this.#patienceMs());
      // Not everybody stays where he is.
      if (this.#dice.chance(0.05)) this.#leave();
    }
    this.#leave();
  }

  /** Does one thing and notes what came of it. */
  async perform(operation: PlannedOperation, timeoutMs = replyTimeoutMs): Promise<Result> {
    const { recorder, trace } = this.#options;
    const connection = await this.#connected();
    const { question } = operation;
    trace.add(`client ${this.#index}`, `${question.f} ${question.key ?? ''} ${JSON.stringify(question.input)}`);
    const note = recorder.call(this.#process, question);
    const result = await operation.run(connection, timeoutMs);
    note(result);
    trace.add(`client ${this.#index}`, `${question.f}: ${JSON.stringify(result)}`);
    if (result.outcome === 'info') {
      this.#process = recorder.newProcess();
      if (question.key !== null) this.#options.keys.onUncertain(question.key);
    }
    return result;
  }

  /** Several commands at once: to the history, as many clients that do one thing each. */
  async #pipeline(): Promise<void> {
    const { recorder, scenario, keys, fresh, trace } = this.#options;
    const connection = await this.#connected();
    const pipeline = planPipeline({ dice: this.#dice, scenario, keys, fresh });
    trace.add(`client ${this.#index}`, `pipeline ${JSON.stringify(pipeline.questions)}`);
    const notes = pipeline.questions.map((question) => recorder.call(recorder.newProcess(), question));
    const results = await pipeline.run(connection, replyTimeoutMs);
    trace.add(`client ${this.#index}`, `pipeline: ${JSON.stringify(results)}`);
    for (const [i, result] of results.entries()) {
      notes[i]?.(result);
      const key = pipeline.questions[i]?.key;
      if (result.outcome === 'info' && typeof key === 'string') keys.onUncertain(key);
    }
  }

  /** Most wait for their answers; some go while they are under way. */
  #patienceMs(): number {
    if (!this.#options.scenario.faults.has('disconnect') || !this.#dice.chance(0.05)) return replyTimeoutMs;
    this.#options.onDisconnect();
    return this.#dice.between(0, 100);
  }

  async #junk(): Promise<void> {
    const connection = await this.#connected();
    const commands = junkCommands(this.#dice);
    const answers = await connection.ask([...commands, ['SELECT', '0']], replyTimeoutMs);
    this.#options.trace.add(`client ${this.#index}`, `${JSON.stringify(commands)}: ${answers.kind}`);
    // Its database is not certain any more.
    if (answers.kind === 'lost') this.#leave();
  }

  async #connected(): Promise<SimulatedConnection> {
    for (;;) {
      if (this.#connection?.isOpen === true) return this.#connection;
      this.#connection = await this.#options.connect(this.#index);
      const hello = this.#dice.chance(0.5) ? ['HELLO', '3'] : ['PING'];
      const answers = await this.#connection.ask([hello], replyTimeoutMs);
      if (answers.kind === 'lost') await this.#pause(betweenTriesMs);
    }
  }

  #leave(): void {
    this.#connection?.close();
    this.#connection = undefined;
  }

  #pause(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#options.world.timers.set(resolve, durationMs));
  }
}
