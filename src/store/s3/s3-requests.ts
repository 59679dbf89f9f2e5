/**
 * Sends one command through the SDK and turns whatever comes of it into a value: time-out, date, error, classified.
 */
import type { S3Client } from '@aws-sdk/client-s3';
import { storeFailure } from '../failure.ts';
import type { FailureKind, StoreDate, StoreFailure } from '../object-store.ts';
import { classifyS3Error } from './error-classification.ts';
import type { S3Connection } from './s3-options.ts';

export type Answer<Output, Read = undefined> =
  { readonly kind: 'answered'; readonly output: Output; readonly date: StoreDate; readonly read: Read } | Refusal;

/** Anything but a success, with all that is known of it: what is an error for one request is an answer for another. */
export interface Refusal {
  readonly kind: 'refused';
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly date: StoreDate;
  readonly failure: StoreFailure;
}

export interface SendOptions<Output, Read> {
  /** For messages. */
  readonly key?: string;
  readonly timeoutMs: number;
  /** Reads the body; the time-out covers it. */
  readonly read?: (output: Output) => Promise<Read>;
}

/** What was seen of a request on its way. */
interface Trace {
  request: object | undefined;
  response: { readonly statusCode?: number; readonly headers?: Record<string, string> } | undefined;
  timedOut: boolean;
}

/** The part of the SDK's commands that is used here; their own types are too wide to be generic over. */
interface Command<Output> {
  readonly middlewareStack: { add(middleware: never, options: { step: 'deserialize'; priority: 'low' }): void };
  /** Only for the type: the SDK resolves to it. */
  readonly resolveMiddleware: (...args: never[]) => (...args: never[]) => Promise<{ output: Output }>;
}

export class S3Requests {
  readonly #connection: S3Connection;
  readonly #bucket: string;

  constructor(connection: S3Connection, bucket: string) {
    this.#connection = connection;
    this.#bucket = bucket;
  }

  /** As configured, or as the SDK finds it; `undefined`: nowhere. */
  async resolveRegion(): Promise<string | undefined> {
    return this.#connection.region ?? (await this.#connection.client.config.region().catch(() => undefined));
  }

  async send<Output, Read = undefined>(
    command: Command<Output>,
    options: SendOptions<Output, Read>,
  ): Promise<Answer<Output, Read>> {
    const trace: Trace = { request: undefined, response: undefined, timedOut: false };
    command.middlewareStack.add(observe(trace) as never, { step: 'deserialize', priority: 'low' });
    const abort = new AbortController();
    let onTimeout: (reason: Error) => void;
    // The SDK looks for credentials without regard to the signal.
    const timeout = new Promise<never>((_, reject) => {
      onTimeout = reject;
    });
    const timer = setTimeout(() => {
      trace.timedOut = true;
      abort.abort();
      onTimeout(new Error('timed out'));
    }, options.timeoutMs);
    try {
      return await Promise.race([timeout, this.#exchange(command, options, trace, abort.signal)]);
    } catch (error) {
      return this.#refusal(error, trace, options.key);
    } finally {
      clearTimeout(timer);
    }
  }

  failure(kind: FailureKind, advice: string, key: string | undefined): StoreFailure {
    const { endpoint, region } = this.#connection;
    const place = [
      `bucket=${this.#bucket}`,
      ...(key === undefined ? [] : [`key=${JSON.stringify(key)}`]),
      `endpoint=${endpoint ?? 'aws'}`,
      ...(region === undefined ? [] : [`region=${region}`]),
    ];
    return storeFailure(kind, `${advice}: ${place.join(' ')}`);
  }

  close(): void {
    this.#connection.client.destroy();
    this.#connection.transport.destroy();
  }

  async #exchange<Output, Read>(
    command: Command<Output>,
    { read }: SendOptions<Output, Read>,
    trace: Trace,
    abortSignal: AbortSignal,
  ): Promise<Answer<Output, Read>> {
    const sendable = command as unknown as Parameters<S3Client['send']>[0];
    const output = (await this.#connection.client.send(sendable, { abortSignal })) as Output;
    // Without `read` there is nothing to read: `Read` is then `undefined`.
    const result = (read === undefined ? undefined : await read(output)) as Read;
    return { kind: 'answered', output, date: dateOf(trace), read: result };
  }

  #refusal(error: unknown, trace: Trace, key: string | undefined): Refusal {
    const { name, code: rawCode, status = trace.response?.statusCode } = describe(error);
    const systemCode = status === undefined && typeof rawCode === 'string' ? rawCode : undefined;
    const code = name === 'Error' || name === 'Unknown' || name === 'UnknownError' ? undefined : name;
    const sent = trace.request !== undefined && this.#connection.transport.wasSent(trace.request);
    const { failure, advice } = classifyS3Error({ code, status, systemCode, sent, timedOut: trace.timedOut });
    const details = [
      ...(status === undefined || trace.timedOut ? [] : [` status=${status}`]),
      ...(trace.timedOut ? [] : [` code=${printable(systemCode ?? code ?? 'none')}`]),
    ];
    const { message } = this.failure(failure, advice, key);
    return {
      kind: 'refused',
      status,
      code,
      date: dateOf(trace),
      failure: storeFailure(failure, message + details.join('')),
    };
  }
}

/** Notes the request that really goes out and the headers of its answer; the nearest place to the wire. */
function observe(trace: Trace) {
  return <Input extends { request?: unknown }, Output extends { response: unknown }>(
      next: (input: Input) => Promise<Output>,
    ) =>
    async (input: Input): Promise<Output> => {
      trace.request = input.request as object;
      const output = await next(input);
      trace.response = output.response as NonNullable<Trace['response']>;
      return output;
    };
}

function dateOf({ response }: Trace): StoreDate {
  const date = Date.parse(response?.headers?.['date'] ?? '');
  return Number.isNaN(date) ? undefined : date;
}

interface Described {
  readonly name: string;
  readonly code: unknown;
  readonly status?: number | undefined;
}

function describe(error: unknown): Described {
  if (!(error instanceof Error)) return { name: 'Error', code: undefined, status: undefined };
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  return { name: error.name, code, status: $metadata?.httpStatusCode };
}

/** A code is a word; what is none came from something that is not S3. */
function printable(code: string): string {
  return /^[A-Za-z0-9_.-]{1,64}$/.test(code) ? code : 'unreadable';
}
