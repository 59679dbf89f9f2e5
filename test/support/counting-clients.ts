/** Clients that count on several nodes over real sockets, and what they saw. */
import { seededRandom } from '../../src/environment/seeded-random.ts';
import { resultOf, type CounterOperation } from './engine-cluster.ts';
import { RawClient } from './raw-client.ts';

export interface CountingOptions {
  readonly ports: readonly number[];
  readonly clients: number;
  readonly keys: readonly string[];
  readonly operationsPerClient: number;
  readonly seed: number;
}

/** By key: all operations. A connection that breaks leaves an uncertain operation, and a new one is made. */
export async function countOnNodes(options: CountingOptions): Promise<ReadonlyMap<string, CounterOperation[]>> {
  const history = new Map<string, CounterOperation[]>(options.keys.map((key) => [key, []]));
  await Promise.all(Array.from({ length: options.clients }, (_, index) => runClient(index, options, history)));
  return history;
}

async function runClient(
  index: number,
  options: CountingOptions,
  history: ReadonlyMap<string, CounterOperation[]>,
): Promise<void> {
  const random = seededRandom(options.seed * 1000 + index);
  const port = options.ports[index % options.ports.length] as number;
  let client: RawClient | undefined;
  for (let i = 0; i < options.operationsPerClient; i++) {
    const key = options.keys[random.uint32() % options.keys.length] as string;
    const kind = random.uint32() % 3 === 0 ? 'read' : 'increment';
    const calledAt = performance.now();
    let result: CounterOperation['result'];
    try {
      client ??= await RawClient.connect(port);
      const reply = await (kind === 'read' ? client.call('GET', key) : client.call('INCR', key));
      result = kind === 'read' && (reply === null || typeof reply === 'string') ? Number(reply) : resultOf(reply);
    } catch {
      client = undefined;
      result = 'uncertain';
    }
    history.get(key)?.push({ kind, calledAt, returnedAt: performance.now(), result });
  }
  client?.close();
}
