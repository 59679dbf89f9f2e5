/** On the way to a store: counts what passes on the wire, and makes it as far away as wanted. */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

export class Proxy {
  /** Bytes that went to the store: bodies, headers and all. */
  sent = 0;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(target: URL, delayMs: number) {
    this.#server = createServer({ noDelay: true }, (client) => {
      const store = connect({ host: target.hostname, port: Number(target.port), noDelay: true });
      client.on('data', (chunk: Buffer) => {
        this.sent += chunk.length;
        store.write(chunk);
      });
      store.on('data', (chunk: Buffer) => {
        if (delayMs === 0) client.write(chunk);
        else setTimeout(() => client.write(chunk), delayMs);
      });
      for (const [one, other] of [
        [client, store],
        [store, client],
      ] as const) {
        this.#sockets.add(one);
        one.on('error', () => one.destroy());
        one.on('close', () => {
          this.#sockets.delete(one);
          other.destroy();
        });
      }
    });
  }

  /** @param delayMs added to each answer */
  static start(endpoint: string, delayMs = 0): Promise<Proxy> {
    const proxy = new Proxy(new URL(endpoint), delayMs);
    return new Promise((resolve) =>
      proxy.#server.listen(0, '127.0.0.1', () => {
        resolve(proxy);
      }),
    );
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  stop(): void {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
  }
}
