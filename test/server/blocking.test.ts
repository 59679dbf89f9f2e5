/** Blocked clients, seen from outside: who gets what, when, and that nothing stays behind. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const ok = { kind: 'simple', text: 'OK' };
const nullArray = { kind: 'nullArray' };

const directory = mkdtempSync(join(tmpdir(), 'valthree-blocking-'));
let node: RunningNode;
let other: RunningNode;
const clients: RawClient[] = [];
beforeAll(async () => {
  const store = { url: `file:${directory}` };
  node = await startTestNode({ store, layout: 'journal' });
  other = await startTestNode({ store, layout: 'journal' });
});
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await until(() => node.server.sessionCount === 0 && other.server.sessionCount === 0);
  await (await newClient()).call('FLUSHALL');
  expect(node.server.waiting.count + other.server.waiting.count).toBe(0);
  expect(node.server.keyspace.watches.observer).toBeUndefined();
});
afterAll(async () => {
  for (const client of clients) client.close();
  await Promise.all([node.drain(), other.drain()]);
  rmSync(directory, { recursive: true });
});

async function newClient(of: RunningNode = node): Promise<RawClient> {
  const client = await RawClient.connect(of.port);
  clients.push(client);
  return client;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

function send(client: RawClient, command: string): void {
  client.send(encodeRequest(command.split(' ')));
}

function call(client: RawClient, command: string): Promise<Reply> {
  return client.call(...command.split(' '));
}

/** A client that waits in this command. */
async function blocked(command: string, of: RunningNode = node): Promise<RawClient> {
  const client = await newClient(of);
  const { count } = of.server.waiting;
  send(client, command);
  await until(() => of.server.waiting.count === count + 1);
  return client;
}

