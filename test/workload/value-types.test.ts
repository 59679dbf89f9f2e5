/** Promises about hashes, lists, sets and sorted sets that servers break: the workload finds each by its model. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Reply } from '../../src/resp/reply.ts';
import type { RunningNode } from '../../src/server/node.ts';
import type { ValueType } from '../../src/workload/plan.ts';
import { isBroken } from '../../src/workload/runner.ts';
import { LyingProxy, type Liar } from '../support/lying-proxy.ts';
import { startTestNode } from '../support/test-node.ts';
import { TestWorkload } from '../support/test-workload.ts';

let node: RunningNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.drain());

/** What the first such command is answered is what those like it are answered too, as long as there is something. */
function repeats(command: RegExp): Liar {
  const first = new Map<string, Reply>();
  return async (argv, forward) => {
    const text = argv.join(' ');
    const asked = argv.slice(0, 2).join(' ');
    const before = first.get(asked);
    const reply = await forward();
    if (!command.test(text)) return reply;
    if (before === undefined) {
      if (isSomething(reply)) first.set(asked, reply);
      return reply;
    }
    return isSomething(reply) ? before : reply;
  };
}

function isSomething(reply: Reply): boolean {
  if (typeof reply !== 'object' || reply === null) return reply !== null;
  return Array.isArray(reply) ? reply.length > 0 : 'items' in reply && reply.items.length > 0;
}

/** The client is told that it is done. */
function forgets(command: RegExp, reply: Reply): Liar {
  return (argv, forward) => (command.test(argv.join(' ')) ? Promise.resolve(reply) : forward());
}

it.each<[string, ValueType, Liar]>([
  ['a hash as it was before', 'hash', repeats(/^HGETALL h/)],
  ['a field that is not deleted', 'hash', forgets(/^HDEL \S+ a$/, 1)],
  ['an element that goes to two clients', 'list', repeats(/^[LR]POP q/)],
  ['an element that is moved away from nobody', 'list', repeats(/^LMOVE q/)],
  ['an element that a client who waits gets a second time', 'list', repeats(/^B[LR]POP q\S+ q/)],
  ['an element that is acknowledged and lost', 'list', forgets(/^RPUSH q\S+ \d+$/, 1)],
  ['a client that gives up before its time is over', 'list', forgets(/^B[LR]POP/, null)],
  ['a member that is popped and stays', 'set', repeats(/^SPOP m/)],
  ['a member that is moved nowhere', 'set', forgets(/^SMOVE/, 1)],
  ['a member that two clients get', 'sorted-set', repeats(/^ZPOPM\w+ z/)],
  ['a score that is not counted up', 'sorted-set', forgets(/^ZINCRBY/, '3')],
])('%s', async (_, type, liar) => {
  const proxy = await LyingProxy.start(node.port, liar);
  const workload = new TestWorkload([`127.0.0.1:${proxy.port}`], { types: [type], operations: 60, keys: 1 });
  const last = (await workload.run(10, isBroken)).at(-1)!;
  expect(last.wrongAnswers).toEqual([]);
  const found = last.judgements.filter(({ verdict }) => verdict.verdict === 'illegal');
  const models = {
    string: '',
    hash: 'valkey-hash',
    list: 'valkey-lists',
    set: 'valkey-sets',
    'sorted-set': 'valkey-sorted-set',
  };
  expect(found.map(({ verdict }) => verdict.model)).toEqual([models[type]]);
  await proxy.close();
});
