/**
 * A TCP proxy that is a bad network, from a seed: between a node and an S3 server, or between a client and a node. Each
 * request meets at most one fault. A request begins with the first bytes that a client sends after it was answered; that
 * is exact for HTTP/1.1 without pipelining (what the S3 store speaks) and good enough for RESP.
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { seededRandom } from '../../src/environment/seeded-random.ts';

const proxyFaults = [
  /** The connection is reset before anything is forwarded: no effect. */
  'resetBefore',
  /** The request is swallowed; no answer ever comes. */
  'lostRequest',
  /** The request is forwarded; of its answer nothing arrives, and the connection is reset. */
  'lostResponse',
  /** The request is forwarded; the answer is held back until the client gives up. */
  'stall',
  /** The answer is cut in the middle. */
  'cutResponse',
  /** HTTP only: answered 500 without being forwarded. */
  'serverError',
  /** HTTP only: answered 503 SlowDown without being forwarded. */
  'slowDown',
] as const;

export type ProxyFault = (typeof proxyFaults)[number];

export interface FaultProxyOptions {
  readonly target: { readonly host: string; readonly port: number };
  readonly seed: number;
  /** The probability of each, from 0 to 1; together at most 1. */
  readonly faults?: Partial<Record<ProxyFault, number>>;
  /** Each request is delayed by up to this much. */
  readonly latencyMs?: number;
  /** Default: any free one. */
  readonly port?: number;
}

export class FaultProxy {
  /** May be replaced at any time; `{}` ends the faults. */
  faults: Partial<Record<ProxyFault, number>>;
  latencyMs: number;
  /** While `true`, connections are accepted and broken at once: the link is cut. */
  cut = false;
  requests = 0;
  readonly counts = Object.fromEntries(proxyFaults.map((fault) => [fault, 0])) as Record<ProxyFault, number>;
  readonly #target: FaultProxyOptions['target'];
  readonly #random;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor({ target, seed, faults = {}, latencyMs = 0 }: FaultProxyOptions) {
    this.#target = target;
    this.#random = seededRandom(seed);
    this.faults = faults;
    this.latencyMs = latencyMs;
    this.#server = createServer({ noDelay: true }, (client) => {
      this.#accept(client);
    });
  }

  static async start(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** For S3. */
  get endpoint(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Resets every connection there is. */
  resetAll(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.resetAll();
    await closed;
  }

  #accept(client: Socket): void {
    if (this.cut) {
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, noDelay: true });
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      // Broken connections are what this is for.
      socket.on('error', () => undefined);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    new Link(client, server, () => this.#draw());
  }

  #draw(): Meeting {
    this.requests++;
    const delayMs = this.latencyMs * this.#upTo1();
    let left = this.#upTo1();
    for (const fault of proxyFaults) {
      left -= this.faults[fault] ?? 0;
      if (left < 0) {
        this.counts[fault]++;
        return { fault, delayMs };
      }
    }
    return { fault: undefined, delayMs };
  }

  #upTo1(): number {
    return this.#random.uint32() / 2 ** 32;
  }
}

/** What a request meets. */
interface Meeting {
  readonly fault: ProxyFault | undefined;
  readonly delayMs: number;
}

/** One connection of a client and the one to the server that belongs to it. */
class Link {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #draw: () => Meeting;
  /** `undefined`: the last request was answered, at least in part. */
  #meeting: Meeting | undefined;
  /** What is sent to the server goes in order, also where it is delayed. */
  #forwarded: Promise<void> = Promise.resolve();
  #swallowed = '';

  constructor(client: Socket, server: Socket, draw: () => Meeting) {
    this.#client = client;
    this.#server = server;
    this.#draw = draw;
    client.on('data', (chunk) => {
      this.#fromClient(chunk);
    });
    server.on('data', (chunk) => {
      this.#fromServer(chunk);
    });
    client.on('end', () => {
      void this.#forwarded.then(() => server.end());
    });
    client.on('close', () => server.destroy());
    server.on('end', () => client.end());
    server.on('close', (hadError) => (hadError ? client.resetAndDestroy() : client.end()));
  }

  #fromClient(chunk: Buffer): void {
    const first = this.#meeting === undefined;
    this.#meeting ??= this.#draw();
    const { fault, delayMs } = this.#meeting;
    switch (fault) {
      case 'resetBefore':
        this.#client.resetAndDestroy();
        return;
      case 'lostRequest':
        return;
      case 'serverError':
      case 'slowDown':
        this.#answer(fault, chunk);
        return;
      default:
        if (first && delayMs > 0) {
          this.#forwarded = this.#forwarded.then(() => new Promise((resolve) => setTimeout(resolve, delayMs)));
        }
        this.#forwarded = this.#forwarded.then(() => {
          this.#server.write(chunk);
        });
    }
  }

  #fromServer(chunk: Buffer): void {
    switch (this.#meeting?.fault) {
      case 'lostResponse':
        this.#client.resetAndDestroy();
        return;
      case 'stall':
        return;
      case 'cutResponse':
        this.#client.write(chunk.subarray(0, chunk.length / 2), () => this.#client.resetAndDestroy());
        return;
      default:
        this.#meeting = undefined;
        this.#client.write(chunk);
    }
  }

  /** Once the whole request has arrived: who is answered while he still writes sees a reset. */
  #answer(fault: 'serverError' | 'slowDown', chunk: Buffer): void {
    this.#swallowed += chunk.toString('latin1');
    const headEnd = this.#swallowed.indexOf('\r\n\r\n');
    if (headEnd < 0) return;
    const bodyBytes = Number(/^content-length: *(\d+)/im.exec(this.#swallowed.slice(0, headEnd))?.[1] ?? 0);
    if (this.#swallowed.length < headEnd + 4 + bodyBytes) return;
    this.#swallowed = '';
    this.#meeting = undefined;
    const [status, code] = fault === 'slowDown' ? ['503 Slow Down', 'SlowDown'] : ['500 Internal', 'InternalError'];
    const body = `<?xml version="1.0"?><Error><Code>${code}</Code><Message>injected</Message></Error>`;
    this.#client.write(
      `HTTP/1.1 ${status}\r\nContent-Type: application/xml\r\nContent-Length: ${body.length}\r\n\r\n${body}`,
    );
  }
}