describe('a blocked client', () => {
  it('gets what another pushes, by the same commit', async () => {
    const waiting = await blocked('BLPOP list 0');
    const { writeRounds } = node.server.engine.statistics;
    expect(await call(await newClient(), 'RPUSH list a b')).toBe(2);
    expect(await waiting.reply()).toEqual(['list', 'a']);
    expect(node.server.engine.statistics.writeRounds).toBe(writeRounds + 1);
    expect(await call(waiting, 'LRANGE list 0 -1')).toEqual(['b']);
  });

  it('gets what a client of another node pushes', async () => {
    const waiting = await blocked('BRPOP list 0');
    expect(await call(await newClient(other), 'RPUSH list a b')).toBe(2);
    expect(await waiting.reply()).toEqual(['list', 'b']);
    expect(await call(await newClient(other), 'LRANGE list 0 -1')).toEqual(['a']);
  });

  it('is served in the order of waiting, one element each', async () => {
    const first = await blocked('BLPOP list 0');
    const second = await blocked('BLMPOP 0 2 none list RIGHT COUNT 2');
    const third = await blocked('BLPOP list 0');
    await call(await newClient(), 'RPUSH list a b c d');
    expect(await first.reply()).toEqual(['list', 'a']);
    expect(await second.reply()).toEqual(['list', ['d', 'c']]);
    expect(await third.reply()).toEqual(['list', 'b']);
  });

  it('takes from the first of its keys that has something when all of a transaction is done', async () => {
    const first = await blocked('BLPOP none one two 0');
    const second = await blocked('BLMPOP 0 2 two one LEFT');
    const client = await newClient();
    await client.pipeline([['MULTI'], ['RPUSH', 'two', 'x'], ['RPUSH', 'one', 'y'], ['EXEC']]);
    expect([await first.reply(), await second.reply()]).toEqual([
      ['one', 'y'],
      ['two', ['x']],
    ]);
    const refused = await blocked('BLPOP one two 0');
    await client.pipeline([['MULTI'], ['SET', 'one', 'text'], ['RPUSH', 'two', 'x'], ['EXEC']]);
    expect(await refused.reply()).toEqual({
      kind: 'error',
      text: 'WRONGTYPE Operation against a key holding the wrong kind of value',
    });
  });

  it('waits for lists only, and goes on waiting where the key becomes something else', async () => {
    const waiting = await blocked('BLPOP key 0');
    const client = await newClient();
    await call(client, 'SET key value');
    await call(client, 'DEL key');
    await client.pipeline([['MULTI'], ['RPUSH', 'key', 'a'], ['DEL', 'key'], ['EXEC']]);
    expect(waiting.received).toBe('');
    await call(client, 'RPUSH key b');
    expect(await waiting.reply()).toEqual(['key', 'b']);
  });

  it('sees a list that is renamed, copied or swapped to its key', async () => {
    const client = await newClient();
    for (const commands of [['RENAME source key'], ['COPY source key'], ['MOVE source 1', 'SWAPDB 0 1']]) {
      await call(client, 'FLUSHALL');
      if (commands.length === 2) await call(client, 'SELECT 0');
      const waiting = await blocked(commands.length === 2 ? 'BLPOP source 0' : 'BLPOP key 0');
      await client.pipeline([['MULTI'], ['RPUSH', 'source', 'x'], ...commands.map((it) => it.split(' ')), ['EXEC']]);
      expect(await waiting.reply()).toEqual([commands.length === 2 ? 'source' : 'key', 'x']);
    }
  });

  it('is told of a destination of another type when an element comes', async () => {
    const client = await newClient();
    await call(client, 'SET destination value');
    const waiting = await blocked('BLMOVE source destination LEFT RIGHT 0');
    await call(client, 'RPUSH source a');
    expect(await waiting.reply()).toEqual({
      kind: 'error',
      text: 'WRONGTYPE Operation against a key holding the wrong kind of value',
    });
    expect(await call(client, 'LRANGE source 0 -1')).toEqual(['a']);
  });

  it('waits for sorted sets, beside others that wait for lists at the same key', async () => {
    const list = await blocked('BLPOP key 0');
    const lowest = await blocked('BZPOPMIN key 0');
    const highest = await blocked('BZPOPMAX other key 0');
    const several = await blocked('BZMPOP 0 1 key MIN COUNT 2');
    await call(await newClient(), 'ZADD key 1 a 2 b 3 c 4 d');
    expect(await lowest.reply()).toEqual(['key', 'a', '1']);
    expect(await highest.reply()).toEqual(['key', 'd', '4']);
    expect(await several.reply()).toEqual([
      'key',
      [
        ['b', '2'],
        ['c', '3'],
      ],
    ]);
    await call(await newClient(), 'RPUSH key x');
    expect(await list.reply()).toEqual(['key', 'x']);
  });

  it('wakes the next in a chain, round a circle too', async () => {
    const chain = [
      await blocked('BRPOPLPUSH one two 0'),
      await blocked('BLMOVE two three LEFT LEFT 0'),
      await blocked('BLMOVE three one LEFT LEFT 0'),
      await blocked('BLPOP one 0'),
    ];
    await call(await newClient(), 'RPUSH one x');
    expect(await Promise.all(chain.map((client) => client.reply()))).toEqual(['x', 'x', 'x', ['one', 'x']]);
  });

  it('may name a key twice', async () => {
    const waiting = await blocked('BLPOP key other key 0');
    await call(await newClient(), 'RPUSH key a');
    expect(await waiting.reply()).toEqual(['key', 'a']);
    expect(await call(waiting, 'EXISTS key')).toBe(0);
  });

  it('is told when its time is over: fractions of seconds', async () => {
    const client = await newClient();
    for (const command of ['BLPOP key 0.01', 'BLMOVE a b LEFT LEFT 0.01', 'BLMPOP 0.01 1 key LEFT', 'BRPOP key 0.001'])
      expect(await call(client, command)).toEqual(nullArray);
  });

  it('waits with the commands behind it', async () => {
    const waiting = await blocked('BLPOP key 0');
    send(waiting, 'SET later 1');
    send(waiting, 'PING');
    const client = await newClient();
    expect(await call(client, 'EXISTS later')).toBe(0);
    await call(client, 'RPUSH key a');
    expect([await waiting.reply(), await waiting.reply(), await waiting.reply()]).toEqual([
      ['key', 'a'],
      ok,
      { kind: 'simple', text: 'PONG' },
    ]);
  });

  it('leaves nothing behind when it goes', async () => {
    for (const end of [(it: RawClient) => it.socket.destroy(), (it: RawClient) => it.socket.end()]) {
      end(await blocked('BLPOP key 0'));
      await until(() => node.server.waiting.count === 0);
      expect(await call(await newClient(), 'RPUSH key a')).toBe(1);
      expect(await call(await newClient(), 'LPOP key')).toBe('a');
    }
  });

  it('is seen and ended by CLIENT, and counted by INFO', async () => {
    const waiting = await newClient();
    const id = (await call(waiting, 'CLIENT ID')) as number;
    send(waiting, 'BLPOP key 0');
    await until(() => node.server.waiting.count === 1);
    const client = await newClient();
    expect(await call(client, `CLIENT LIST ID ${id}`)).toMatch(/ flags=b .* cmd=blpop .* tot-cmds=1\n/);
    expect(await call(client, 'INFO clients')).toContain('blocked_clients:1');
    expect(await call(client, `CLIENT UNBLOCK ${id}`)).toBe(1);
    expect(await waiting.reply()).toEqual(nullArray);
    expect(await call(client, `CLIENT LIST ID ${id}`)).toMatch(/ tot-cmds=2\n/);
    expect(await call(client, `CLIENT UNBLOCK ${id}`)).toBe(0);
    send(waiting, 'BLPOP key 0');
    await until(() => node.server.waiting.count === 1);
    expect(await call(client, `CLIENT UNBLOCK ${id} ERROR`)).toBe(1);
    expect(await waiting.reply()).toEqual({ kind: 'error', text: 'UNBLOCKED client unblocked via CLIENT UNBLOCK' });
  });

  it('is not served while the node pauses', async () => {
    const waiting = await blocked('BLPOP key 0');
    await call(await newClient(), 'CLIENT PAUSE 100000 WRITE');
    await call(await newClient(other), 'RPUSH key a');
    await until(() => node.server.keyspace.database(0).find('key') !== undefined);
    expect(waiting.received).toBe('');
    await call(await newClient(), 'CLIENT UNPAUSE');
    expect(await waiting.reply()).toEqual(['key', 'a']);
  });

  it('is nobody inside a transaction', async () => {
    const client = await newClient();
    const commands = ['MULTI', 'BLPOP key 0', 'BLMOVE a b LEFT LEFT 0', 'BLMPOP 0 1 key LEFT', 'EXEC'];
    const replies = await client.pipeline(commands.map((command) => command.split(' ')));
    expect(replies.at(-1)).toEqual([nullArray, null, nullArray]);
  });
});

