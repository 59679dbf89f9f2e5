/** `valthree workload` against servers that answer what nobody asked: it reports them, and does not fall over itself. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { error, simple } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import { LyingProxy, type Liar } from '../support/lying-proxy.ts';
import { valthree } from '../support/node-process.ts';
import { startTestNode } from '../support/test-node.ts';

const directory = mkdtempSync(join(tmpdir(), 'valthree-lies-'));
let node: RunningNode;
let proxies: LyingProxy[] = [];
beforeAll(async () => {
  node = await startTestNode();
});
afterEach(async () => {
  for (const proxy of proxies) await proxy.close();
  proxies = [];
});
afterAll(async () => {
  await node.drain();
  rmSync(directory, { recursive: true });
});

async function workload(liars: readonly Liar[], ...words: string[]) {
  proxies = await Promise.all(liars.map((liar) => LyingProxy.start(node.port, liar)));
  const addresses = proxies.map(({ port }) => `127.0.0.1:${port}`);
  const flags = ['--addrs', addresses.join(','), '--seed', '7', '--iterations', '3', ...words];
  return { ...(await valthree(['workload', ...flags])), addresses };
}

/** Lies to the n-th command of this name, outside of transactions. */
function once(command: string, n: number, lie: Liar): Liar {
  let count = 0;
  let isQueueing = false;
  return (argv, forward) => {
    if (argv[0] === 'MULTI' || argv[0] === 'EXEC') isQueueing = argv[0] === 'MULTI';
    return argv[0] === command && !isQueueing && ++count === n ? lie(argv, forward) : forward();
  };
}

describe('an answer that the question cannot have is a broken promise', () => {
  it.each<[string, string, Liar, RegExp]>([
    ['a number to GET', 'GET', () => Promise.resolve(5), /answers get \S+ null with \(integer\) 5$/m],
    ['a text to INCR', 'INCR', () => Promise.resolve('five'), /answers incr \S+ null with "five"$/m],
    [
      'a map to SET',
      'SET',
      () => Promise.resolve({ kind: 'map', items: ['a', 1] }),
      /answers set .* \["a", \(integer\) 1\]/,
    ],
    ['QUEUED to SET', 'SET', () => Promise.resolve(simple('QUEUED')), /answers set \S+ "\d+" with QUEUED$/m],
    [
      'one reply too few to EXEC',
      'EXEC',
      async (_, forward) => ((await forward()) as string[]).slice(1),
      /answers (txn|incr) /,
    ],
    [
      'an error among the replies of EXEC',
      'EXEC',
      async (_, forward) => ((await forward()) as string[]).map(() => error('ERR half')),
      /answers (txn|incr) .*\(error\) ERR half/,
    ],
    ['a line to WATCH', 'WATCH', () => Promise.resolve(simple('NO')), /answers incr \S+ null with NO$/m],
    [
      'two replies to one',
      'GET',
      () => Promise.resolve({ raw: '$1\r\na\r\n$1\r\nb\r\n' }),
      /sends a reply that nothing asked for: /,
    ],
    ['no RESP', 'GET', () => Promise.resolve({ raw: 'HTTP/1.1 200 OK\r\n' }), /sends bytes that are no RESP: /],
  ])('%s', async (name, command, lie, message) => {
    const artifacts = join(directory, name.replaceAll(' ', '-'));
    const { code, stdout, stderr, addresses } = await workload([once(command, 3, lie)], '--artifacts', artifacts);
    expect([code, stderr]).toEqual([1, '']);
    expect(stdout).toContain('a promise was broken: answers that nothing that was asked can have\n');
    expect(stdout).toMatch(message);
    expect(stdout).toContain(`  ${addresses[0]} `);
    const [file] = readdirSync(artifacts).filter((one) => one.endsWith('.answers.txt'));
    expect(readFileSync(join(artifacts, file!), 'utf8')).toMatch(message);
  });
});

it('what comes out of band is no answer', async () => {
  const push: Liar = async (argv, forward) => {
    const reply = await forward();
    return argv[0] === 'GET' && reply === null ? { raw: '>2\r\n+invalidate\r\n+x\r\n$-1\r\n' } : reply;
  };
  expect(await workload([push])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('nothing found') as unknown,
  });
});

it('a replica that takes no writes is asked for reads, and is no hindrance', async () => {
  const writes = ['SET', 'INCR', 'APPEND', 'DEL', 'SETNX', 'PEXPIRE'];
  const readOnly: Liar = (argv, forward) =>
    writes.includes(argv[0]!)
      ? Promise.resolve(error("READONLY You can't write against a read only replica."))
      : forward();
  const asked = [0, 0];
  const counting =
    (index: number, liar: Liar): Liar =>
    (argv, forward) => {
      if (argv[0] === 'GET') asked[index]!++;
      return liar(argv, forward);
    };
  const { code, stdout } = await workload([counting(0, (_, forward) => forward()), counting(1, readOnly)]);
  expect([code, stdout]).toEqual([
    0,
    expect.stringMatching(/nothing found: 3 iterations, \d+ operations, [89]\d\.\d % /),
  ]);
  for (const count of asked) expect(count).toBeGreaterThan(100);
});

it('a server that falls silent is waited for, and then told of', async () => {
  let count = 0;
  const silent: Liar = (_, forward) => (++count > 100 ? new Promise(() => undefined) : forward());
  const { code, stderr, addresses } = await workload([silent], '--duration', '1s');
  expect(code).toBe(2);
  expect(stderr).toContain(`${addresses[0]} cannot be reached any more: it takes connections, but does not answer\n`);
});
