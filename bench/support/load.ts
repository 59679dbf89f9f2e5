/**
 * A load generator over raw sockets that knows just enough RESP to count replies. Clients send when they have all their
 * replies (a closed loop), or at a fixed rate whatever becomes of what they have sent (an open loop). Runs in a process
 * of its own (`run-load.ts`), so that it does not share the event loop with what it measures.
 */
import { connect, type Socket } from 'node:net';
import { Histogram } from './histogram.ts';

export interface LoadOptions {
  readonly port: number;
  readonly clients: number;
  /** Commands that a client sends at once before it waits for all their replies. */
  readonly pipeline: number;
  /** Share of GETs; the rest are SETs. */
  readonly readShare: number;
  /** Number of keys in use. */
  readonly keys: number;
  readonly valueBytes: number;
  readonly durationMs: number;
  /** All clients together send so many commands per second, one at a time; left out: as fast as replies come. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly commands: number;
  readonly errors: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export async function runLoad(options: LoadOptions): Promise<LoadResult> {
  const sockets = await Promise.all(Array.from({ length: options.clients }, () => open(options.port)));
  const histogram = new Histogram();
  const state = { errors: 0 };
  const startedAt = performance.now();
  const run: Run = { histogram, state, more: () => performance.now() - startedAt < options.durationMs };
  if (options.perSecond === undefined) await Promise.all(sockets.map((socket) => runClient(socket, options, run)));
  else await runOpenLoop(sockets, options, options.perSecond, run);
  const seconds = (performance.now() - startedAt) / 1000;
  for (const socket of sockets) socket.destroy();
  return {
    commands: histogram.count,
    errors: state.errors,
    perSecond: histogram.count / seconds,
    p50Ms: histogram.quantile(0.5),
    p99Ms: histogram.quantile(0.99),
  };
}

interface Run {
  readonly histogram: Histogram;
  readonly state: { errors: number };
  readonly more: () => boolean;
}

function open(port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    socket.once('connect', () => {
      resolve(socket);
    });
    socket.once('error', reject);
  });
}

function runClient(socket: Socket, options: LoadOptions, run: Run): Promise<void> {
  return new Promise((resolve, reject) => {
    const value = 'x'.repeat(options.valueBytes);
    let waiting = 0;
    let sentAt = 0;
    const send = (): void => {
      if (!run.more()) {
        resolve();
        return;
      }
      let batch = '';
      for (let i = 0; i < options.pipeline; i++) batch += randomCommand(options, value);
      waiting = options.pipeline;
      sentAt = performance.now();
      socket.write(batch, 'latin1');
    };
    const counter = new ReplyCounter();
    socket.on('data', (chunk) => {
      const { replies, errors } = counter.push(chunk);
      run.state.errors += errors;
      waiting -= replies;
      const ms = performance.now() - sentAt;
      for (let i = 0; i < replies; i++) run.histogram.add(ms);
      if (waiting === 0) send();
    });
    socket.once('error', reject);
    socket.once('close', () => {
      reject(new Error('the server closed the connection'));
    });
    send();
  });
}

function randomCommand({ keys, readShare }: LoadOptions, value: string): string {
  const key = `key:${String(Math.floor(Math.random() * keys)).padStart(12, '0')}`;
  return Math.random() < readShare
    ? `*2\r\n$3\r\nGET\r\n$16\r\n${key}\r\n`
    : `*3\r\n$3\r\nSET\r\n$16\r\n${key}\r\n$${value.length}\r\n${value}\r\n`;
}

/** One command at a time on one connection after the other, at its time, whether or not those before are answered. */
function runOpenLoop(
  sockets: readonly Socket[],
  options: LoadOptions,
  perSecond: number,
  { histogram, state, more }: Run,
): Promise<void> {
  const value = 'x'.repeat(options.valueBytes);
  return new Promise((resolve, reject) => {
    let sent = 0;
    let answered = 0;
    let isOver = false;
    const sentAt = sockets.map((): number[] => []);
    const startedAt = performance.now();
    const send = (): void => {
      isOver = !more();
      if (isOver && answered === sent) resolve();
      if (isOver) return;
      for (; sent <= ((performance.now() - startedAt) / 1000) * perSecond; sent++) {
        const index = sent % sockets.length;
        sentAt[index]?.push(performance.now());
        sockets[index]?.write(randomCommand(options, value), 'latin1');
      }
      setTimeout(send, 1);
    };
    for (const [index, socket] of sockets.entries()) {
      const counter = new ReplyCounter();
      socket.on('data', (chunk) => {
        const { replies, errors } = counter.push(chunk);
        state.errors += errors;
        answered += replies;
        for (const at of sentAt[index]?.splice(0, replies) ?? []) histogram.add(performance.now() - at);
        if (isOver && answered === sent) resolve();
      });
      socket.once('error', reject);
      socket.once('close', () => {
        reject(new Error('the server closed the connection'));
      });
    }
    send();
  });
}

/** Counts the replies to GET and SET in a stream: simple strings, errors and bulk strings. */
class ReplyCounter {
  #line = '';
  /** Bytes of a bulk string that are still to come, with its CR LF. */
  #skip = 0;

  push(chunk: Buffer): { replies: number; errors: number } {
    let replies = 0;
    let errors = 0;
    let at = 0;
    while (at < chunk.length) {
      if (this.#skip > 0) {
        const step = Math.min(this.#skip, chunk.length - at);
        this.#skip -= step;
        at += step;
        if (this.#skip === 0) replies++;
        continue;
      }
      const end = chunk.indexOf(10, at);
      this.#line += chunk.toString('latin1', at, end < 0 ? chunk.length : end + 1);
      if (end < 0) break;
      at = end + 1;
      const length = this.#line.startsWith('$') ? Number(this.#line.slice(1)) : -1;
      if (this.#line.startsWith('-')) errors++;
      if (length >= 0) this.#skip = length + 2;
      else replies++;
      this.#line = '';
    }
    return { replies, errors };
  }
}
