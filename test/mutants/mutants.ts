/**
 * Bugs that somebody might put into the code, each as a replacement in a source file. `npm run mutants` plants them one
 * at a time in a copy of the sources and shows what finds them; they are never in what ships. A mutant whose text is
 * not in its file any more is an error: then the code has changed and the mutant must follow.
 */
import { journalMutants } from './journal-mutants.ts';
import { typeMutants } from './type-mutants.ts';
import type { Mutant } from './mutant.ts';

export const mutants: readonly Mutant[] = [
  {
    name: 'a PUT without If-Match',
    file: 'src/log/plain/plain-log.ts',
    find: "base.etag === undefined ? { ifNoneMatch: '*' as const } : { ifMatch: base.etag }",
    replace: '{}',
  },
  {
    name: 'replies before the commit',
    file: 'src/engine/engine.ts',
    find: 'this.#appendsUnderWay++;\n    const promise',
    replace: 'this.#appendsUnderWay++;\n    round.proven = true;\n    this.#settleProven();\n    const promise',
  },
  {
    name: 'a blind retry: 412 after a time-out taken for lost',
    file: 'src/log/plain/plain-log.ts',
    find: "ambiguous ||= result.failure !== 'unavailable' && result.failure !== 'denied';",
    replace: '',
  },
  {
    name: 'reads from memory, without asking the store',
    file: 'src/log/plain/plain-log.ts',
    find: 'const outcome = await this.#read(this.#version, deadline);',
    replace:
      "await Promise.resolve();\n    if (Date.now() > 0) return { kind: 'current' };\n    const outcome = await this.#read(this.#version, deadline);",
  },
  {
    name: 'a read proven by a GET that was sent before it arrived',
    file: 'src/engine/engine.ts',
    find: "      case 'current':\n",
    replace:
      "      case 'current':\n        if (!this.#open.writes && this.#open.tasks.length > 0 && this.#sealed.at(-1) === round) {\n          this.#sealed.push(this.#open);\n          this.#open.proven = true;\n          this.#open = new Round(0);\n        }\n",
  },
  {
    name: 'a rollback that forgets deletions',
    file: 'src/keyspace/keyspace.ts',
    find: "      case 'delete':\n        inverses?.push(database.imageOf(db, effect.key));",
    replace: "      case 'delete':",
  },
  {
    name: 'a rollback that forgets expiries',
    file: 'src/keyspace/keyspace.ts',
    find: "      case 'setExpiry':\n        inverses?.push(database.imageOf(db, effect.key));",
    replace: "      case 'setExpiry':",
  },
  {
    name: 'a rollback in the order of the effects',
    file: 'src/keyspace/keyspace.ts',
    find: 'for (let i = recording.inverses.length - 1; i >= to.inverses; i--)',
    replace: 'for (let i = to.inverses; i < recording.inverses.length; i++)',
  },
  {
    name: 'after a conflict, commands run again in another order',
    file: 'src/engine/engine.ts',
    find: 'for (const round of rounds) {\n      const isProven',
    replace: 'for (const round of rounds.toReversed()) {\n      const isProven',
  },
  {
    name: 'a conflict that drops the second half of its batch',
    file: 'src/engine/engine.ts',
    find: 'for (const waiting of this.#tasksOf(round, late)) {',
    replace:
      'for (const [index, waiting] of [...this.#tasksOf(round, late)].entries()) {\n        if (index > 0 && index >= round.tasks.length / 2) {\n          waiting.task.settle(round.replies[index] as Reply);\n          continue;\n        }',
  },
  {
    name: 'a WATCH that does not see what other nodes change',
    file: 'src/log/plain/apply-image.ts',
    find: 'for (const [db, wanted] of image.entries()) {',
    replace:
      'const { watches } = keyspace;\n  const { touch } = watches;\n  watches.touch = () => undefined;\n  queueMicrotask(() => {\n    watches.touch = touch;\n  });\n  for (const [db, wanted] of image.entries()) {',
  },
  {
    name: 'a trail that forgets too early, taken for "did not happen"',
    file: 'src/log/plain/plain-log.ts',
    find: 'return base.unique && newest.unique && newest.trail.includes(base.trail[0] as CommitId);',
    replace: 'return base.trail !== newest.trail;',
  },
  {
    name: 'a trail in which a writer does not look for its own commit',
    file: 'src/log/plain/plain-log.ts',
    find: 'if (version.trail.includes(of.id)) {',
    replace: 'if (version.trail[0] === of.id) {',
  },
  {
    name: 'ETags that come back: bodies without anything of their own',
    file: 'src/log/plain/plain-log.ts',
    find: 'const id = newCommitId(this.#options.environment.random);',
    replace: 'const id = absentId;',
  },
  {
    name: "keys that expire by each node's own clock",
    file: 'src/keyspace/view.ts',
    find: "      this.keyspace.apply({ kind: 'delete', db: this.db, key, event: expired });\n",
    replace: '',
  },
  {
    name: 'an acknowledgement after 409',
    file: 'src/log/plain/plain-log.ts',
    find: "        if (result.failure === 'denied') return failure(ambiguous, reason);",
    replace:
      "        if (result.failure === 'denied') return failure(ambiguous, reason);\n        if (reason.includes('fault=conflict')) return { kind: 'committed' };",
  },
  {
    name: 'an uncertain write reported as not written',
    file: 'src/engine/engine.ts',
    find: "kind === 'uncertain' && round.taskWrites(index) ? 'uncertain' : 'unavailable'",
    replace: "kind === 'uncertain' && !round.taskWrites(index) ? 'uncertain' : 'unavailable'",
  },
  {
    name: 'a conflict after which what is new is not taken over',
    file: 'src/engine/engine.ts',
    find: '    news?.changes.applyTo(this.#options.keyspace);\n',
    replace: '',
  },
  {
    name: 'a conflict without a rollback',
    file: 'src/engine/engine.ts',
    find: '      this.#options.keyspace.rollback(round.recording);\n',
    replace: '',
  },
  {
    name: 'a read released although a write before it is not settled',
    file: 'src/engine/engine.ts',
    find: 'if (!round.proven) break;',
    replace: 'if (!round.proven && round.writes) continue;',
  },
  {
    name: 'replies in the order in which they become known',
    file: 'src/server/reply-line.ts',
    find: '    if (first?.done !== true) return undefined;',
    replace:
      '    if (first?.done !== true) {\n      const second = first?.next;\n      if (first === undefined || second?.done !== true || this.#length < 3) return undefined;\n      first.next = second.next;\n      this.#length--;\n      this.#bytes -= second.bytes;\n      return second;\n    }',
  },
  {
    name: 'EXEC whatever has become of the watched keys',
    file: 'src/commands/transactions.ts',
    find: 'if (watches.some(({ tripped }) => tripped)) return nullArray;',
    replace: '',
  },
  {
    name: 'a commit that forgets all databases but the first',
    file: 'src/log/plain/plain-format.ts',
    find: 'if (others.length > 0) members.push',
    replace: 'if (others.length < 0) members.push',
  },
  {
    name: 'an edit by hand under the trail taken for an own commit',
    file: 'src/log/plain/trail.ts',
    find: 'isIntact: checksum === checksumOf(body.slice(0, -space.length))',
    replace: "isIntact: checksum !== ''",
  },
  {
    name: 'a commit taken for lost because of an edit that may be taken back',
    file: 'src/log/plain/plain-log.ts',
    find: 'return base.unique && newest.unique && newest.trail',
    replace: 'return base.unique && newest.trail',
    test: 'test/log/plain-fate.test.ts',
  },
  {
    name: 'a commit taken for lost although what it stood on has come back',
    file: 'src/log/plain/plain-log.ts',
    find: 'return base.unique && newest.unique && newest.trail',
    replace: 'return newest.unique && newest.trail',
    test: 'test/log/plain-fate.test.ts',
  },
  {
    name: 'a connection that leaves its watches behind',
    file: 'src/server/client-session.ts',
    find: '    this.#closed = this.#closing = true;\n    this.unwatch();\n',
    replace: '    this.#closed = this.#closing = true;\n',
  },
  {
    name: 'expired keys that stay where a deletion has failed',
    file: 'src/engine/expiry-cycle.ts',
    find: 'this.schedule(isError(reply) ? retryMs : 0);',
    replace: 'if (!isError(reply)) this.schedule();',
  },
  {
    name: 'expired keys that nobody deletes',
    file: 'src/engine/expiry-cycle.ts',
    find: '    this.#timerAt = expireAt;\n    this.#timer = timers.set(',
    replace: '    this.#timerAt = expireAt;\n    if (expireAt > 0) return;\n    this.#timer = timers.set(',
  },
  {
    name: 'a node that asks the store every second although nobody asks it',
    file: 'src/engine/expiry-cycle.ts',
    find: '        this.#clear();\n        this.#run();\n      },',
    replace:
      '        this.#clear();\n        this.#run();\n        timers.set(() => { this.#run(); }, 1000);\n      },',
  },
  {
    name: 'a damaged answer believed to be what is stored',
    file: 'src/log/plain/plain-log.ts',
    find: "if (outcome.kind === 'read' || ++damagedReads",
    replace: "if (outcome.kind === 'read' || ++damagedReads > 0 || damagedReads",
    test: 'test/log/plain-log.test.ts',
  },
  {
    name: 'a 412 taken for "nothing was written" although nobody can read what is there',
    file: 'src/log/plain/plain-log.ts',
    find: 'return failure(true, outcome.reason);',
    replace: 'return failure(of.ambiguous, outcome.reason);',
    test: 'test/log/plain-fate.test.ts',
  },
  {
    name: 'news that a proof brings, told to commands that came after it was asked for',
    file: 'src/engine/engine.ts',
    find: '[] : rounds.slice(0, rounds.indexOf(bearer) + 1);',
    replace: '[] : rounds;',
  },
  {
    name: 'a part of what is new taken for the proof that nothing else is',
    file: 'src/engine/engine.ts',
    find: 'return isPartial === true ? []',
    replace: 'return isPartial === undefined && rounds.length < 0 ? []',
  },
  {
    name: 'a commit that forgets expiries',
    file: 'src/log/plain/plain-format.ts',
    find: 'return expireAt === undefined ? tagged',
    replace: 'return expireAt !== 0 ? tagged',
  },
  {
    name: "another node's change taken for the own commit under way",
    file: 'src/log/plain/plain-log.ts',
    find: 'version.trail[0] === this.#underWay)',
    replace: 'version.trail[0] !== this.#underWay)',
  },
  {
    name: 'a database that cannot be read is written over',
    file: 'src/log/plain/plain-log.ts',
    find: '      if (!(cause instanceof FormatError)) throw cause;\n',
    replace:
      "      if (cause instanceof FormatError) {\n        const image = Array.from({ length: this.#options.databaseCount }, () => new Map<never, never>());\n        return { kind: 'read', version: { etag, image, trail: [idOfForeign(etag)], unique: true } };\n      }\n      if (!(cause instanceof Error)) throw cause;\n",
  },
  {
    name: 'a node that waits for ever after a failed write',
    file: 'src/engine/engine.ts',
    find: '    this.#recovering = false;\n',
    replace: '',
  },
  {
    name: 'a file that is not synced before it is renamed',
    file: 'src/store/file/file-store.ts',
    find: '      await temporary.file.sync();\n',
    replace: '',
    test: 'test/store/power-cut.test.ts',
  },
  {
    name: 'a rename that is acknowledged before its directory is synced',
    file: 'src/store/file/file-store.ts',
    find: '      this.#durability.syncDirectory(dirname(path)),\n    ]);',
    replace: '    ]);',
    test: 'test/store/power-cut.test.ts',
  },
  {
    name: 'a version that is read before it is on the disk for certain',
    file: 'src/store/file/file-store.ts',
    find: 'this.#durability.ensure(path, etag, file)',
    replace: 'undefined',
    test: 'test/store/power-cut.test.ts',
  },
  {
    name: 'EXEC that runs whatever memory is used',
    file: 'src/commands/transactions.ts',
    find: 'context.server.isOutOfMemory && steps',
    replace: '!context.server.isOutOfMemory && steps.length < 0 && steps',
    test: 'test/server/maxmemory.test.ts',
  },
  ...typeMutants,
  ...journalMutants,
];
