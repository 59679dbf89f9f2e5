import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { settingsDefault, startTestNode } from '../support/test-node.ts';

let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.drain());

async function withClient<T>(run: (client: RawClient) => Promise<T>): Promise<T> {
  const client = await RawClient.connect(node.port);
  try {
    return await run(client);
  } finally {
    client.close();
  }
}

const ok = { kind: 'simple', text: 'OK' };

describe('a connection', () => {
  it('answers pipelined commands in order, those that need no round too', () =>
    withClient(async (client) => {
      const replies = await client.pipeline([
        ['SET', 'p', '1'],
        ['PING'],
        ['GET', 'p'],
        ['ECHO', 'x'],
        ['INCR', 'p'],
        ['NOSUCH'],
        ['GET', 'p'],
      ]);
      expect(replies.slice(0, 5)).toEqual([ok, { kind: 'simple', text: 'PONG' }, '1', 'x', 2]);
      expect(replies[5]).toMatchObject({ kind: 'error' });
      expect(replies[6]).toBe('2');
    }));

  it('takes inline commands and keys of every byte', () =>
    withClient(async (client) => {
      client.send('set "in\\x00line" value\r\nget "in\\x00line"\r\n');
      expect([await client.reply(), await client.reply()]).toEqual([ok, 'value']);
      const everyByte = Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join('');
      expect(await client.call('SET', everyByte, everyByte)).toEqual(ok);
      expect(await client.call('GET', everyByte)).toBe(everyByte);
    }));

  it('says what is wrong with the protocol, then closes, and settles what came before', () =>
    withClient(async (client) => {
      client.send(`${encodeRequest(['SET', 'before', '1'])}*1\r\n:1\r\n${encodeRequest(['SET', 'after', '1'])}`);
      await client.closing();
      expect(client.received).toBe("+OK\r\n-ERR Protocol error: expected '$', got ':'\r\n");
      await withClient(async (other) => {
        expect(await other.call('EXISTS', 'before', 'after')).toBe(1);
      });
    }));

  it.each(['POST / HTTP/1.1\r\n', 'GET /\r\nHost: localhost\r\n', 'post / HTTP/1.1\r\n'])(
    'is closed where it speaks HTTP, before anything of it is run: %j',
    (request) =>
      withClient(async (client) => {
        client.send(`${request}Content-Length: 13\r\n\r\nSET http 1\r\n`);
        await client.closing();
        await withClient(async (other) => {
          expect(await other.call('EXISTS', 'http')).toBe(0);
        });
      }),
  );

  it('answers what was sent before the client closed its half', () =>
    withClient(async (client) => {
      client.socket.end(encodeRequest(['SET', 'half', '1']) + encodeRequest(['GET', 'half']), 'latin1');
      await client.closing();
      expect(client.received).toBe('+OK\r\n$1\r\n1\r\n');
    }));

  it('changes its protocol between two replies', () =>
    withClient(async (client) => {
      client.send(
        [
          ['GET', 'none'],
          ['HELLO', '3'],
          ['GET', 'none'],
          ['HELLO', '2'],
          ['GET', 'none'],
        ]
          .map(encodeRequest)
          .join(''),
      );
      for (let i = 0; i < 5; i++) await client.reply();
      expect(client.received).toMatch(/^\$-1\r\n%7\r\n[^]*_\r\n\*14\r\n[^]*\$-1\r\n$/);
    }));

  it('keeps silent when told to', () =>
    withClient(async (client) => {
      client.send(
        [
          ['CLIENT', 'REPLY', 'SKIP'],
          ['SET', 's', '1'],
          ['GET', 's'],
          ['CLIENT', 'REPLY', 'OFF'],
          ['GET', 's'],
          ['PING'],
          ['NOSUCH'],
          ['CLIENT', 'REPLY', 'ON'],
          ['PING'],
        ]
          .map(encodeRequest)
          .join(''),
      );
      await client.until(() => client.received.endsWith('PONG\r\n'));
      expect(client.received).toBe('$1\r\n1\r\n+OK\r\n+PONG\r\n');
    }));

  it('ends by QUIT after its replies', () =>
    withClient(async (client) => {
      client.send([['SET', 'q', '1'], ['QUIT'], ['SET', 'q', '2']].map(encodeRequest).join(''));
      await client.closing();
      expect(client.received).toBe('+OK\r\n+OK\r\n');
    }));

  it('starts anew by RESET', () =>
    withClient(async (client) => {
      await client.pipeline([
        ['SELECT', '1'],
        ['CLIENT', 'SETNAME', 'n'],
        ['HELLO', '3'],
        ['MULTI'],
        ['SET', 'r', '1'],
      ]);
      expect(await client.call('RESET')).toEqual({ kind: 'simple', text: 'RESET' });
      expect(await client.call('EXEC')).toMatchObject({ text: 'ERR EXEC without MULTI' });
      expect(await client.call('CLIENT', 'GETNAME')).toBeNull();
      expect(client.received.endsWith('$-1\r\n')).toBe(true);
    }));

  it('carries values as large as Valkey does, in and out', () =>
    withClient(async (client) => {
      const value = 'v'.repeat(64 * 1024 * 1024);
      expect(await client.call('SET', 'large', value)).toEqual(ok);
      expect(await client.call('STRLEN', 'large')).toBe(value.length);
      expect(((await client.call('GET', 'large')) as string).length).toBe(value.length);
      expect(await client.call('DEL', 'large')).toBe(1);
    }));

  it('stops being read while it does not read, at a bounded cost, and delays nobody', () =>
    withClient(async (client) => {
      const value = 'v'.repeat(100_000);
      await client.call('SET', 'slow', value);
      client.socket.pause();
      const count = 20_000;
      client.send(encodeRequest(['GET', 'slow']).repeat(count));
      const session = [...node.server.sessions].at(-1)!;
      // Everybody else is served meanwhile; enough rounds for all of it to be executed, if nothing stopped it.
      await withClient(async (other) => {
        for (let i = 0; i < 200; i++) expect(await other.call('GET', 'slow')).toBe(value);
      });
      expect(session.statistics.commandCount).toBeLessThan(count);
      expect(session.statistics.outputBytes).toBeLessThan(3 * 1024 * 1024);
      client.socket.resume();
      for (let i = 0; i < 300; i++) expect(((await client.reply()) as string).length).toBe(value.length);
    }));
});

