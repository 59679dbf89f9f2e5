/** The clients that people use, as they are, subscribe to channels, patterns and shard channels. */
import { GlideClient, GlideClientConfiguration, ProtocolVersion } from '@valkey/valkey-glide';
import { Redis as IoRedis } from 'ioredis';
import { Redis as IoValkey } from 'iovalkey';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { startTestNode } from '../support/test-node.ts';

let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.drain());

describe('messages reach', () => {
  it.each([
    ['ioredis', IoRedis],
    ['iovalkey', IoValkey],
  ] as const)('%s', async (name, Client) => {
    const options = { port: node.port, host: '127.0.0.1' };
    const [subscriber, publisher] = [new (Client as typeof IoRedis)(options), new (Client as typeof IoRedis)(options)];
    const got: string[][] = [];
    const all = new Promise<void>((resolve) => {
      const note = (...words: (string | null)[]): void => {
        got.push(words as string[]);
        if (words.at(-1) === 'last') resolve();
      };
      subscriber.on('message', note);
      subscriber.on('pmessage', note);
      subscriber.on('smessage', note);
    });
    expect(await subscriber.subscribe(`${name}:a`, `${name}:b`)).toBe(2);
    expect(await subscriber.psubscribe(`${name}:?`)).toBe(3);
    expect(await subscriber.ssubscribe(`${name}:s`)).toBe(1);
    // This one still speaks RESP2, and so keeps to what a subscriber may do there.
    if (name === 'iovalkey') await expect(subscriber.get('k')).rejects.toThrow(/subscriber mode/);
    else expect(await subscriber.get('none')).toBeNull();
    expect(await subscriber.ping()).toEqual(name === 'iovalkey' ? ['pong', ''] : 'PONG');
    expect(await subscriber.unsubscribe(`${name}:b`)).toBe(2);
    expect(await publisher.multi().set(`${name}:k`, 'v').publish(`${name}:a`, 'ü').exec()).toEqual([
      [null, 'OK'],
      [null, 2],
    ]);
    expect(await publisher.publish(`${name}:b`, 'x')).toBe(1);
    expect(await publisher.spublish(`${name}:s`, 'last')).toBe(1);
    await all;
    expect(got).toEqual([
      [`${name}:a`, 'ü'],
      [`${name}:?`, `${name}:a`, 'ü'],
      [`${name}:?`, `${name}:b`, 'x'],
      [`${name}:s`, 'last'],
    ]);
    await Promise.all([subscriber.quit(), publisher.quit()]);
  });

  it.each([2, 3] as const)('node-redis in RESP%i', async (RESP) => {
    const url = `redis://127.0.0.1:${node.port}`;
    const [subscriber, publisher] = [
      await createClient({ url, RESP }).connect(),
      await createClient({ url, RESP }).connect(),
    ];
    const got: string[][] = [];
    let whenAll = (): void => undefined;
    const all = new Promise<void>((resolve) => (whenAll = resolve));
    const note = (message: string, channel: string): void => {
      got.push([channel, message]);
      if (message === 'last') whenAll();
    };
    await subscriber.subscribe(['a', 'b'], note);
    await subscriber.pSubscribe('?', note);
    await subscriber.sSubscribe('s', note);
    expect(await subscriber.ping()).toMatch(/pong/i);
    await subscriber.unsubscribe('b', note);
    // In RESP3 a subscriber may do whatever else it likes.
    if (RESP === 3) expect(await subscriber.publish('a', 'own')).toBe(2);
    expect(await publisher.publish('a', '1')).toBe(2);
    expect(await publisher.publish('b', '2')).toBe(1);
    expect(await publisher.sPublish('s', 'last')).toBe(1);
    expect(await publisher.pubSubNumSub(['a', 'b'])).toEqual({ a: 1, b: 0 });
    await all;
    expect(got.map((words) => words.join(' '))).toEqual([
      ...(RESP === 3 ? ['a own', 'a own'] : []),
      'a 1',
      'a 1',
      'b 2',
      's last',
    ]);
    await Promise.all([subscriber.close(), publisher.close()]);
  });

  it('valkey-glide', async () => {
    const options = { addresses: [{ host: '127.0.0.1', port: node.port }], protocol: ProtocolVersion.RESP3 };
    const { Exact, Pattern } = GlideClientConfiguration.PubSubChannelModes;
    const channelsAndPatterns = { [Exact]: new Set(['g']), [Pattern]: new Set(['g*']) };
    const [subscriber, publisher] = await Promise.all([
      GlideClient.createClient({ ...options, pubsubSubscriptions: { channelsAndPatterns } }),
      GlideClient.createClient(options),
    ]);
    expect(await publisher.publish('message', 'g')).toBe(2);
    const got = [await subscriber.getPubSubMessage(), await subscriber.getPubSubMessage()];
    expect(got.map(({ message, channel, pattern }) => [message, channel, pattern ?? null])).toEqual([
      ['message', 'g', null],
      ['message', 'g', 'g*'],
    ]);
    subscriber.close();
    publisher.close();
  });
});
