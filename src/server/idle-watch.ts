/** Notices whether a client that sends nothing still takes what it is sent: such a connection is not idle. */
import type { ClientSocket } from './client-socket.ts';
import { writeQueueBytesOf } from './socket-facts.ts';

export class IdleWatch {
  readonly #socket: ClientSocket;
  /** At the last look. */
  #writeQueueBytes = 0;

  constructor(socket: ClientSocket) {
    this.#socket = socket;
  }

  /** Whether something has left since the last look. */
  hasMoved(): boolean {
    const before = this.#writeQueueBytes;
    this.#writeQueueBytes = writeQueueBytesOf(this.#socket);
    return this.#writeQueueBytes !== before;
  }
}
