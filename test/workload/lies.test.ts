/** The workload and servers that answer what nobody asked: it reports them, and does not fall over itself. */
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { error, simple, type Reply } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { isBroken } from '../../src/workload/runner.ts';
import { LyingProxy, type Liar } from '../support/lying-proxy.ts';
import { RawClient } from '../support/raw-client.ts';
import { startTestNode } from '../support/test-node.ts';
import { TestWorkload } from '../support/test-workload.ts';

let node: RunningNode;
let proxies: LyingProxy[] = [];
beforeAll(async () => {
  node = await startTestNode();
});
afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  proxies = [];
});
afterAll(() => node.drain());

async function addressesOf(...liars: readonly Liar[]): Promise<readonly string[]> {
  proxies = await Promise.all(liars.map((liar) => LyingProxy.start(node.port, liar)));
  return proxies.map(({ port }) => `127.0.0.1:${port}`);
}

/** Lies to the first command that looks so, outside of transactions. */
function once(command: RegExp, lie: Liar): Liar {
  let hasLied = false;
  let isQueueing = false;
  return (argv, forward) => {
    if (argv[0] === 'MULTI' || argv[0] === 'EXEC') isQueueing = argv[0] === 'MULTI';
    if (hasLied || isQueueing || !command.test(argv.join(' '))) return forward();
    hasLied = true;
    return lie(argv, forward);
  };
}

/** To EXEC, where there is something to lie about. */
function onceExecuted(lie: (replies: readonly Reply[]) => Reply): Liar {
  let hasLied = false;
  return async (argv, forward) => {
    const replies = await forward();
    if (hasLied || argv[0] !== 'EXEC' || !Array.isArray(replies)) return replies;
    hasLied = true;
    return lie(replies as readonly Reply[]);
  };
}

function says(reply: Awaited<ReturnType<Liar>>): Liar {
  return () => Promise.resolve(reply);
}

const map = { kind: 'map', items: ['a', 1] } as const;

