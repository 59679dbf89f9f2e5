/** What a subscriber costs that does not read: bounded memory, and then its connection. Nobody else pays for it. */
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ClientSession } from '../../src/server/client-session.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const mebibyte = 1024 * 1024;
const ok = { kind: 'simple', text: 'OK' };

let node: RunningNode;
const clients: RawClient[] = [];
beforeEach(async () => {
  node = await startTestNode();
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await node.drain();
});

async function newClient(): Promise<RawClient> {
  const client = await RawClient.connect(node.port);
  clients.push(client);
  return client;
}

/** A subscriber that has stopped reading, and its session. */
async function slowSubscriber(): Promise<{ client: RawClient; session: ClientSession }> {
  const client = await newClient();
  expect(await client.call('SUBSCRIBE', 'c')).toEqual(['subscribe', 'c', 1]);
  client.socket.pause();
  return { client, session: [...node.server.sessions].at(-1) as ClientSession };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

const message = (index: number): string => String(index).padEnd(64 * 1024, '.');

/** Publishes until what waits for this session has reached a size; returns how many messages that took. */
async function publishUntil(sender: RawClient, session: ClientSession, bytes: number): Promise<number> {
  let count = 0;
  while (session.statistics.outputBytes < bytes) {
    expect(await sender.call('PUBLISH', 'c', message(count++))).toBe(1);
    // What the system takes has gone before it is looked at again.
    await turn();
  }
  return count;
}

describe('a subscriber that does not read', () => {
  it('is closed at the hard limit, and nobody else is', async () => {
    const { client, session } = await slowSubscriber();
    const [sender, other] = [await newClient(), await newClient()];
    await other.call('SUBSCRIBE', 'c');
    let most = 0;
    let sent = 0;
    for (; node.server.outputLimitDisconnections === 0; sent++) {
      sender.send(encodeRequest(['PUBLISH', 'c', message(sent)]));
      expect([1, 2]).toContain(await sender.reply());
      expect(await other.reply()).toEqual(['message', 'c', message(sent)]);
      most = Math.max(most, session.statistics.outputBytes);
    }
    expect(most).toBeGreaterThan(31 * mebibyte);
    expect(most).toBeLessThan(33 * mebibyte);
    client.socket.resume();
    await client.closing();
    await until(() => node.server.sessionCount === 2);
    expect(await sender.call('PUBLISH', 'c', 'after')).toBe(1);
    expect(await other.reply()).toEqual(['message', 'c', 'after']);
    expect(await sender.call('INFO', 'stats')).toContain('\r\nclient_output_buffer_limit_disconnections:1\r\n');
  });

  it('is closed when it has been above the soft limit for too long, though nothing more is published', async () => {
    const { client, session } = await slowSubscriber();
    const sender = await newClient();
    expect(await sender.call('CONFIG', 'SET', 'client-output-buffer-limit', 'pubsub 0 2mb 0')).toEqual(ok);
    await publishUntil(sender, session, 2 * mebibyte);
    await until(() => node.server.outputLimitDisconnections === 1);
    client.socket.resume();
    await client.closing();
  });

  it('gets all in order when it reads again before that', async () => {
    const { client, session } = await slowSubscriber();
    const sender = await newClient();
    const count = await publishUntil(sender, session, 7 * mebibyte);
    client.socket.resume();
    for (let i = 0; i < count; i++) expect(await client.reply()).toEqual(['message', 'c', message(i)]);
    await until(() => session.statistics.outputBytes === 0);
    expect(await sender.call('PUBLISH', 'c', 'last')).toBe(1);
    expect(await client.reply()).toEqual(['message', 'c', 'last']);
  });

  it('is read all the same, and answered behind what it has not read', async () => {
    const { client, session } = await slowSubscriber();
    const sender = await newClient();
    const count = await publishUntil(sender, session, 7 * mebibyte);
    client.send(encodeRequest(['PING', 'x']) + encodeRequest(['UNSUBSCRIBE']) + encodeRequest(['GET', 'k']));
    await until(() => session.subscriptions.total === 0);
    expect(await sender.call('PUBLISH', 'c', 'not to it')).toBe(0);
    client.socket.resume();
    for (let i = 0; i < count; i++) expect(await client.reply()).toEqual(['message', 'c', message(i)]);
    expect(await client.reply()).toEqual(['pong', 'x']);
    expect(await client.reply()).toEqual(['unsubscribe', 'c', 0]);
    expect(await client.reply()).toBeNull();
  });

  it('cannot make the node hold replies without end either', async () => {
    const { client, session } = await slowSubscriber();
    const ping = encodeRequest(['PING', 'x'.repeat(10_000)]);
    client.send(ping.repeat(20_000));
    const other = await newClient();
    for (let i = 0; i < 200; i++) expect(await other.call('ECHO', 'x')).toBe('x');
    await until(() => session.statistics.unansweredBytes > 60 * mebibyte);
    for (let i = 0; i < 200; i++) expect(await other.call('ECHO', 'x')).toBe('x');
    expect(session.statistics.unansweredBytes).toBeLessThan(65 * mebibyte);
    expect(session.statistics.outputBytes).toBeLessThan(3 * mebibyte);
    expect(session.statistics.commandCount).toBeLessThan(20_000);
    client.socket.resume();
    for (let i = 0; i < 20_000; i++) await client.reply();
  });
});
