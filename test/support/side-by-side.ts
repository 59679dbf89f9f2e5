/** A node and a real server that are told the same. */
import type { RunningNode } from '../../src/server/node.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { RawClient } from './raw-client.ts';
import { startReferenceServer, type ReferenceServer } from './reference-server.ts';
import { startTestNode } from './test-node.ts';

export interface ReplyPair {
  readonly our: Reply;
  readonly their: Reply;
}

export class SideBySide {
  readonly reference: ReferenceServer;
  readonly #node: RunningNode;

  private constructor(node: RunningNode, reference: ReferenceServer) {
    this.#node = node;
    this.reference = reference;
  }

  /** @param flags of the real server */
  static async start(flags: readonly string[] = []): Promise<SideBySide> {
    const [node, reference] = await Promise.all([startTestNode(), startReferenceServer(flags)]);
    return new SideBySide(node, reference);
  }

  /** What both answer to each of these commands, sent at once on a new connection to an empty database. */
  async replies(protocol: '2' | '3', commands: readonly (readonly string[])[]): Promise<ReplyPair[]> {
    const clients = await Promise.all([this.#node.port, this.reference.port].map((port) => RawClient.connect(port)));
    try {
      const all = [['HELLO', protocol], ['FLUSHALL'], ...commands];
      const [ours, theirs] = await Promise.all(clients.map((client) => client.pipeline(all)));
      return commands.map((_, index) => ({ our: ours![index + 2]!, their: theirs![index + 2]! }));
    } finally {
      for (const client of clients) client.close();
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.#node.drain(), this.reference.stop()]);
  }
}
