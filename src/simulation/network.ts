/**
 * A network of byte streams, as TCP gives them: in order, in pieces of any size, late, and never for certain. A link is
 * the way between one client and one node; either direction of it can be cut for a while (what is written waits), and
 * a connection can be reset at any moment.
 */
import type { Environment } from '../environment/environment.ts';
import type { ClientSocket } from '../server/client-socket.ts';
import { Dice } from '../workload/dice.ts';

export interface Link {
  /** From the client to the node. */
  forthCut: boolean;
  /** From the node to the client. */
  backCut: boolean;
}

export interface NetworkDelays {
  readonly minMs: number;
  readonly maxMs: number;
}

/** What the systems of both ends hold of a direction before the writer is told to wait. */
const bufferBytes = 64 * 1024;
/** How often a direction that is cut looks whether it still is. */
const cutCheckMs = 25;

/** The two ends of a new connection. */
export function connectSockets(
  environment: Environment,
  options: {
    readonly link: Link;
    readonly delays: NetworkDelays;
    readonly client: string;
    readonly node: string;
    readonly deliverToNode: (run: () => void) => void;
  },
): { readonly client: SimulatedSocket; readonly node: SimulatedSocket } {
  const { link, delays } = options;
  const client = new SimulatedSocket({
    environment,
    delays,
    isCut: () => link.forthCut,
    local: options.client,
    deliver: (run) => {
      run();
    },
  });
  const node = new SimulatedSocket({
    environment,
    delays,
    isCut: () => link.backCut,
    local: options.node,
    deliver: options.deliverToNode,
  });
  client.join(node);
  node.join(client);
  return { client, node };
}

type SocketEvent = 'data' | 'drain' | 'end' | 'error' | 'close';

interface SocketOptions {
  readonly environment: Environment;
  readonly delays: NetworkDelays;
  /** Of the direction in which this end writes. */
  readonly isCut: () => boolean;
  readonly local: string;
  /** Brings what arrives to whoever listens at this end: at once, later or never. */
  readonly deliver: (run: () => void) => void;
}

export class SimulatedSocket implements ClientSocket {
  readonly localAddress: string;
  readonly localPort = 1;
  readonly remotePort = 1;
  remoteAddress = '';
  bytesRead = 0;
  bytesWritten = 0;
  readonly #environment: Environment;
  readonly #dice: Dice;
  readonly #options: SocketOptions;
  readonly #listeners = new Map<SocketEvent, ((chunk: Buffer) => void)[]>();
  #peer: SimulatedSocket | undefined;
  /** On the way to the other end, in order; `undefined` is the end of the stream. */
  #sent: (string | undefined)[] = [];
  #sentBytes = 0;
  #isDelivering = false;
  /** Arrived while nobody read. */
  #arrived: string[] = [];
  #isPaused = false;
  #needsDrain = false;
  #ending = false;
  #destroyWhenSent = false;
  #isDestroyed = false;

  constructor(options: SocketOptions) {
    this.#options = options;
    this.#environment = options.environment;
    this.#dice = new Dice(options.environment.random);
    this.localAddress = options.local;
  }

  join(peer: SimulatedSocket): void {
    this.#peer = peer;
    this.remoteAddress = peer.localAddress;
  }

  get isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  get writableLength(): number {
    return Math.max(0, this.#sentBytes - bufferBytes);
  }

  on(event: SocketEvent, listener: (chunk: Buffer) => void): this {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
    return this;
  }

  write(text: string): boolean {
    if (this.#isDestroyed || this.#ending) return false;
    this.#sent.push(text);
    this.#sentBytes += text.length;
    this.bytesWritten += text.length;
    this.#deliverSoon();
    if (this.writableLength > 0) this.#needsDrain = true;
    return !this.#needsDrain;
  }

  /** Ends this direction; the other stays open. */
  end(): void {
    if (this.#isDestroyed || this.#ending) return;
    this.#ending = true;
    this.#sent.push(undefined);
    this.#deliverSoon();
  }

  pause(): void {
    this.#isPaused = true;
  }

  resume(): void {
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#environment.timers.soon(() => {
      this.#readArrived();
    });
  }

  /** Closes at once; the other end hears of it as an error, if its way back is open. */
  destroy(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#sent = [];
    this.#sentBytes = 0;
    this.#environment.timers.soon(() => {
      this.#emit('close');
    });
    this.#resetPeerLater();
  }

  destroySoon(): void {
    this.#destroyWhenSent = true;
    if (this.#sent.length === 0) {
      this.end();
    }
    this.#deliverSoon();
  }

  #resetPeerLater(delayMs = this.#delayMs()): void {
    this.#environment.timers.set(() => {
      if (this.#options.isCut()) this.#resetPeerLater(cutCheckMs);
      else this.#peer?.onReset();
    }, delayMs);
  }

  onReset(): void {
    if (this.#isDestroyed) return;
    this.#isDestroyed = true;
    this.#emit('error');
    this.#emit('close');
  }

  #deliverSoon(): void {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    this.#environment.timers.set(() => {
      this.#isDelivering = false;
      this.#deliver();
    }, this.#delayMs());
  }

  /** Hands some of what was sent to the other end, cut where chance will. */
  #deliver(): void {
    if (this.#isDestroyed) return;
    if (this.#options.isCut()) {
      this.#isDelivering = true;
      this.#environment.timers.set(() => {
        this.#isDelivering = false;
        this.#deliver();
      }, cutCheckMs);
      return;
    }
    if (this.#sent.length === 0) return;
    const first = this.#sent[0];
    if (first === undefined) {
      this.#sent.shift();
      this.#peer?.onEnd();
    } else {
      const whole = this.#dice.chance(0.8);
      const count = whole ? first.length : 1 + this.#dice.below(first.length);
      if (count >= first.length) this.#sent.shift();
      else this.#sent[0] = first.slice(count);
      this.#sentBytes -= count;
      this.#peer?.onArrival(first.slice(0, count));
    }
    this.#afterDelivery();
  }

  #afterDelivery(): void {
    if (this.#needsDrain && this.writableLength === 0) {
      this.#needsDrain = false;
      this.#environment.timers.soon(() => {
        if (!this.#isDestroyed) this.#emit('drain');
      });
    }
    if (this.#sent.length > 0) this.#deliverSoon();
    else if (this.#destroyWhenSent && !this.#ending) this.end();
    else if (this.#destroyWhenSent && this.#ending) this.destroy();
  }

  onArrival(text: string): void {
    if (this.#isDestroyed) return;
    this.#arrived.push(text);
    this.#readArrived();
  }

  onEnd(): void {
    if (!this.#isDestroyed) this.#emit('end');
  }

  #readArrived(): void {
    while (!this.#isPaused && !this.#isDestroyed && this.#arrived.length > 0) {
      const text = this.#arrived.shift() as string;
      this.bytesRead += text.length;
      this.#emit('data', Buffer.from(text, 'latin1'));
    }
  }

  #emit(event: SocketEvent, chunk: Buffer = Buffer.alloc(0)): void {
    this.#options.deliver(() => {
      for (const listener of this.#listeners.get(event) ?? []) listener(chunk);
    });
  }

  #delayMs(): number {
    const { minMs, maxMs } = this.#options.delays;
    return this.#dice.between(minMs, maxMs);
  }
}
