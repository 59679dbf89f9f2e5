/** A client that shows replies as they are on the wire, one by one. */
import { connect, type Socket } from 'node:net';
import type { ByteString } from '../../src/resp/bytes.ts';
import { encodeRequest } from '../../src/resp/encode-request.ts';
import { ReplyParser } from '../../src/resp/reply-parser.ts';
import type { Reply } from '../../src/resp/reply.ts';

export { encodeRequest };

export class RawClient {
  readonly socket: Socket;
  readonly #parser = new ReplyParser();
  readonly #replies: Reply[] = [];
  #waiting: (() => void) | undefined;
  /** All that has arrived. */
  received = '';
  closed = false;

  private constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => {
      this.received += chunk.toString('latin1');
      this.#parser.push(chunk);
      for (let next = this.#parser.next(); next !== undefined; next = this.#parser.next())
        this.#replies.push(next.reply);
      this.#waiting?.();
    });
    socket.on('close', () => {
      this.closed = true;
      this.#waiting?.();
    });
    socket.on('error', () => undefined);
  }

  static connect(port: number, host = '127.0.0.1'): Promise<RawClient> {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host, noDelay: true });
      socket.once('connect', () => {
        resolve(new RawClient(socket));
      });
      socket.once('error', reject);
    });
  }

  send(bytes: ByteString): void {
    this.socket.write(bytes, 'latin1');
  }

  /** The next reply. Rejects where the connection closes before it comes. */
  async reply(): Promise<Reply> {
    await this.until(() => this.#replies.length > 0);
    if (this.#replies.length === 0) throw new Error('the connection was closed');
    return this.#replies.shift() as Reply;
  }

  async call(...words: ByteString[]): Promise<Reply> {
    this.send(encodeRequest(words));
    return this.reply();
  }

  /** Sends these commands at once and returns their replies. */
  async pipeline(commands: readonly (readonly ByteString[])[]): Promise<Reply[]> {
    this.send(commands.map(encodeRequest).join(''));
    const replies: Reply[] = [];
    for (let i = 0; i < commands.length; i++) replies.push(await this.reply());
    return replies;
  }

  /** Waits until the condition holds or the connection is closed. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition() && !this.closed) {
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
    this.#waiting = undefined;
  }

  /** Waits until the server has closed the connection. */
  async closing(): Promise<void> {
    await this.until(() => false);
  }

  close(): void {
    this.socket.destroy();
  }
}
