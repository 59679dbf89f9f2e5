/** Clients of one server, of which some wait; what a step changes is looked at when the server has come to rest. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Reply } from '../../src/resp/reply.ts';
import { clientCount, type BlockingStep } from './arbitrary-blocking-step.ts';
import { encodeRequest, RawClient } from './raw-client.ts';

/** What came of a step: the replies to who took it, and to those who have waited, by client. */
export interface StepOutcome {
  readonly replies: readonly Reply[];
  readonly served: readonly (readonly [client: number, reply: Reply])[];
}

interface Client {
  readonly connection: RawClient;
  readonly id: string;
  waiting: Promise<Reply> | undefined;
}

export class BlockingClients {
  readonly #port: number;
  readonly #rest: () => Promise<void>;
  readonly #admin: RawClient;
  readonly #clients: Client[] = [];

  private constructor(port: number, rest: () => Promise<void>, admin: RawClient) {
    this.#port = port;
    this.#rest = rest;
    this.#admin = admin;
  }

  /** @param rest resolves when the server has nothing to do any more */
  static async connect(port: number, rest: () => Promise<void> = () => Promise.resolve()): Promise<BlockingClients> {
    const clients = new BlockingClients(port, rest, await RawClient.connect(port));
    await clients.#admin.call('FLUSHALL');
    for (let i = 0; i < clientCount; i++) clients.#clients.push(await clients.#newClient());
    return clients;
  }

  async #newClient(): Promise<Client> {
    const connection = await RawClient.connect(this.#port);
    const id = (await connection.call('CLIENT', 'ID')) as number;
    return { connection, id: String(id), waiting: undefined };
  }

  async take(step: BlockingStep): Promise<StepOutcome> {
    const replies = await this.#take(step);
    await this.#rest();
    const served: [number, Reply][] = [];
    for (const [index, client] of this.#clients.entries()) {
      if (client.waiting === undefined || (await this.#isBlocked(client))) continue;
      served.push([index, await client.waiting]);
      client.waiting = undefined;
    }
    return { replies, served };
  }

  async #take(step: BlockingStep): Promise<readonly Reply[]> {
    if (step.kind === 'do') return this.#admin.pipeline(step.commands);
    const client = this.#clients[step.client] as Client;
    switch (step.kind) {
      case 'block':
        if (client.waiting === undefined) await this.#block(client, step.command);
        return [];
      case 'unblock':
        return [await this.#admin.call('CLIENT', 'UNBLOCK', client.id, step.how)];
      case 'leave':
        await this.#leave(client);
        this.#clients[step.client] = await this.#newClient();
        return [];
    }
  }

  /** Until it waits or is answered. */
  async #block(client: Client, command: readonly string[]): Promise<void> {
    const { connection } = client;
    const before = connection.received.length;
    connection.send(encodeRequest(command));
    client.waiting = connection.reply();
    const endsSoon = command.some((word) => word.startsWith('0.'));
    while (connection.received.length === before && (endsSoon || !(await this.#isBlocked(client)))) await turn();
  }

  async #leave(client: Client): Promise<void> {
    client.waiting?.catch(() => undefined);
    client.waiting = undefined;
    client.connection.close();
    while ((await this.#describe(client)) !== '') await turn();
  }

  async #isBlocked(client: Client): Promise<boolean> {
    return / flags=\w*b/.test(await this.#describe(client));
  }

  async #describe({ id }: Client): Promise<string> {
    return (await this.#admin.call('CLIENT', 'LIST', 'ID', id)) as string;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) await this.#leave(client);
    this.#admin.close();
  }
}
