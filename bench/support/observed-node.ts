/** A node that the bench can ask how long its event loop was held, and what memory it takes. */
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { nodeOptions } from './servers.ts';

interface Pauses {
  readonly p999Ms: number;
  readonly maxMs: number;
}

export interface Observation {
  /** How much later than due the event loop came to a timer. */
  readonly waits: Pauses;
  /** How long it had computed meanwhile: the same, without what others have done on this machine. */
  readonly turns: Pauses;
  /** Of all threads, since the process began. */
  readonly cpuMs: number;
  readonly rss: number;
  /** The most since it was reset. */
  readonly rssPeak: number;
  readonly heapUsed: number;
}

const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const observer = new URL('./observer.js', import.meta.url).href;

export class ObservedNode {
  readonly port: number;
  /** From the start of the process until it was ready. */
  readonly startMs: number;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, port: number, startMs: number) {
    this.#child = child;
    this.port = port;
    this.startMs = startMs;
  }

  static start(flags: readonly string[], options: readonly string[] = []): Promise<ObservedNode> {
    const startedAt = performance.now();
    const child = spawn(
      process.execPath,
      [
        '--expose-gc',
        ...nodeOptions,
        ...options,
        '--import',
        observer,
        main,
        'serve',
        '--addr',
        '127.0.0.1:0',
        '--json',
        ...flags,
      ],
      { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] },
    );
    return new Promise((resolve, reject) => {
      child.once('exit', (code) => {
        reject(new Error(`a node ended with ${code ?? 'a signal'}`));
      });
      createInterface({ input: child.stdout as NonNullable<typeof child.stdout> }).on('line', (line) => {
        if (!line.startsWith('{')) {
          console.error(line);
          return;
        }
        const { msg, addr, level } = JSON.parse(line) as { msg: string; addr?: string; level: string };
        if (level !== 'info') console.error(line);
        if (msg !== 'ready') return;
        resolve(new ObservedNode(child, Number(addr?.split(':')[1]), performance.now() - startedAt));
      });
    });
  }

  ask(what: 'report' | 'reset' | 'collect'): Promise<Observation> {
    return new Promise((resolve) => {
      this.#child.once('message', (message) => {
        resolve(message as Observation);
      });
      this.#child.send(what);
    });
  }

  async stop(): Promise<void> {
    const exited = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#child.kill('SIGTERM');
    await exited;
  }
}
