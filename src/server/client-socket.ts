/** What a session needs of a socket: those of `node:net` and `node:tls` are such, and those of the simulator. */
export interface ClientSocket {
  readonly remoteAddress?: string | undefined;
  readonly remotePort?: number | undefined;
  readonly localAddress?: string | undefined;
  readonly localPort?: number | undefined;
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes written that the system has not taken yet. */
  readonly writableLength: number;
  on(event: 'data', listener: (chunk: Buffer) => void): unknown;
  on(event: 'drain' | 'end' | 'error' | 'close', listener: () => void): unknown;
  write(text: string, encoding: 'latin1'): unknown;
  pause(): unknown;
  resume(): unknown;
  destroy(): unknown;
  /** Destroys when all that was written has left. */
  destroySoon(): unknown;
}
