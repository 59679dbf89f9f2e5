/** Bugs of hashes, lists, sets and sorted sets, and of clients that wait for elements. */
import type { Mutant } from './mutant.ts';

export const typeMutants: readonly Mutant[] = [
  {
    name: 'types: a hash that keeps a field which another node has deleted',
    file: 'src/keyspace/hash/apply-hash-effect.ts',
    find: '  for (const field of effect.fields) {\n    const expireAt',
    replace:
      '  for (const field of inverses === undefined ? effect.fields.slice(1) : effect.fields) {\n    const expireAt',
  },
  {
    name: 'types: a rollback that forgets what a field of a hash was before',
    file: 'src/keyspace/hash/apply-hash-effect.ts',
    find: "      : { kind: 'setFields', db, key, fields: [field, value] },",
    replace: "      : { kind: 'deleteFields', db, key, fields: [field] },",
  },
  {
    name: 'types: a pop that is rolled back to the other end of its list',
    file: 'src/keyspace/list/apply-list-effect.ts',
    find: "inverses?.push({ kind: 'pushElements', db, key, side, elements: elements.reverse() });",
    replace:
      "inverses?.push({ kind: 'pushElements', db, key, side: side === 'left' ? 'right' : 'left', elements: elements.reverse() });",
  },
  {
    name: 'types: a pop that names an element and takes the one at the other end',
    file: 'src/commands/list/take.ts',
    find: "  view.apply({ kind: 'popElements', key, side, count: 1 });\n  return element;",
    replace:
      "  view.apply({ kind: 'popElements', key, side: side === 'left' ? 'right' : 'left', count: 1 });\n  return element;",
  },
  {
    name: 'types: a member popped from a set that stays, and another one that goes',
    file: 'src/commands/set/random.ts',
    find: "key, members: popped, event: 'spop'",
    replace: "key, members: [...set].slice(0, popped.length), event: 'spop'",
  },
  {
    name: 'types: a rollback that forgets what a score was before',
    file: 'src/keyspace/sorted-set/apply-sorted-set-effect.ts',
    find: 'before.push(old);',
    replace: 'before.push(score);',
  },
  {
    name: 'types: a client who waited is answered before the commit that serves him has won',
    file: 'src/server/blocking/blocking-task.ts',
    find: '      return super.execute(nowMs);\n',
    replace:
      '      const reply = super.execute(nowMs);\n      if (this.#isBlocked && !this.#isEmptyHanded) {\n        this.settle(reply);\n        this.settle = () => undefined;\n      }\n      return reply;\n',
  },
  {
    name: 'types: a client who waits hears nothing of what other nodes do',
    file: 'src/server/node-server.ts',
    find: 'this.waiting.count > 0 || this.#notifier.isHeard',
    replace: 'this.#notifier.isHeard',
  },
  {
    name: 'types: a client who waits gives up before his time is over',
    file: 'src/server/blocking/blocking-task.ts',
    find: 'const leftMs = this.#startedAtMs + this.#wait.timeoutMs - clock.monotonic();',
    replace: 'const leftMs = this.#startedAtMs + this.#wait.timeoutMs / 2 - clock.monotonic();',
  },
  {
    name: 'types: a client who has gone stays in the line of those who wait',
    file: 'src/server/blocking/blocking-task.ts',
    find: '    this.#host.waiting.remove(this);\n    const wasBlocked',
    replace: '    const wasBlocked',
  },
];
