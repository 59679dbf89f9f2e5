/** A proxy before a server that answers as a test wants: truly, wrongly, or in no language at all. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { ByteString } from '../../src/resp/bytes.ts';
import { encode, type Protocol } from '../../src/resp/encode.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { RequestParser } from '../../src/resp/request-parser.ts';
import { RawClient } from './raw-client.ts';

/** Bytes as they are. */
interface Raw {
  readonly raw: string;
}

/** @param forward asks the server behind */
export type Liar = (argv: readonly ByteString[], forward: () => Promise<Reply>) => Promise<Reply | Raw>;

const limits = { bulkLengthMax: 1 << 29, queryBufferBytesMax: 1 << 30, authenticated: true };

export class LyingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: number, liar: Liar) {
    this.#server = createServer({ noDelay: true }, (client) => {
      this.#sockets.add(client);
      client.on('error', () => undefined);
      this.#serve(client, target, liar);
    });
  }

  static start(target: number, liar: Liar): Promise<LyingProxy> {
    const proxy = new LyingProxy(target, liar);
    return new Promise((resolve) => {
      proxy.#server.listen(0, '127.0.0.1', () => {
        resolve(proxy);
      });
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    return new Promise((resolve) => {
      this.#server.close(() => {
        resolve();
      });
    });
  }

  #serve(client: Socket, target: number, liar: Liar): void {
    const parser = new RequestParser(limits);
    const upstream = RawClient.connect(target);
    let protocol: Protocol = 2;
    let last: Promise<void> = Promise.resolve();
    const answer = async (argv: readonly ByteString[]): Promise<void> => {
      const behind = await upstream;
      const reply = await liar(argv, () => behind.call(...argv));
      if (argv[0] === 'HELLO' && argv[1] === '3') protocol = 3;
      const isRaw = typeof reply === 'object' && reply !== null && 'raw' in reply;
      client.write(isRaw ? reply.raw : encode(reply, protocol), 'latin1');
    };
    client.on('data', (chunk: Buffer) => {
      parser.push(chunk);
      for (let argv = parser.next(); Array.isArray(argv); argv = parser.next()) {
        const words = argv;
        last = last
          .then(() => answer(words))
          .catch(() => {
            client.destroy();
          });
      }
    });
    client.on('close', () => {
      this.#sockets.delete(client);
      void upstream.then((behind) => {
        behind.close();
      });
    });
  }
}

/** Takes connections and says this to each, whatever it is asked. */
export async function startBabbler(text: string): Promise<{ readonly port: number; close(): void }> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => socket.write(text, 'latin1'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, close: () => server.close() };
}
