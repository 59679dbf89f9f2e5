/** For operators: `/healthz` (the process is alive), `/readyz` (the node serves), `/metrics` (Prometheus). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Registry } from 'prom-client';
import type { Logger } from './logger.ts';
import { metricsRegistry } from './metrics.ts';
import type { NodeServer } from './node-server.ts';

export class OperatorServer {
  readonly #logger: Logger;
  readonly #server: Server;
  #registry: Registry | undefined;
  #ready = false;

  constructor(logger: Logger) {
    this.#logger = logger;
    this.#server = createServer((request, response) => {
      this.#answer(request, response).catch((cause: unknown) => {
        this.#logger.error({ err: cause }, 'a request of an operator failed');
        if (response.headersSent) response.destroy();
        else send(response, 500, 'internal error; the log of this node says more\n');
      });
    });
  }

  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port }, () => {
        this.#server.off('error', reject);
        resolve();
      });
    });
    this.#server.on('error', (cause) => {
      this.#logger.error({ err: cause.message }, 'the listener for operators failed');
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** From now on `/metrics` tells of this node. */
  observe(node: NodeServer): void {
    this.#registry = metricsRegistry(node);
  }

  /** From now on `/readyz` says yes. */
  ready(): void {
    this.#ready = true;
  }

  /** From now on `/readyz` says no, so that no new client is sent here. */
  draining(): void {
    this.#ready = false;
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?')[0];
    if (request.method !== 'GET' && request.method !== 'HEAD') send(response, 405, 'only GET and HEAD\n');
    else if (path === '/healthz') send(response, 200, 'ok\n');
    else if (path === '/readyz') send(response, this.#ready ? 200 : 503, this.#ready ? 'ready\n' : 'not ready\n');
    else if (path === '/metrics' && this.#registry !== undefined) {
      send(response, 200, await this.#registry.metrics(), this.#registry.contentType);
    } else send(response, 404, 'try /healthz, /readyz or /metrics\n');
  }
}

function send(response: ServerResponse, status: number, body: string, type = 'text/plain; charset=utf-8'): void {
  response.writeHead(status, { 'content-type': type }).end(body);
}
