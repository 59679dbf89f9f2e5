/** What clients that ask for too much cost: bounded memory, and nobody else's time. */
import { connect } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import type { ClientSession } from '../../src/server/client-session.ts';
import type { NodeOptions, RunningNode } from '../../src/server/node.ts';
import { encodeRequest, RawClient } from '../support/raw-client.ts';
import { settingsDefault, startTestNode } from '../support/test-node.ts';

const mebibyte = 1024 * 1024;
const ok = { kind: 'simple', text: 'OK' };

let node: RunningNode;
const clients: RawClient[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await node.drain();
});

async function start(options: Partial<NodeOptions> = {}): Promise<void> {
  node = await startTestNode(options);
}

async function newClient(): Promise<RawClient> {
  const client = await RawClient.connect(node.port);
  clients.push(client);
  return client;
}

/** Of the connection that came last. */
function statisticsOfLast(): { unansweredBytes: number; outputBytes: number; commandCount: number } {
  return [...node.server.sessions].at(-1)!.statistics;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await turn();
}

/** Reads so many replies; returns the most memory that the last connection has held meanwhile. */
async function mostHeldDuring(client: RawClient, replies: number): Promise<number> {
  let most = 0;
  let isDone = false;
  const reading = (async () => {
    for (let i = 0; i < replies; i++) await client.reply();
    isDone = true;
  })();
  await until(() => {
    most = Math.max(most, statisticsOfLast().unansweredBytes);
    return isDone;
  });
  await reading;
  return most;
}

describe('a client', () => {
  it('that does not read is not read either, and delays nobody', async () => {
    await start();
    const client = await newClient();
    const value = 'v'.repeat(100_000);
    await client.call('SET', 'slow', value);
    client.socket.pause();
    const count = 20_000;
    client.send(encodeRequest(['GET', 'slow']).repeat(count));
    const session = [...node.server.sessions].at(-1)!;
    // Everybody else is served meanwhile; enough rounds for all of it to be executed, if nothing stopped it.
    const other = await newClient();
    for (let i = 0; i < 200; i++) expect(await other.call('GET', 'slow')).toBe(value);
    expect(session.statistics.commandCount).toBeLessThan(count);
    expect(session.statistics.outputBytes).toBeLessThan(3 * mebibyte);
    expect(session.statistics.unansweredBytes).toBeLessThan(65 * mebibyte);
    client.socket.resume();
    for (let i = 0; i < 300; i++) expect(((await client.reply()) as string).length).toBe(value.length);
  });

  it('that asks for many large replies at once gets them all, a bounded part at a time', async () => {
    await start({ store: { url: 'memory:?latency=20ms' } });
    const client = await newClient();
    const pairs = Array.from({ length: 20_000 }, (_, i) => [`key:${i}`, 'v']).flat();
    expect(await client.call('MSET', ...pairs)).toEqual(ok);
    client.send(encodeRequest(['KEYS', '*']).repeat(200));
    expect(await mostHeldDuring(client, 200)).toBeLessThan(66 * mebibyte);
  });

  it('that sends many large values at once is read a bounded part at a time', async () => {
    await start({ store: { url: 'memory:?latency=20ms' } });
    const client = await newClient();
    client.send(encodeRequest(['SET', 'large', 'x'.repeat(mebibyte)]).repeat(150));
    expect(await mostHeldDuring(client, 150)).toBeLessThan(66 * mebibyte);
  });

  it('costs nothing by what it sends behind QUIT', async () => {
    await start({ store: { url: 'memory:?latency=300ms' } });
    const client = await newClient();
    client.send(encodeRequest(['SET', 'a', '1']) + encodeRequest(['QUIT']));
    const flood = Buffer.alloc(mebibyte, 'x');
    let accepted = 0;
    while (accepted < 64 && !client.closed) {
      await new Promise((resolve) => client.socket.write(flood, resolve));
      accepted++;
    }
    expect(accepted).toBe(64);
    expect([...node.server.sessions].at(-1)!.statistics.queryBufferBytes).toBeLessThan(mebibyte / 4);
    await client.closing();
    expect(client.received).toBe('+OK\r\n+OK\r\n');
  });

  it('that is refused cannot keep its socket by not closing its half', async () => {
    await start({ settings: { ...settingsDefault(), clientsMax: 1 } });
    const first = await newClient();
    await first.call('PING');
    const socket = connect({ port: node.port, host: '127.0.0.1', allowHalfOpen: true });
    socket.on('error', () => undefined);
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    await new Promise((resolve) => socket.once('end', resolve));
    expect(text).toBe('-ERR max number of clients reached\r\n');
    // A socket that is still held would take what is written to it.
    let failure: unknown;
    while (!(failure instanceof Error)) {
      failure = await new Promise((resolve) => socket.write('PING\r\n', resolve));
      await turn();
    }
    expect(node.server.connectionsRejected).toBe(1);
  });
});

describe('an idle connection', () => {
  const session = (): ClientSession => [...node.server.sessions].at(-1)!;
  const hence = (): number => Date.now() + 1000;

  it('is closed, but not while it waits for a reply', async () => {
    await start({ store: { url: 'memory:?latency=50ms' } });
    const client = await newClient();
    client.send(encodeRequest(['SET', 'a', '1']));
    await until(() => session().isWaiting);
    session().closeIfIdleSince(hence());
    expect(await client.reply()).toEqual(ok);
    session().closeIfIdleSince(Date.now() - 60_000);
    expect(await client.call('GET', 'a')).toBe('1');
    session().closeIfIdleSince(hence());
    await client.closing();
  });

  it('is closed too when it is idle because it does not read', async () => {
    await start();
    const client = await newClient();
    await client.call('SET', 'a', 'v'.repeat(100_000));
    client.socket.pause();
    client.send(encodeRequest(['GET', 'a']).repeat(1000));
    await until(() => session().statistics.outputBytes >= mebibyte);
    session().closeIfIdleSince(hence());
    // What the kernel has taken meanwhile counted as a sign of life; now there is none.
    session().closeIfIdleSince(hence());
    await until(() => node.server.sessionCount === 0);
  });
});

describe('a full node', () => {
  const batch = Array.from({ length: 262_144 }, (_, i) => [`k${i}`, '']).flat();

  it('lets everybody go on in turn, those too who have not had a command in it', async () => {
    await start({ store: { url: 'memory:?latency=50ms' } });
    const busy = await newClient();
    const late = [await newClient(), await newClient()];
    // One write under way, and behind it one that fills the next batch; more of them wait in the socket.
    busy.send(encodeRequest(['SET', 'k0', '']) + encodeRequest(['MSET', ...batch]).repeat(3));
    await until(() => node.server.admission.isFull);
    for (const client of late) client.send(encodeRequest(['INCR', 'n']));
    expect(await Promise.all(late.map((client) => client.reply()))).toEqual([1, 2]);
    for (let i = 0; i < 4; i++) expect(await busy.reply()).toEqual(ok);
    expect(node.server.admission.waitingBytes).toBe(0);
  });

  it('counts what waits for the store, whoever has left meanwhile', async () => {
    await start({ store: { url: 'memory:?latency=50ms' } });
    const client = await newClient();
    client.send(encodeRequest(['SET', 'k', 'x'.repeat(1000)]).repeat(100));
    await until(() => node.server.admission.waitingBytes > 100_000);
    client.close();
    const other = await newClient();
    expect(await other.call('STRLEN', 'k')).toBe(1000);
    expect(node.server.admission.waitingBytes).toBe(0);
  });
});