describe('limits', () => {
  it('refuses more clients than --max-clients', async () => {
    const small = await startTestNode({ settings: { ...settingsDefault(), clientsMax: 2 } });
    const clients = [await RawClient.connect(small.port), await RawClient.connect(small.port)];
    for (const client of clients) await client.call('PING');
    const third = await RawClient.connect(small.port);
    await third.closing();
    expect(third.received).toBe('-ERR max number of clients reached\r\n');
    for (const client of clients) client.close();
    await small.drain();
  });

  it('closes a client that queues without end, and keeps nothing of a broken transaction', () =>
    withClient(async (client) => {
      await client.call('CONFIG', 'SET', 'client-query-buffer-limit', '1mb');
      const other = await RawClient.connect(node.port);
      other.send(encodeRequest(['MULTI']) + encodeRequest(['SET', 'k', 'x'.repeat(1000)]).repeat(2000));
      await other.closing();
      const broken = await RawClient.connect(node.port);
      const queued = Array.from({ length: 2000 }, () => ['SET', 'k', 'x'.repeat(1000)]);
      const replies = await broken.pipeline([['MULTI'], ['NOSUCH'], ...queued, ['EXEC']]);
      expect(replies.at(-1)).toMatchObject({ text: expect.stringMatching(/^EXECABORT/) as string });
      broken.close();
      await client.call('CONFIG', 'SET', 'client-query-buffer-limit', '1gb');
      expect(await client.call('EXISTS', 'k')).toBe(0);
    }));

  it('refuses values longer than proto-max-bulk-len', () =>
    withClient(async (client) => {
      await client.call('CONFIG', 'SET', 'proto-max-bulk-len', '1mb');
      const other = await RawClient.connect(node.port);
      other.send('*2\r\n$4\r\nECHO\r\n$1048577\r\n');
      await other.closing();
      expect(other.received).toBe('-ERR Protocol error: invalid bulk length\r\n');
      expect(await client.call('SETRANGE', 'k', '1048576', 'x')).toMatchObject({
        text: 'ERR string exceeds maximum allowed size (proto-max-bulk-len)',
      });
      await client.call('CONFIG', 'SET', 'proto-max-bulk-len', '512mb');
    }));
});
