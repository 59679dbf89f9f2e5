/** The workload in this process, over real sockets: what `valthree workload` runs, without its words. */
import { parseAddress } from '../../src/cli/addresses.ts';
import { WorkloadConnections, type ConnectionFlags } from '../../src/cli/workload-connections.ts';
import { systemEnvironment } from '../../src/environment/system.ts';
import { valueTypes } from '../../src/workload/plan.ts';
import { WorkloadRunner, type Iteration, type Progress, type RunnerOptions } from '../../src/workload/runner.ts';

export class TestWorkload {
  /** Why it has waited for servers. */
  readonly waited: string[] = [];
  readonly progress: Progress[] = [];
  readonly #runner: WorkloadRunner;

  constructor(
    servers: readonly string[],
    options: Partial<RunnerOptions> = {},
    connectionFlags: Partial<ConnectionFlags> = {},
  ) {
    const flags = { password: '', tls: false, insecure: false, ...connectionFlags };
    const connections = new WorkloadConnections({ ...flags, addrs: servers.map(parseAddress) });
    this.#runner = new WorkloadRunner({
      environment: systemEnvironment(),
      seed: 7,
      servers,
      clients: 10,
      operations: 40,
      keys: 3,
      types: valueTypes,
      patienceMs: 10_000,
      connect: (server) => connections.open(server),
      diagnose: (server, connection) => connections.diagnose(server, connection),
      isOver: () => false,
      onWaiting: (why) => this.waited.push(why),
      onProgress: (progress) => this.progress.push(progress),
      ...options,
    });
  }

  iterate(): Promise<Iteration> {
    return this.#runner.iterate();
  }

  /** So many, or until this holds of one, which is then the last. */
  async run(count: number, until: (iteration: Iteration) => boolean = () => false): Promise<readonly Iteration[]> {
    const iterations: Iteration[] = [];
    while (iterations.length < count && !iterations.some(until)) iterations.push(await this.iterate());
    return iterations;
  }
}
