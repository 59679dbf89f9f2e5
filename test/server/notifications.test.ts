/** Keyspace notifications, seen by subscribers: of this node's commands and of another node's. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { formatEventClasses, parseEventClasses } from '../../src/server/notifications/event-classes.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-notifications-'));
let node: RunningNode;
let other: RunningNode;
const clients: RawClient[] = [];
beforeAll(async () => {
  const store = { url: `file:${directory}` };
  node = await startTestNode({ store, layout: 'journal' });
  other = await startTestNode({ store, layout: 'journal' });
});
afterEach(async () => {
  await run(await newClient(), 'FLUSHALL', 'CONFIG SET notify-keyspace-events ');
  for (const client of clients.splice(0)) client.close();
  while (node.server.sessionCount + other.server.sessionCount > 0) await turn();
});
afterAll(async () => {
  await Promise.all([node.drain(), other.drain()]);
  rmSync(directory, { recursive: true });
});

async function newClient(of: RunningNode = node): Promise<RawClient> {
  const client = await RawClient.connect(of.port);
  clients.push(client);
  return client;
}

async function run(client: RawClient, ...commands: string[]): Promise<void> {
  await client.pipeline(commands.map((command) => command.split(' ')));
}

/** Listens to all events of these classes. */
async function listener(classes: string): Promise<RawClient> {
  const client = await newClient();
  await run(client, `CONFIG SET notify-keyspace-events ${classes}`);
  client.send(encodeRequest(['PSUBSCRIBE', '__key*']));
  await client.reply();
  return client;
}

/** The next messages, as `keyspace@0 key event` would be: channel without its ends, and text. */
async function messages(client: RawClient, count: number): Promise<string[]> {
  const all: string[] = [];
  for (let i = 0; i < count; i++) {
    const [, , channel, text] = (await client.reply()) as [string, string, string, string];
    all.push(`${channel} ${text}`);
  }
  return all;
}

describe('notifications', () => {
  it('tell of what has happened to keys, on both channels, in order', async () => {
    const listening = await listener('KEA');
    await run(await newClient(), 'SET a 1', 'EXPIRE a 100', 'RENAME a b', 'SELECT 3', 'RPUSH list x', 'LPOP list');
    expect(await messages(listening, 14)).toEqual(
      [
        [0, 'a', 'set'],
        [0, 'a', 'expire'],
        [0, 'a', 'rename_from'],
        [0, 'b', 'rename_to'],
        [3, 'list', 'rpush'],
        [3, 'list', 'lpop'],
        [3, 'list', 'del'],
      ].flatMap(([db, key, event]) => [`__keyspace@${db}__:${key} ${event}`, `__keyevent@${db}__:${event} ${key}`]),
    );
  });

  it('tell of what another node has done', async () => {
    const listening = await listener('Kg$');
    await run(await newClient(other), 'SET a 1', 'INCR a', 'DEL a');
    expect(await messages(listening, 3)).toEqual(['set', 'incrby', 'del'].map((event) => `__keyspace@0__:a ${event}`));
  });

  it('tell only of the classes that are wanted, new keys and misses among them', async () => {
    const listening = await listener('Enm');
    const commands = ['SET a 1', 'SET a 2', 'GET a', 'GET b', 'EXISTS c', 'MULTI', 'GET d', 'SET e 1', 'EXEC', 'TTL f'];
    await run(await newClient(), ...commands);
    expect(await messages(listening, 6)).toEqual([
      '__keyevent@0__:new a',
      '__keyevent@0__:keymiss b',
      '__keyevent@0__:keymiss c',
      '__keyevent@0__:keymiss d',
      '__keyevent@0__:new e',
      '__keyevent@0__:keymiss f',
    ]);
  });

  it.each([
    ['SINTERSTORE d s none', ['none']],
    ['SUNIONSTORE d none other', ['none', 'other']],
    ['SDIFFSTORE d s none', ['none']],
    ['ZINTERSTORE d 2 z none', ['none']],
    ['ZUNIONSTORE d 2 none z', ['none']],
    ['ZDIFFSTORE d 2 z none', ['none']],
    ['ZRANGESTORE d none 0 1', ['none']],
    ['SORT none', ['none']],
    ['SORT none STORE d', ['none']],
    ['SORT l BY w* GET g*', ['w1', 'w2', 'g1', 'g2']],
    ['COPY none d', ['none']],
    ['COPY l d', []],
    ['GETSET none v', ['none']],
    ['GETDEL none', ['none']],
    ['GETEX none', ['none']],
    ['SET none v GET', ['none']],
    ['SET none v XX', []],
    ['RENAME none d', []],
    ['RPOPLPUSH none d', []],
  ])('tell of what a write reads and misses: %s', async (command, missed) => {
    const client = await newClient();
    await run(client, 'RPUSH l 1 2', 'SADD s a', 'ZADD z 1 a');
    const listening = await listener('Em');
    await run(client, command, 'GET end');
    expect(await messages(listening, missed.length + 1)).toEqual(
      [...missed, 'end'].map((key) => `__keyevent@0__:keymiss ${key}`),
    );
  });

  it('come once, though a conflict makes commands run again', async () => {
    const listening = await listener('E$');
    const [here, there] = [await newClient(), await newClient(other)];
    const count = 50;
    await Promise.all(
      [here, there].map((client) => run(client, ...Array.from({ length: count }, () => 'INCR counter'))),
    );
    await run(here, 'SET end 1');
    expect(await messages(listening, 2 * count + 1)).toEqual([
      ...Array.from({ length: 2 * count }, () => '__keyevent@0__:incrby counter'),
      '__keyevent@0__:set end',
    ]);
  });

  it('cost nothing where nobody wants them', async () => {
    expect(node.server.keyspace.eventSink).toBeUndefined();
    await listener('KEA');
    expect(node.server.keyspace.eventSink).toBeDefined();
  });
});

describe('notify-keyspace-events', () => {
  it('is shown as Valkey shows it', async () => {
    const client = await newClient();
    for (const [set, shown] of [
      ['gKE', 'gKE'],
      ['$lshzxeKE', '$lshzxeKE'],
      ['KA', 'AK'],
      ['EA', 'AE'],
      ['mKn', 'nKm'],
      ['Kg$lshzxetdn', 'AK'],
    ] as const) {
      await run(client, `CONFIG SET notify-keyspace-events ${set}`);
      expect(await client.call('CONFIG', 'GET', 'notify-keyspace-events')).toEqual(['notify-keyspace-events', shown]);
    }
    expect(await client.call('CONFIG', 'SET', 'notify-keyspace-events', 'KQ')).toEqual({
      kind: 'error',
      text: "ERR CONFIG SET failed (possibly related to argument 'notify-keyspace-events') - Invalid event class character. Use 'Ag$lshzxeKEtmdn'.",
    });
  });

  it('takes back what it shows', () => {
    const letters = fc.array(fc.constantFrom(...Array.from('Ag$lshzxeKEtmdn'))).map((all) => all.join(''));
    fc.assert(
      fc.property(letters, (text) => {
        const shown = formatEventClasses(parseEventClasses(text)!);
        expect(formatEventClasses(parseEventClasses(shown)!)).toBe(shown);
      }),
    );
  });
});
