/** `valthree` in a process of its own, from the sources. */
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const main = new URL('../../src/cli/main.ts', import.meta.url).pathname;

export class NodeProcess {
  readonly child: ChildProcess;
  stdout = '';
  stderr = '';
  readonly #finished: Promise<number | null>;
  #changed: () => void = () => undefined;

  /** `input` is what it finds on its standard input. */
  constructor(args: readonly string[], env: NodeJS.ProcessEnv = {}, input?: string) {
    this.child = spawnValthree(args, [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'], env);
    this.child.stdin?.end(input);
    this.child.stdout?.on('data', (chunk: Buffer) => {
      this.stdout += chunk.toString();
      this.#changed();
    });
    this.child.stderr?.on('data', (chunk: Buffer) => {
      this.stderr += chunk.toString();
      this.#changed();
    });
    this.#finished = new Promise((resolve) => {
      this.child.once('close', (code) => {
        this.#changed();
        resolve(code);
      });
    });
  }

  /** Waits until the output has this; rejects where the process ends first. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found !== null) return found;
      if (this.child.exitCode !== null)
        throw new Error(`ended without ${String(pattern)}:\n${this.stdout}${this.stderr}`);
      await new Promise<void>((resolve) => (this.#changed = resolve));
    }
  }

  /** The port of a node that logs in JSON, when it is ready. */
  async port(): Promise<number> {
    const [, port] = await this.until(/"addr":"127\.0\.0\.1:(\d+)".*"msg":"ready"/);
    return Number(port);
  }

  async finished(): Promise<Finished> {
    const code = await this.#finished;
    return { code, stdout: this.stdout, stderr: this.stderr };
  }

  kill(signal: NodeJS.Signals): Promise<Finished> {
    this.child.kill(signal);
    return this.finished();
  }
}

export function spawnValthree(args: readonly string[], stdio: StdioOptions, env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', main, ...args], { env: { ...process.env, ...env }, stdio });
}

export function valthree(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Finished> {
  return new NodeProcess(args, env).finished();
}
