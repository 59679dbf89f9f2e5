/**
 * The heap that Node gives this process against what the database takes. V8 ends a process whose heap is full, with
 * words that help nobody; this speaks before, with the flag that mends it. It goes by the account of keys and values
 * (`keyspace/memory.ts`), as the heap itself is always half full of what is garbage already.
 */
import { entryMemory } from '../keyspace/memory.ts';
import { crowdedShare, heapBytesMax } from './heap-limit.ts';
import type { Logger } from './logger.ts';
import type { NodeServer } from './node-server.ts';

/** Above this share it ends the process sooner or later. */
const fullShare = 0.9;
/** While a database is loaded so much is on its way: bytes, their JSON, and what has been made of it. */
const onItsWay = 24 * 2 ** 20;
/** What a key adds beside its bytes: entry and two strings, less what surrounds it in JSON. */
const memoryPerKey = entryMemory + 16;

export class HeapWatch {
  readonly #node: NodeServer;
  readonly #logger: Logger;
  readonly #limit: number;
  /** What the program itself takes. */
  readonly #own: number;
  #hasForetold = false;
  #isCrowded = false;

  constructor(node: NodeServer, logger: Logger, limit = heapBytesMax) {
    this.#node = node;
    this.#logger = logger;
    this.#limit = limit;
    this.#own = process.memoryUsage().heapUsed;
  }

  /** While the database is loaded: says once that it may not fit. @returns that it does not, and what to do */
  whyLoadingEnds(): string | undefined {
    const { totalKeys, totalBytes } = this.#node.engine.loading;
    const expected = this.#own + totalKeys * memoryPerKey + totalBytes;
    if (expected > this.#limit * crowdedShare && !this.#hasForetold) {
      this.#hasForetold = true;
      this.#logger.warn(
        { database: inMegabytes(expected), heapLimit: inMegabytes(this.#limit), mend: flagFor(expected) },
        'the database may not fit into the heap that Node gives this process',
      );
    }
    const used = this.#used;
    if (used + onItsWay <= this.#limit * fullShare) return undefined;
    return (
      `the database does not fit into the heap that Node gives this process; start it with ${flagFor(Math.max(used, expected))}: ` +
      `heapLimit=${inMegabytes(this.#limit)} loaded=${inMegabytes(used)} expected=${inMegabytes(expected)}`
    );
  }

  /** While the node serves: says once that it becomes crowded, and again only after there was room. */
  check(): void {
    const used = this.#used;
    const wasCrowded = this.#isCrowded;
    this.#isCrowded = used > this.#limit * (wasCrowded ? crowdedShare - 0.05 : crowdedShare);
    if (!this.#isCrowded || wasCrowded) return;
    this.#logger.warn(
      { used: inMegabytes(used), heapLimit: inMegabytes(this.#limit), mend: flagFor(used) },
      'the heap that Node gives this process is almost full; restart it with more, delete keys, or set maxmemory',
    );
  }

  /** A limit for the keys that lies above what the heap can hold is none. */
  checkLimit(memoryMax: number): void {
    if (this.#own + memoryMax <= this.#limit * fullShare) return;
    this.#logger.warn(
      { maxmemory: memoryMax, heapLimit: inMegabytes(this.#limit), mend: flagFor(this.#own + memoryMax) },
      'maxmemory is more than the heap that Node gives this process can hold',
    );
  }

  get #used(): number {
    return this.#own + this.#node.usedMemory + this.#node.admission.waitingBytes;
  }
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)}MB`;
}

/** Half as much again, so that there is room for garbage and for growth. */
function flagFor(bytes: number): string {
  return `NODE_OPTIONS=--max-old-space-size=${Math.ceil((bytes * 1.5) / 2 ** 28) * 256}`;
}