describe('an answer that the question cannot have is a broken promise', () => {
  it.each<[string, Liar, RegExp]>([
    ['a number to GET', once(/^GET/, says(5)), /answers get \S+ null with \(integer\) 5$/],
    ['a text to INCR', once(/^INCR/, says('five')), /answers incr \S+ null with "five"$/],
    ['a map to INCR', once(/^INCR/, says(map)), /answers incr \S+ null with (\(map\) )?\["a", \(integer\) 1\]$/],
    ['a map to SET', once(/^SET/, says(map)), /answers set .* \["a", \(integer\) 1\]$/],
    ['QUEUED to SET', once(/^SET s/, says(simple('QUEUED'))), /answers set \S+ "\d+" with QUEUED$/],
    ['a number to SET of ballast', once(/^SET b/, says(1)), /answers set \S+ "\d+" with \(integer\) 1$/],
    ['two deleted keys instead of one', once(/^DEL s\S+$/, says(2)), /answers del \S+ null with \(integer\) 2$/],
    ['one reply too few to EXEC', onceExecuted((replies) => replies.slice(1)), /answers (txn|incr) /],
    ['one reply too many to EXEC', onceExecuted((replies) => [...replies, 1]), /answers (txn|incr) /],
    ['a number to EXEC', onceExecuted(() => 1), /answers (txn|incr) .* with \(integer\) 1$/],
    [
      'an error among the replies of EXEC',
      onceExecuted((replies) => replies.map(() => error('ERR half'))),
      /answers (txn|incr) .*\(error\) ERR half/,
    ],
    ['a line to WATCH', once(/^WATCH/, says(simple('NO'))), /answers incr \S+ null with NO$/],
    ['a word for a counter', once(/^GET c/, says('many')), /answers (get|incr) c\S+ null with "many"$/],
    [
      'what nobody appended to a list',
      onceExecuted((replies) => replies.map((reply) => (typeof reply === 'number' ? reply : 'a,1'))),
      /answers (txn|incr) .* with (\[.*)?"a,1"/,
    ],
    ['half a pair to HGETALL', once(/^HGETALL/, says(['a'])), /answers hgetall h\S+ null with \["a"\]$/],
    ['a field twice to HGETALL', once(/^HGETALL/, says(['a', '1', 'a', '2'])), /answers hgetall h\S+ null with /],
    ['a text to LRANGE', once(/^LRANGE q/, says('1')), /answers lrange q\S+ "[ab]" with "1"$/],
    [
      'an element of another list to BLPOP',
      once(/^BLPOP/, says(['q', '1'])),
      /answers blpop q\S+ .* with \["q", "1"\]$/,
    ],
    ['a list without an element to BRPOP', once(/^BRPOP/, says(['q'])), /answers brpop q\S+ .* with \["q"\]$/],
    ['a member twice to SMEMBERS', once(/^SMEMBERS/, says(['a', 'a'])), /answers smembers m\S+ "[ab]" with /],
    ['a word for a score', once(/^ZRANGE/, says(['a', 'many'])), /answers zrange z\S+ null with \["a", "many"\]$/],
    ['a member without a score to ZPOPMIN', once(/^ZPOPMIN/, says(['a'])), /answers zpopmin z\S+ null with \["a"\]$/],
    ['a number to PING', once(/^PING/, says(7)), /answers PING with \(integer\) 7$/],
    ['a number to HELLO', once(/^HELLO/, says(7)), /answers HELLO with \(integer\) 7$/],
    ['two replies to one', once(/^GET/, says({ raw: '$1\r\na\r\n$1\r\nb\r\n' })), /a reply that nothing asked for: /],
    ['no RESP', once(/^GET/, says({ raw: 'HTTP/1.1 200 OK\r\n' })), /sends bytes that are no RESP: /],
    ['endless depths', once(/^GET/, says({ raw: '*1\r\n'.repeat(1000) })), /sends bytes that are no RESP: /],
    ['a length below nothing', once(/^GET/, says({ raw: '$-7\r\n' })), /sends bytes that are no RESP: /],
  ])('%s', async (_, liar, message) => {
    // A proxy that is told to lie to PING or HELLO is to be asked by clients, not when the workload looks who is there.
    let connections = 0;
    const addresses = await addressesOf((argv, forward) =>
      ['PING', 'HELLO'].includes(argv[0]!) && connections++ === 0 ? forward() : liar(argv, forward),
    );
    const iterations = await new TestWorkload(addresses).run(20, isBroken);
    const { wrongAnswers } = iterations.at(-1)!;
    expect(wrongAnswers.length).toBeGreaterThan(0);
    expect(wrongAnswers[0]).toMatch(message);
    expect(wrongAnswers[0]!.startsWith(`${addresses[0]} `)).toBe(true);
  });
});

it('what comes out of band is no answer', async () => {
  const push: Liar = async (argv, forward) => {
    const reply = await forward();
    return argv[0] === 'GET' && reply === null ? { raw: '>2\r\n+invalidate\r\n+x\r\n$-1\r\n' } : reply;
  };
  const iterations = await new TestWorkload(await addressesOf(push)).run(3);
  expect(iterations.filter(isBroken)).toEqual([]);
});

/** As a replica answers. */
const readOnly = error("READONLY You can't write against a read only replica.");
const writes = new Set(
  (
    'SET INCR APPEND DEL SETNX PEXPIRE HSET HSETNX HINCRBY HDEL LPUSH RPUSH LPOP RPOP LMOVE BLPOP BRPOP BLMPOP BLMOVE ' +
    'SADD SREM SPOP SMOVE ZADD ZINCRBY ZREM ZPOPMIN ZPOPMAX BZPOPMIN BZPOPMAX BZMPOP'
  ).split(' '),
);

it('a replica that takes no writes is asked for reads, and is no hindrance', async () => {
  const count = { reads: 0, refused: 0, written: 0 };
  const main: Liar = (argv, forward) => {
    if (writes.has(argv[0]!)) count.written++;
    return forward();
  };
  const replica: Liar = (argv, forward) => {
    if (argv[0] === 'GET') count.reads++;
    if (!writes.has(argv[0]!)) return forward();
    count.refused++;
    return Promise.resolve(readOnly);
  };
  const iterations = await new TestWorkload(await addressesOf(main, replica)).run(6);
  // What is refused certainly did not happen: else these histories would have no explanation.
  expect(iterations.filter(isBroken)).toEqual([]);
  expect(count.reads).toBeGreaterThan(20);
  expect(count.refused).toBeGreaterThan(0);
  // Each client may find out once; then only the few that are to notice when roles change.
  expect(count.refused).toBeLessThan(count.written / 5);
});

it('a replica that takes no writes is not what keeps keys from being deleted', async () => {
  const fresh = await startTestNode();
  const liars: Liar[] = [
    (_, forward) => forward(),
    (argv, forward) => (writes.has(argv[0]!) ? Promise.resolve(readOnly) : forward()),
  ];
  proxies = await Promise.all(liars.map((liar) => LyingProxy.start(fresh.port, liar)));
  const addresses = proxies.map(({ port }) => `127.0.0.1:${port}`);
  // In the first iteration nobody leaves in mid-command: nothing can arrive after the deletion.
  for (let seed = 1; seed <= 10; seed++) await new TestWorkload(addresses, { seed, operations: 5 }).iterate();
  const client = await RawClient.connect(fresh.port);
  expect(await client.call('DBSIZE')).toBe(0);
  client.close();
  await fresh.drain();
});

it('a replica that becomes the main server is asked for writes again', async () => {
  let main = 0;
  const written = [0, 0];
  const server =
    (index: number): Liar =>
    (argv, forward) => {
      if (!writes.has(argv[0]!)) return forward();
      if (main !== index) return Promise.resolve(readOnly);
      written[index]!++;
      return forward();
    };
  const workload = new TestWorkload(await addressesOf(server(0), server(1)));
  await workload.run(3);
  expect(written[1]).toBe(0);
  main = 1;
  const before = written[0];
  const iterations = await workload.run(5);
  expect(iterations.filter(isBroken)).toEqual([]);
  expect(written[0]).toBe(before);
  expect(written[1]).toBeGreaterThan(20);
});

it('a server that falls silent is waited for, and then told of', async () => {
  let count = 0;
  const silent: Liar = (_, forward) => (++count > 100 ? new Promise(() => undefined) : forward());
  const addresses = await addressesOf(silent);
  await expect(new TestWorkload(addresses, { patienceMs: 300 }).run(3)).rejects.toThrow(
    /cannot be (reached any more: it takes connections, but does not answer|read any more: no answer)$/,
  );
});

it('a server that answers everything but reads is told of', async () => {
  const silent: Liar = (argv, forward) => (argv[0] === 'GET' ? new Promise(() => undefined) : forward());
  const addresses = await addressesOf(silent);
  await expect(
    new TestWorkload(addresses, { patienceMs: 100, operations: 3, types: ['string'] }).run(1),
  ).rejects.toThrow(`${addresses[0]} cannot be read any more: no answer`);
});

it('a server that answers everything but HELLO is told of', async () => {
  const silent: Liar = (argv, forward) => (argv[0] === 'HELLO' ? new Promise(() => undefined) : forward());
  const addresses = await addressesOf(silent);
  const workload = new TestWorkload(addresses, { patienceMs: 50, operations: 3 });
  // Half of the clients greet with PING; some day one does not.
  await expect(workload.run(1000)).rejects.toThrow(`${addresses[0]} cannot be `);
});
