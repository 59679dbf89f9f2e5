/** What a real server tells of commands by keyspace events. */
import { isError, type Reply } from '../../src/resp/reply.ts';
import { RawClient } from './raw-client.ts';

export type NamedEvent = readonly [name: string, key: string];

export class ReferenceEvents {
  readonly #client: RawClient;
  readonly #subscriber: RawClient;

  private constructor(client: RawClient, subscriber: RawClient) {
    this.#client = client;
    this.#subscriber = subscriber;
  }

  static async listen(port: number): Promise<ReferenceEvents> {
    const [client, subscriber] = await Promise.all([RawClient.connect(port), RawClient.connect(port)]);
    await client.call('CONFIG', 'SET', 'notify-keyspace-events', 'EAnm');
    await subscriber.pipeline([
      ['PSUBSCRIBE', '__keyevent@0__:*'],
      ['SUBSCRIBE', 'end'],
    ]);
    return new ReferenceEvents(client, subscriber);
  }

  /** The events of each of these commands, sent to an empty database; of one that is refused, but for what it missed. */
  async of(commands: readonly (readonly string[])[]): Promise<readonly (readonly NamedEvent[])[]> {
    const end = ['PUBLISH', 'end', ''];
    const replies = await this.#client.pipeline([['FLUSHALL'], ...commands.flatMap((words) => [words, end])]);
    const told: NamedEvent[][] = [];
    for (let current: NamedEvent[] = []; told.length < commands.length;) {
      const message = (await this.#subscriber.reply()) as Reply[] as string[];
      if (message[0] === 'pmessage') {
        current.push([message[2]!.replace('__keyevent@0__:', ''), message[3]!]);
      } else {
        told.push(current);
        current = [];
      }
    }
    return told.map((events, index) =>
      events.filter(([name]) => name !== 'keymiss' || !isError(replies[1 + 2 * index]!)),
    );
  }

  close(): void {
    this.#client.close();
    this.#subscriber.close();
  }
}
