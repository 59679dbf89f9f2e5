/**
 * What one server says of every key in the end. It may take a while to come back; one that does not answer for too long
 * is told of, for a server that answers nothing breaks no promise, but does not live.
 */
import type { Environment } from '../environment/environment.ts';
import { pong } from './answers.ts';
import { askAside } from './ask-aside.ts';
import { WorkloadClient } from './client.ts';
import type { Connection } from './connection.ts';
import type { KeyNames } from './key-names.ts';
import { planFinalReads } from './operations.ts';
import type { WorkloadPlan } from './plan.ts';
import type { PlannedOperation } from './planned-operation.ts';
import { workloadProperties } from './properties.ts';
import { WorkloadError, type Trouble } from './reachable.ts';
import type { Recorder } from './recorder.ts';

interface FinalReadsOptions {
  readonly environment: Environment;
  readonly plan: WorkloadPlan;
  readonly recorder: Recorder;
  readonly keys: KeyNames;
  readonly server: number;
  /** Its address. */
  readonly name: string;
  /** How long it may be silent, or not there; it may become less while somebody waits. */
  readonly patienceMs: () => number;
  readonly connect: () => Promise<Connection>;
  readonly diagnose: (connection: Connection) => Promise<Trouble>;
}

const betweenTriesMs = 100;

export class FinalReads {
  readonly #options: FinalReadsOptions;
  /** Since when nothing has been answered. */
  #silentAt = 0;
  /** Why the last read was not answered. */
  #reason = 'no answer';

  constructor(options: FinalReadsOptions) {
    this.#options = options;
  }

  /** @throws WorkloadError where it does not answer in time */
  async run(): Promise<void> {
    const { environment, plan, recorder, keys, server, patienceMs } = this.#options;
    const client = new WorkloadClient(server, {
      plan: { ...plan, someLeave: false, replyTimeoutMs: patienceMs() },
      environment,
      recorder,
      keys,
      // It writes nothing.
      fresh: () => 0,
      connect: () => this.#connect(),
    });
    this.#silentAt = environment.clock.monotonic();
    for (const read of planFinalReads(keys)) await this.#read(client, read);
    client.leave();
    environment.watcher?.observe(workloadProperties.answered, true);
  }

  async #read(client: WorkloadClient, read: PlannedOperation): Promise<void> {
    for (;;) {
      const result = await client.perform(read);
      if (result.outcome === 'ok') break;
      this.#reason = result.reason;
      this.#orGiveUp();
      await this.#pause();
    }
    this.#silentAt = this.#options.environment.clock.monotonic();
  }

  #orGiveUp(): void {
    if (!this.#isPatient()) this.#giveUp(`cannot be read any more: ${this.#reason}`);
  }

  async #connect(): Promise<Connection> {
    const { recorder, connect, diagnose, patienceMs } = this.#options;
    // Here again, since not even the greeting was answered.
    this.#orGiveUp();
    for (;;) {
      const connection = await connect();
      const ping = { words: ['PING'], read: pong, timeoutMs: patienceMs() };
      if (await askAside(connection, recorder, ping)) return connection;
      if (!this.#isPatient()) {
        const { text } = await diagnose(connection);
        this.#giveUp(`cannot be reached any more: ${text}`);
      }
      await this.#pause();
    }
  }

  #isPatient(): boolean {
    const { environment, patienceMs } = this.#options;
    return environment.clock.monotonic() - this.#silentAt < patienceMs();
  }

  #giveUp(what: string): never {
    const { environment, name, server } = this.#options;
    environment.watcher?.observe(workloadProperties.answered, false, { server });
    throw new WorkloadError(`${name} ${what}`);
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => this.#options.environment.timers.set(resolve, betweenTriesMs));
  }
}
