/** A client of the simulated world: one connection at a time, one command after another, with a time-out. */
import type { Environment } from '../environment/environment.ts';
import { encodeRequest } from '../resp/encode-request.ts';
import type { ByteString } from '../resp/bytes.ts';
import type { Reply } from '../resp/reply.ts';
import { ReplyParser } from '../resp/reply-parser.ts';
import type { SimulatedSocket } from './network.ts';

/** `lost`: the connection is gone, or the answer did not come in time; what was asked may have happened. */
export type Answers = { readonly kind: 'answered'; readonly replies: readonly Reply[] } | { readonly kind: 'lost' };

export class SimulatedConnection {
  readonly #socket: SimulatedSocket;
  readonly #environment: Environment;
  readonly #parser = new ReplyParser();
  #replies: Reply[] = [];
  #wanted = 0;
  #resolve: ((answers: Answers) => void) | undefined;
  #isOpen = true;

  constructor(socket: SimulatedSocket, environment: Environment) {
    this.#socket = socket;
    this.#environment = environment;
    socket.on('data', (chunk) => {
      this.#onData(chunk);
    });
    for (const event of ['end', 'error', 'close'] as const) {
      socket.on(event, () => {
        this.close();
      });
    }
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Sends these commands in one piece and waits for as many replies. */
  ask(commands: readonly (readonly ByteString[])[], timeoutMs: number): Promise<Answers> {
    if (!this.#isOpen) return Promise.resolve({ kind: 'lost' });
    return new Promise((resolve) => {
      const timer = this.#environment.timers.set(() => {
        this.close();
      }, timeoutMs);
      this.#resolve = (answers) => {
        this.#environment.timers.clear(timer);
        this.#resolve = undefined;
        resolve(answers);
      };
      this.#replies = [];
      this.#wanted = commands.length;
      this.#socket.write(commands.map(encodeRequest).join(''));
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.destroy();
    this.#resolve?.({ kind: 'lost' });
  }

  #onData(chunk: Buffer): void {
    this.#parser.push(chunk);
    for (;;) {
      const next = this.#parser.next();
      if (next === undefined) break;
      this.#replies.push(next.reply);
    }
    if (this.#replies.length >= this.#wanted) this.#resolve?.({ kind: 'answered', replies: this.#replies });
  }
}
