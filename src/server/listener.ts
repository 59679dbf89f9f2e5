/** Accepts connections, in the clear or by TLS, and hands them to the node as sessions. */
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { ClientSession } from './client-session.ts';
import type { Logger } from './logger.ts';
import type { NodeServer } from './node-server.ts';

export interface TlsFiles {
  readonly certFile: string;
  readonly keyFile: string;
  /** Whose certificates clients must show. */
  readonly caCertFile: string | undefined;
  readonly authClients: 'yes' | 'no' | 'optional';
}

/** @throws Error where a file cannot be read or used */
export function loadTls(files: TlsFiles): TlsOptions {
  const read = (flag: string, path: string): Buffer => {
    try {
      return readFileSync(path);
    } catch (cause) {
      const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
      throw new Error(`cannot read the file of ${flag}: path=${path} code=${code}`, { cause });
    }
  };
  return {
    cert: read('--tls-cert-file', files.certFile),
    key: read('--tls-key-file', files.keyFile),
    minVersion: 'TLSv1.2',
    requestCert: files.authClients !== 'no',
    rejectUnauthorized: files.authClients === 'yes',
    ...(files.caCertFile === undefined ? {} : { ca: read('--tls-ca-cert-file', files.caCertFile) }),
  };
}

/** How often idle connections are looked for. */
const idleCheckMs = 1000;

export class Listener {
  readonly #server: NetServer;
  readonly #logger: Logger;
  #node: NodeServer | undefined;
  #nextId = 1;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @throws Error where certificate and key do not fit */
  constructor(options: { readonly tls: TlsOptions | undefined; readonly logger: Logger }) {
    this.#logger = options.logger;
    const accept = (socket: Socket): void => {
      this.#accept(socket);
    };
    // Half-open: who has sent its last command still gets its replies.
    const socketOptions = { allowHalfOpen: true, noDelay: true };
    this.#server =
      options.tls === undefined
        ? createTcpServer(socketOptions, accept)
        : createTlsServer({ ...options.tls, ...socketOptions }, accept);
    this.#server.on('tlsClientError', (cause: Error) => {
      this.#logger.debug({ err: cause.message }, 'a TLS handshake failed');
    });
  }

  /** Takes the port, so that a node that cannot have it fails before it opens its store. Accepts nothing yet. */
  async bind(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 511 }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (cause) => {
      this.#logger.error({ err: cause.message }, 'the listener failed');
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Connections that come before this are closed: the node is not ready. */
  serve(node: NodeServer): void {
    this.#node = node;
    this.#idleTimer = setInterval(() => {
      closeIdle(node);
    }, idleCheckMs).unref();
  }

  /** Accepts no more; those that are open stay. */
  close(): void {
    clearInterval(this.#idleTimer);
    this.#server.close();
  }

  #accept(socket: Socket): void {
    const node = this.#node;
    if (node === undefined) {
      refuse(socket, 'LOADING Valkey is loading the dataset in memory');
      return;
    }
    const { values } = node.configuration;
    if (node.sessionCount >= values.clientsMax) {
      node.connectionsRejected++;
      refuse(socket, 'ERR max number of clients reached');
      return;
    }
    if (values.keepAliveSeconds > 0) socket.setKeepAlive(true, values.keepAliveSeconds * 1000);
    node.add(new ClientSession(node, socket, this.#nextId++));
  }
}

function refuse(socket: Socket, text: string): void {
  socket.on('error', () => {
    // It is not listening any more; there is nothing to tell it.
  });
  socket.write(`-${text}\r\n`);
  // Not merely ended: a client that keeps its half open would hold the socket for ever, beyond every limit.
  socket.destroySoon();
}

function closeIdle(node: NodeServer): void {
  const { timeoutSeconds } = node.configuration.values;
  if (timeoutSeconds === 0) return;
  const latest = node.environment.clock.now() - timeoutSeconds * 1000;
  for (const session of node.sessions) session.closeIfIdleSince(latest);
}