it('refuses what Valkey refuses', async () => {
  const client = await newClient();
  const refusals: readonly (readonly [command: string, text: string])[] = [
    ['BLPOP key x', 'ERR timeout is not a float or out of range'],
    ['BLPOP key -1', 'ERR timeout is negative'],
    ['BLPOP key 1e400', 'ERR timeout is out of range'],
    ['BLPOP key inf', 'ERR timeout is out of range'],
    ['BLPOP key 9223372036854775807', 'ERR timeout is out of range'],
    ['BLMOVE a b UP LEFT x', 'ERR syntax error'],
    ['BLMPOP x 0 key LEFT', 'ERR numkeys should be greater than 0'],
    ['BLMPOP x 1 key LEFT COUNT 0', 'ERR count should be greater than 0'],
    ['BLMPOP -1 1 key LEFT', 'ERR timeout is negative'],
    ['CLIENT UNBLOCK x', 'ERR value is not an integer or out of range'],
    ['CLIENT UNBLOCK x NEVER', 'ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR'],
  ];
  for (const [command, text] of refusals)
    expect([command, await call(client, command)]).toEqual([command, { kind: 'error', text }]);
});

it('ends the waits when the node is drained', async () => {
  const drained = await startTestNode();
  const waiting = await blocked('BLPOP key 0', drained);
  await drained.drain();
  await waiting.closing();
  expect(waiting.received).toBe('');
});
