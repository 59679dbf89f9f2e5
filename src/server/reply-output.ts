/** Writes replies out and sends what has been written in one piece: one write to the socket per batch of replies. */
import type { ByteString } from '../resp/bytes.ts';
import { encode, encodePieces, type Protocol } from '../resp/encode.ts';
import type { Reply } from '../resp/reply.ts';
import type { ClientSocket } from './client-socket.ts';

export class ReplyOutput {
  readonly #socket: ClientSocket;
  /** Written out, to be sent. */
  #text: ByteString = '';

  constructor(socket: ClientSocket) {
    this.#socket = socket;
  }

  /** What the client has not taken yet, as far as this process knows. */
  get unsentBytes(): number {
    return this.#text.length + this.#socket.writableLength;
  }

  write(reply: Reply, protocol: Protocol): void {
    try {
      this.#text += encode(reply, protocol);
    } catch (cause) {
      if (!(cause instanceof RangeError)) throw cause;
      // Too long for one string.
      this.send();
      for (const piece of encodePieces(reply, protocol)) this.#socket.write(piece, 'latin1');
    }
  }

  send(): void {
    if (this.#text !== '') this.#socket.write(this.#text, 'latin1');
    this.#text = '';
  }
}
