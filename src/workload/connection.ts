/** A client's connection: commands in, their replies out, or the news that nobody knows. Over any socket, real or not. */
import type { Environment } from '../environment/environment.ts';
import { encodeRequest } from '../resp/encode-request.ts';
import type { ByteString } from '../resp/bytes.ts';
import { isError, type Reply } from '../resp/reply.ts';
import { ReplyError, ReplyParser } from '../resp/reply-parser.ts';
import { describeReply } from './describe-reply.ts';

/** `lost`: the connection is gone, or the answer did not come in time; what was asked may have happened. */
export type Answers = { readonly kind: 'answered'; readonly replies: readonly Reply[] } | { readonly kind: 'lost' };

/** What this needs of a socket. */
export interface ByteSocket {
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'end' | 'error' | 'close', listener: () => void): unknown;
  write(text: string, encoding: 'latin1'): unknown;
  destroy(): unknown;
}

export class Connection {
  /** The address of the server. */
  readonly name: string;
  /** Told of what no server may send, whatever it was asked. */
  onWrong: ((what: string) => void) | undefined;
  /** Whether it has said that it takes no writes, as replicas do. */
  isReadOnly = false;
  readonly #socket: ByteSocket;
  readonly #environment: Environment;
  readonly #parser = new ReplyParser();
  #replies: Reply[] = [];
  #wanted = 0;
  #resolve: ((answers: Answers) => void) | undefined;
  #isOpen = true;

  constructor(socket: ByteSocket, environment: Environment, name: string) {
    this.#socket = socket;
    this.#environment = environment;
    this.name = name;
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
      this.#socket.write(commands.map(encodeRequest).join(''), 'latin1');
    });
  }

  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#socket.destroy();
    this.#resolve?.({ kind: 'lost' });
  }

  #onData(chunk: Buffer): void {
    if (!this.#isOpen) return;
    this.#parser.push(chunk);
    try {
      for (let next = this.#parser.next(); next !== undefined; next = this.#parser.next()) this.#take(next.reply);
    } catch (cause) {
      // Whoever answers this speaks no RESP.
      if (!(cause instanceof ReplyError)) throw cause;
      this.onWrong?.(`sends bytes that are no RESP: ${cause.message}`);
      this.close();
    }
    if (this.#replies.length === this.#wanted) this.#resolve?.({ kind: 'answered', replies: this.#replies });
  }

  #take(reply: Reply): void {
    // What comes out of band answers nothing.
    if (typeof reply === 'object' && reply !== null && 'kind' in reply && reply.kind === 'push') return;
    if (this.#resolve === undefined || this.#replies.length === this.#wanted) {
      this.onWrong?.(`sends a reply that nothing asked for: ${describeReply(reply)}`);
      this.close();
      return;
    }
    if (isError(reply) && reply.text.startsWith('READONLY ')) this.isReadOnly = true;
    this.#replies.push(reply);
  }
}
