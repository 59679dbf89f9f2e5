/** What a real server cannot tell us of publish and subscribe: settlement, cleaning up, what a node says of it. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import type { ClientSession } from '../../src/server/client-session.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { publishKeyspaceEvent } from '../../src/server/notifications/publish-event.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const ok = { kind: 'simple', text: 'OK' };

let fastNode: RunningNode;
/** Its store is so slow that whatever does not wait for it comes before whatever does. */
let slowNode: RunningNode;
let node: RunningNode;
const clients: RawClient[] = [];
beforeAll(async () => {
  [fastNode, slowNode] = await Promise.all([
    startTestNode(),
    startTestNode({ store: { url: 'memory:?latency=200ms' } }),
  ]);
});
beforeEach(() => {
  node = fastNode;
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await until(() => node.server.sessionCount === 0 && node.server.engine.waitingTaskCount === 0);
  node.server.resetStatistics();
});
afterAll(() => Promise.all([fastNode.drain(), slowNode.drain()]));

async function newClient(protocol: '2' | '3' = '2'): Promise<RawClient> {
  const client = await RawClient.connect(node.port);
  clients.push(client);
  if (protocol === '3') await client.call('HELLO', '3');
  client.received = '';
  return client;
}

async function subscriber(...channels: string[]): Promise<RawClient> {
  const client = await newClient();
  client.send(encodeRequest(['SUBSCRIBE', ...channels]));
  for (const [index, channel] of channels.entries()) {
    expect(await client.reply()).toEqual(['subscribe', channel, index + 1]);
  }
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

function send(client: RawClient, ...commands: string[]): void {
  client.send(commands.map((command) => encodeRequest(command.split(' '))).join(''));
}

async function replies(client: RawClient, count: number): Promise<Reply[]> {
  const all: Reply[] = [];
  for (let i = 0; i < count; i++) all.push(await client.reply());
  return all;
}

const commits = (): number => node.server.engine.statistics.writeRounds;

describe('a message', () => {
  it('does not overtake what its sender has written before', async () => {
    node = slowNode;
    const listener = await subscriber('c');
    const sender = await newClient();
    send(sender, 'SET k 1', 'PUBLISH c told');
    expect(commits()).toBe(0);
    expect(await listener.reply()).toEqual(['message', 'c', 'told']);
    expect(commits()).toBe(1);
    expect(await replies(sender, 2)).toEqual([ok, 1]);
  });

  it('does not overtake what a transaction has written, nor its other commands', async () => {
    node = slowNode;
    const listener = await subscriber('c');
    const sender = await newClient();
    send(sender, 'MULTI', 'PUBLISH c told', 'SET k 1', 'PUBLISH c twice', 'EXEC');
    expect(await replies(listener, 2)).toEqual([
      ['message', 'c', 'told'],
      ['message', 'c', 'twice'],
    ]);
    expect(commits()).toBe(1);
    expect((await replies(sender, 5)).at(-1)).toEqual([1, ok, 1]);
  });

  it('is not sent by a transaction that does not take place', async () => {
    const [sender, other, listener] = [await newClient(), await newClient(), await subscriber('c')];
    send(sender, 'WATCH k', 'MULTI', 'PUBLISH c never');
    await replies(sender, 3);
    await other.call('SET', 'k', '1');
    expect(await sender.call('EXEC')).toEqual({ kind: 'nullArray' });
    await other.call('PUBLISH', 'c', 'last');
    expect(await listener.reply()).toEqual(['message', 'c', 'last']);
  });

  it('costs no request, and lets the commands behind it share one with those before', async () => {
    node = slowNode;
    const listener = await subscriber('c');
    const sender = await newClient();
    const { store } = node.server;
    const requests = (): number => store.statistics('put').count + store.statistics('get').count;
    const before = requests();
    expect(await sender.call('PUBLISH', 'c', '0')).toBe(1);
    expect(requests()).toBe(before);
    send(sender, 'SET a 1', 'PUBLISH c 1', 'SET b 2', 'PUBLISH c 2', 'GET a', 'PUBLISH d 3', 'PING');
    expect(await replies(sender, 7)).toEqual([ok, 1, ok, 1, '1', 0, { kind: 'simple', text: 'PONG' }]);
    expect(requests()).toBe(before + 1);
    expect(await replies(listener, 3)).toEqual(['0', '1', '2'].map((text) => ['message', 'c', text]));
  });

  it('in a transaction does not hold up the next one', async () => {
    node = slowNode;
    const client = await newClient('3');
    await client.call('SUBSCRIBE', 'c');
    const before = commits();
    const transactions = Array.from({ length: 20 }, (_, i) => ['MULTI', `SET k ${i}`, `PUBLISH c ${i}`, 'EXEC']);
    send(client, ...transactions.flat());
    for (let i = 0; i < 20; i++) {
      expect((await replies(client, 4)).at(-1)).toEqual([ok, 1]);
      expect(await client.reply()).toEqual({ kind: 'push', items: ['message', 'c', String(i)] });
    }
    expect(commits() - before).toBe(1);
  });

  it('is sent though its sender has gone', async () => {
    node = slowNode;
    const listener = await subscriber('c');
    const sender = await newClient();
    send(sender, 'SET k 1', 'PUBLISH c told');
    await until(() => node.server.admission.waitingBytes > 0);
    sender.close();
    expect(await listener.reply()).toEqual(['message', 'c', 'told']);
    expect(node.server.admission.waitingBytes).toBe(0);
  });

  it('carries every byte', async () => {
    const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
    const listener = await subscriber(everyByte);
    const sender = await newClient();
    expect(await sender.call('PUBLISH', everyByte, everyByte)).toBe(1);
    expect(await listener.reply()).toEqual(['message', everyByte, everyByte]);
  });
});

describe('a subscriber', () => {
  it('gets messages while it waits for replies, before these and behind those that are settled', async () => {
    node = slowNode;
    const [listener, sender] = [await newClient('3'), await newClient()];
    send(listener, 'SUBSCRIBE c', 'GET none', 'PING');
    await until(() => node.server.channels.count('channel') === 1 && node.server.engine.waitingTaskCount > 0);
    expect(await sender.call('PUBLISH', 'c', 'x')).toBe(1);
    await listener.until(() => listener.received.endsWith('+PONG\r\n'));
    expect(listener.received).toBe(
      '>3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n>3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n_\r\n+PONG\r\n',
    );
  });

  it('gets messages in the protocol of the replies around them', async () => {
    node = slowNode;
    const [listener, sender] = [await newClient('3'), await newClient()];
    send(listener, 'SUBSCRIBE c', 'GET none', 'HELLO 2');
    await until(() => node.server.channels.count('channel') === 1 && node.server.engine.waitingTaskCount > 0);
    await sender.call('PUBLISH', 'c', 'x');
    await listener.until(() => listener.received.includes('modules'));
    await sender.call('PUBLISH', 'c', 'y');
    await listener.until(() => listener.received.endsWith('y\r\n'));
    expect(listener.received).toMatch(
      /^>3\r\n\$9\r\nsubscribe[^]*>3\r\n\$7\r\nmessage[^]*_\r\n\*14\r\n[^]*\*3\r\n\$7\r\nmessage\r\n\$1\r\nc\r\n\$1\r\ny\r\n$/,
    );
  });

  it('gets none before the confirmation, nor what was published before that', async () => {
    node = slowNode;
    const [listener, sender] = [await newClient(), await newClient()];
    send(listener, 'SET k 1', 'SUBSCRIBE c', 'GET k', 'PING');
    await until(() => node.server.engine.waitingTaskCount > 0);
    expect(await sender.call('PUBLISH', 'c', 'early')).toBe(0);
    expect(await replies(listener, 2)).toEqual([ok, ['subscribe', 'c', 1]]);
    expect(await listener.reply()).toMatchObject({ text: expect.stringMatching(/^ERR Can't execute 'get'/) as string });
    expect(await listener.reply()).toEqual(['pong', '']);
    expect(await sender.call('PUBLISH', 'c', 'late')).toBe(1);
    expect(await listener.reply()).toEqual(['message', 'c', 'late']);
  });

  it('gets its own messages behind the replies', async () => {
    node = slowNode;
    const client = await newClient('3');
    send(
      client,
      'SUBSCRIBE c',
      'PUBLISH c 1',
      'SET k 1',
      'PUBLISH c 2',
      'MULTI',
      'PUBLISH c 3',
      'GET k',
      'EXEC',
      'PING',
    );
    const push = (text: string): Reply => ({ kind: 'push', items: ['message', 'c', text] });
    const queued = { kind: 'simple', text: 'QUEUED' };
    expect(await replies(client, 12)).toEqual([
      { kind: 'push', items: ['subscribe', 'c', 1] },
      1,
      push('1'),
      ok,
      1,
      push('2'),
      ok,
      queued,
      queued,
      [1, '1'],
      push('3'),
      { kind: 'simple', text: 'PONG' },
    ]);
  });

  it('is none any more when it has gone', async () => {
    const [listener, other] = [await subscriber('a', 'b'), await newClient()];
    send(listener, 'PSUBSCRIBE p*', 'SSUBSCRIBE s');
    await replies(listener, 2);
    listener.close();
    await until(() => node.server.sessionCount === 1);
    expect(await other.call('PUBLISH', 'a', 'x')).toBe(0);
    expect(await other.call('PUBSUB', 'NUMPAT')).toBe(0);
    expect(
      ['channel', 'pattern', 'shardChannel'].map((topic) => node.server.channels.count(topic as 'channel')),
    ).toEqual([0, 0, 0]);
  });

  it('is none where it has gone before its SUBSCRIBE was settled', async () => {
    node = slowNode;
    const clients = [await newClient(), await newClient()] as const;
    send(clients[0], 'MULTI', 'SET k 1', 'SUBSCRIBE a', 'EXEC');
    send(clients[1], 'SET k 2', 'SUBSCRIBE b');
    await until(() => node.server.engine.waitingTaskCount === 2);
    for (const client of clients) client.close();
    await until(() => node.server.sessionCount === 0 && node.server.engine.waitingTaskCount === 0);
    await turn();
    expect(commits()).toBe(1);
    expect([...node.server.channels.names('channel')]).toEqual([]);
  });

  it('is not closed because it is idle', async () => {
    await subscriber('c');
    const session = [...node.server.sessions][0] as ClientSession;
    session.closeIfIdleSince(Date.now() + 1000);
    const sender = await newClient();
    expect(await sender.call('PUBLISH', 'c', 'x')).toBe(1);
  });

  it('is shown and chosen as such', async () => {
    const [listener, admin] = [await newClient('3'), await newClient()];
    send(listener, 'SUBSCRIBE a b', 'PSUBSCRIBE p*', 'SSUBSCRIBE s t u');
    await replies(listener, 6);
    const list = (await admin.call('CLIENT', 'LIST', 'TYPE', 'pubsub')) as string;
    expect(list.match(/^id=/gm)).toHaveLength(1);
    expect(list).toMatch(/ flags=P db=0 sub=2 psub=1 ssub=3 .* cmd=ssubscribe /);
    expect(await admin.call('CLIENT', 'LIST', 'TYPE', 'normal')).toMatch(/^id=\d+ .* flags=N .*\n$/);
    expect(await admin.call('INFO', 'clients')).toContain('\r\npubsub_clients:1\r\n');
    expect(await admin.call('INFO', 'stats')).toMatch(
      /\r\npubsub_channels:2\r\npubsub_patterns:1\r\npubsubshard_channels:3\r\n/,
    );
    expect(await admin.call('CLIENT', 'KILL', 'TYPE', 'pubsub')).toBe(1);
    await listener.closing();
    expect(await admin.call('INFO', 'clients')).toContain('\r\npubsub_clients:0\r\n');
  });

  it('is held back by a pause only as a publisher', async () => {
    const [listener, sender, admin] = [await subscriber('c'), await newClient(), await newClient()];
    await admin.call('CLIENT', 'PAUSE', '100000', 'WRITE');
    send(sender, 'PUBLISH c x');
    send(listener, 'SUBSCRIBE d', 'PING');
    expect(await replies(listener, 2)).toEqual([
      ['subscribe', 'd', 2],
      ['pong', ''],
    ]);
    await admin.call('CLIENT', 'UNPAUSE');
    expect(await sender.reply()).toBe(1);
    expect(await listener.reply()).toEqual(['message', 'c', 'x']);
  });
});

describe('an event of a key', () => {
  it('is published to those of its two channels that are wanted', async () => {
    const listener = await newClient();
    send(listener, 'PSUBSCRIBE __key*__:*');
    await listener.reply();
    const event = { db: 3, key: 'k\xff', name: 'expired' };
    const { broker } = node.server;
    publishKeyspaceEvent(broker, event, { keyspace: true, keyevent: true });
    publishKeyspaceEvent(broker, event, { keyspace: false, keyevent: false });
    publishKeyspaceEvent(broker, { ...event, name: 'del' }, { keyspace: false, keyevent: true });
    expect(await replies(listener, 3)).toEqual([
      ['pmessage', '__key*__:*', '__keyspace@3__:k\xff', 'expired'],
      ['pmessage', '__key*__:*', '__keyevent@3__:expired', 'k\xff'],
      ['pmessage', '__key*__:*', '__keyevent@3__:del', 'k\xff'],
    ]);
  });
});
