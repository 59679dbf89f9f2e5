/** Accepts connections, in the clear or by TLS, and hands them to the node as sessions. */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer as createTcpServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket, type TlsOptions } from 'node:tls';
import { ClientSession } from './client-session.ts';
import type { Logger } from './logger.ts';
import type { NodeServer } from './node-server.ts';
import { isLoopback } from './socket-facts.ts';

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
  const cert = read('--tls-cert-file', files.certFile);
  const key = read('--tls-key-file', files.keyFile);
  const ca = files.caCertFile === undefined ? undefined : read('--tls-ca-cert-file', files.caCertFile);
  verify('certificate', '--tls-cert-file', files.certFile, () => new X509Certificate(cert));
  verify('private key', '--tls-key-file', files.keyFile, () => createPrivateKey(key));
  if (ca !== undefined) {
    verify('certificate', '--tls-ca-cert-file', files.caCertFile as string, () => new X509Certificate(ca));
  }
  return {
    cert,
    key,
    minVersion: 'TLSv1.2',
    requestCert: files.authClients !== 'no',
    rejectUnauthorized: files.authClients === 'yes',
    ...(ca === undefined ? {} : { ca }),
  };
}

/** OpenSSL's own errors tell neither the file nor, to most people, what is wrong with it. */
function verify(what: string, flag: string, path: string, parse: () => unknown): void {
  try {
    parse();
  } catch (cause) {
    throw new Error(`the file of ${flag} holds no ${what} in PEM: path=${path}`, { cause });
  }
}

/** Where the password is taken away while the node runs; at start such a node is refused. */
const denied =
  'DENIED this node listens to other machines, is in protected mode and has no password: set one with ' +
  'CONFIG SET requirepass from its own machine, or start it with --requirepass or --no-protected-mode';

/** How long a client may take to greet by TLS. */
const handshakeTimeoutMs = 10_000;
/** Connections that may be greeting while there are as many clients as may be. */
const handshakesMax = 128;

/** How often connections are looked for that are idle, or too far behind. */
const idleCheckMs = 1000;

interface ListenerOptions {
  readonly tls: TlsOptions | undefined;
  readonly logger: Logger;
  /** Without a password only this machine is served. */
  readonly protectedMode: boolean;
}

export class Listener {
  readonly #server: NetServer;
  readonly #logger: Logger;
  readonly #options: ListenerOptions;
  #node: NodeServer | undefined;
  #nextId = 1;
  #idleTimer: NodeJS.Timeout | undefined;

  /** @throws Error where certificate and key do not fit */
  constructor(options: ListenerOptions) {
    this.#options = options;
    this.#logger = options.logger;
    const accept = (socket: Socket): void => {
      this.#accept(socket);
    };
    // Half-open: who has sent its last command still gets its replies.
    const socketOptions = { allowHalfOpen: true, noDelay: true };
    this.#server =
      options.tls === undefined
        ? createTcpServer(socketOptions, accept)
        : createTlsServer({ ...options.tls, ...socketOptions, handshakeTimeout: handshakeTimeoutMs }, accept);
    this.#server.on('drop', () => {
      this.#reject();
    });
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

  /** Connections that come before this are closed: the store is not open yet. */
  serve(node: NodeServer): void {
    this.#node = node;
    this.#limitConnections(node);
    this.#idleTimer = setInterval(() => {
      this.#limitConnections(node);
      closeIdle(node);
      for (const session of node.sessions) session.closeIfTooFarBehind();
    }, idleCheckMs).unref();
  }

  /** Accepts no more; those that are open stay. */
  close(): void {
    clearInterval(this.#idleTimer);
    this.#server.close();
  }

  /** Who has not finished its handshake is no client yet, and cannot be told anything: there is room for some. */
  #limitConnections(node: NodeServer): void {
    if (this.#options.tls !== undefined) {
      this.#server.maxConnections = node.configuration.values.clientsMax + handshakesMax;
    }
  }

  #isFull(): boolean {
    const node = this.#node;
    return node !== undefined && node.sessionCount >= node.configuration.values.clientsMax;
  }

  #reject(): void {
    if (this.#node !== undefined) this.#node.connectionsRejected++;
  }

  #accept(socket: Socket): void {
    const node = this.#node;
    if (node === undefined) {
      refuse(socket, 'LOADING Valkey is loading the dataset in memory');
      return;
    }
    if (this.#isFull()) {
      this.#reject();
      refuse(socket, 'ERR max number of clients reached');
      return;
    }
    if (this.#options.protectedMode && !node.passwordRequired && !isLoopback(socket.remoteAddress ?? '')) {
      this.#reject();
      refuse(socket, denied);
      return;
    }
    const { values } = node.configuration;
    if (showsForeignCertificate(socket)) {
      this.#logger.debug({ client: socket.remoteAddress }, 'a certificate of an issuer that is not trusted: closed');
      socket.destroy();
      return;
    }
    if (values.keepAliveSeconds > 0) socket.setKeepAlive(true, values.keepAliveSeconds * 1000);
    node.add(new ClientSession(node, socket, this.#nextId++));
  }
}

/** With `--tls-auth-clients optional` none need be shown, but one that is shown must be good. */
function showsForeignCertificate(socket: Socket): boolean {
  if (!(socket instanceof TLSSocket) || socket.authorized) return false;
  return Object.keys(socket.getPeerCertificate()).length > 0;
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
