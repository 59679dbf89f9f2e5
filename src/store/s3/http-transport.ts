/**
 * Carries the SDK's requests over HTTP/1.1. Our own, because of one question that the SDK's handler does not answer: had
 * a request that failed left this machine? Only then is its outcome unknown; otherwise it certainly had no effect.
 *
 * Invariants: a request is sent at most once, never on after its abort, and always with its whole body in memory.
 */
import { Agent as HttpAgent, request as httpRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/** The SDK's request and response, as far as they are used here. */
interface SdkRequest {
  readonly protocol: string;
  readonly hostname: string;
  readonly port?: number;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[] | null>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface SdkResponse {
  readonly statusCode: number;
  readonly reason: string;
  readonly headers: Record<string, string>;
  readonly body: IncomingMessage;
}

export interface TransportOptions {
  readonly maxSockets: number;
  /** Certificates (PEM) to trust beside the usual ones. */
  readonly tlsCa: readonly string[] | undefined;
  /** `false`: any certificate is taken. */
  readonly tlsVerify: boolean;
}

/**
 * How long an idle connection is kept. Servers drop idle ones too, and a request that crosses with that has an unknown
 * outcome; where a server names its own limit (`Keep-Alive: timeout`), Node keeps to that.
 */
const idleMs = 10_000;

export class HttpTransport {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #httpAgent: HttpAgent;
  readonly #httpsAgent: HttpsAgent;
  /** Requests that have left, or may have. */
  readonly #sent = new WeakSet<object>();

  constructor({ maxSockets, tlsCa, tlsVerify }: TransportOptions) {
    const common = { keepAlive: true, noDelay: true, maxSockets, maxFreeSockets: maxSockets, timeout: idleMs };
    this.#httpAgent = new HttpAgent(common);
    this.#httpsAgent = new HttpsAgent({
      ...common,
      rejectUnauthorized: tlsVerify,
      ...(tlsCa === undefined ? {} : { ca: [...tlsCa] }),
    });
  }

  wasSent(request: object): boolean {
    return this.#sent.has(request);
  }

  handle(request: SdkRequest, options: { abortSignal?: unknown } = {}): Promise<{ response: SdkResponse }> {
    const signal = options.abortSignal instanceof AbortSignal ? options.abortSignal : undefined;
    return new Promise((resolve, reject) => {
      if (signal?.aborted === true) {
        reject(abortError());
        return;
      }
      const outgoing = this.#open(request);
      const onAbort = (): void => {
        outgoing.destroy(abortError());
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      outgoing.once('close', () => {
        signal?.removeEventListener('abort', onAbort);
      });
      outgoing.on('error', reject);
      outgoing.once('response', (incoming: IncomingMessage) => {
        resolve({ response: toSdkResponse(incoming) });
      });
      outgoing.once('socket', (socket) => {
        whenUsable(socket, () => this.#sent.add(request));
      });
      outgoing.end(request.body);
    });
  }

  destroy(): void {
    this.#httpAgent.destroy();
    this.#httpsAgent.destroy();
  }

  /** Part of the SDK's interface; the configuration is fixed when the transport is made. */
  updateHttpClientConfig(): void {
    return;
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  #open(request: SdkRequest): ClientRequest {
    const secure = request.protocol === 'https:';
    return (secure ? httpsRequest : httpRequest)({
      agent: secure ? this.#httpsAgent : this.#httpAgent,
      // IPv6 literals come in brackets, which Node does not take.
      host: request.hostname.replace(/^\[(.*)\]$/, '$1'),
      ...(request.port === undefined ? {} : { port: request.port }),
      method: request.method,
      path: request.path + queryString(request.query),
      headers: request.headers,
      setHost: request.headers['host'] === undefined,
    });
  }
}

/** From the moment when the connection stands (with TLS: when the peer has proven itself) bytes may have left. */
function whenUsable(socket: Socket, callback: () => void): void {
  if (socket instanceof TLSSocket) {
    // Sent with the handshake unfinished: waits in this machine.
    if (socket.connecting || socket.getProtocol() === 'unknown') socket.once('secureConnect', callback);
    else callback();
  } else if (socket.connecting) socket.once('connect', callback);
  else callback();
}

function toSdkResponse(incoming: IncomingMessage): SdkResponse {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(incoming.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return { statusCode: incoming.statusCode ?? 0, reason: incoming.statusMessage ?? '', headers, body: incoming };
}

function queryString(query: SdkRequest['query']): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    const values = Array.isArray(value) ? value : [value];
    for (const item of values) parts.push(item === null ? encode(name) : `${encode(name)}=${encode(item)}`);
  }
  return parts.length === 0 ? '' : `?${parts.sort().join('&')}`;
}

/** As the signature (SigV4) wants it: RFC 3986, all but the unreserved characters. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
}

function abortError(): Error {
  return Object.assign(new Error('the request was given up'), { name: 'AbortError' });
}
