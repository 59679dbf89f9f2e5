/**
 * A small S3 server that can be told to behave badly: it ignores conditions, races, refuses, or answers whatever a test
 * wants. For what no real server at hand does; correct behaviour is tested against a real one.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';

export interface FakeS3Options {
  readonly ignoreIfMatch?: boolean;
  readonly ignoreIfNoneMatch?: boolean;
  /** Conditions are checked, and later, without another look, the object is written. */
  readonly racy?: boolean;
  /** Answers instead of the server, if it returns `true`. */
  readonly intercept?: (request: IncomingMessage, response: ServerResponse) => boolean;
  readonly tls?: { readonly key: string; readonly cert: string };
}

interface Stored {
  readonly body: Buffer;
  readonly etag: string;
}

export class FakeS3 {
  readonly requests: string[] = [];
  readonly #objects = new Map<string, Stored>();
  readonly #options: FakeS3Options;
  readonly #server: Server;

  private constructor(options: FakeS3Options) {
    this.#options = options;
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        this.#handle(request, Buffer.concat(chunks), response);
      });
    };
    this.#server = options.tls === undefined ? createServer(handle) : createTlsServer(options.tls, handle);
  }

  static async start(options: FakeS3Options = {}): Promise<FakeS3> {
    const fake = new FakeS3(options);
    await new Promise<void>((resolve) => fake.#server.listen(0, '127.0.0.1', resolve));
    return fake;
  }

  get endpoint(): string {
    const scheme = this.#options.tls === undefined ? 'http' : 'https';
    return `${scheme}://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
  }

  #handle(request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const path = (request.url ?? '').replace(/\?.*/, '');
    this.requests.push(`${request.method ?? ''} ${path}`);
    if (this.#options.intercept?.(request, response) === true) return;
    if (request.method === 'PUT') this.#put(path, request, body, response);
    else if (request.method === 'GET') this.#get(path, request, response);
    else if (request.method === 'DELETE') {
      this.#objects.delete(path);
      response.writeHead(204).end();
    } else response.writeHead(405).end();
  }

  #get(path: string, request: IncomingMessage, response: ServerResponse): void {
    if (path.split('/').length <= 3 && !this.#objects.has(path) && /[?]list-type/.test(request.url ?? '')) {
      response.end('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>');
      return;
    }
    const object = this.#objects.get(path);
    if (object === undefined) sendError(response, 404, 'NoSuchKey');
    else if (request.headers['if-none-match'] === object.etag) response.writeHead(304, { ETag: object.etag }).end();
    else response.writeHead(200, { ETag: object.etag }).end(object.body);
  }

  #put(path: string, request: IncomingMessage, body: Buffer, response: ServerResponse): void {
    const { 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers;
    const object = this.#objects.get(path);
    const exists = ifNoneMatch === '*' && object !== undefined && this.#options.ignoreIfNoneMatch !== true;
    const differs = ifMatch !== undefined && ifMatch !== object?.etag && this.#options.ignoreIfMatch !== true;
    if (exists || differs) {
      sendError(response, 412, 'PreconditionFailed');
      return;
    }
    const store = (): void => {
      const etag = `"${createHash('md5').update(body).digest('hex')}"`;
      this.#objects.set(path, { body, etag });
      response.writeHead(200, { ETag: etag }).end();
    };
    if (this.#options.racy === true) setTimeout(store, 20);
    else store();
  }
}

export function sendError(response: ServerResponse, status: number, code: string): void {
  const body = `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>secret-in-message</Message></Error>`;
  response.writeHead(status, { 'Content-Type': 'application/xml' }).end(body);
}
