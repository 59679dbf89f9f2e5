/**
 * Bugs that somebody might put into the code, each as a replacement in a source file. `npm run mutants` plants them one
 * at a time in a copy of the sources and shows what finds them; they are never in what ships. A mutant whose text is
 * not in its file any more is an error: then the code has changed and the mutant must follow.
 */
export interface Mutant {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
  /** A test that must find it where the simulator, which has no disk, cannot. */
  readonly test?: string;
}

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
    name: 'journal: a commit acknowledged before the one that it stands on',
    file: 'src/log/journal/pipeline.ts',
    find: '    if (!isVoid()) await this.#settle();',
    replace:
      "    if (pending.outcome.kind === 'stored') pending.resolve({ kind: 'committed' });\n    if (!isVoid()) await this.#settle();",
  },
  {
    name: 'journal: a record taken for valid whatever its parent',
    file: 'src/log/journal/chain.ts',
    find: 'if (record.parent !== tip.id) {\n        tip',
    replace: 'if (record.number < 0) {\n        tip',
  },
  {
    name: 'journal: a claim taken for a valid record',
    file: 'src/log/journal/chain.ts',
    find: 'if (record.parent !== tip.id) {\n        tip',
    replace: "if (record.parent !== tip.id && record.parent !== 'claim') {\n        tip",
  },
  {
    name: 'journal: a claim stepped over that is not known to be there',
    file: 'src/log/journal/claim-sender.ts',
    find: "if (outcome.kind !== 'taken') return undefined;",
    replace: "if (outcome.kind !== 'taken') return number;",
    test: 'test/engine/turns.test.ts',
  },
  {
    name: 'journal: a node that never lets another write first',
    file: 'src/log/journal/turns.ts',
    find: 'if ((this.#latest.get(writer) ?? -Infinity) > time) return;',
    replace: 'if (writer !== this.#options.writer) return;',
    test: 'test/engine/turns.test.ts',
  },
  {
    name: 'journal: records under way that name the last acknowledged one as their parent',
    file: 'src/log/journal/pipeline.ts',
    find: 'const parent = last?.id ?? follower.tip.id;',
    replace: 'const parent = follower.tip.id;',
  },
  {
    name: 'journal: a number used again after another node has taken it',
    file: 'src/log/journal/pipeline.ts',
    find: '    return this.#recent.includes(id);',
    replace: "    return id !== '';",
  },
  {
    name: 'journal: a put without If-None-Match',
    file: 'src/log/journal/record-sender.ts',
    find: "{ ifNoneMatch: '*', timeoutMs }",
    replace: '{ timeoutMs }',
  },
  {
    name: 'journal: 412 taken for lost without looking who is there',
    file: 'src/log/journal/record-sender.ts',
    find: "return by.content.id === id ? { kind: 'stored', date: by.date } : { kind: 'taken', by };",
    replace: "return { kind: 'taken', by };",
  },
  {
    name: 'journal: an own commit that was given up, met in the log and taken for known',
    file: 'src/log/journal/pipeline.ts',
    find: '    this.#recent = this.#recent.filter((id) => failed.every((pending) => pending.id !== id));\n',
    replace: '',
  },
  {
    name: 'journal: what stands on an uncertain commit reported as lost',
    file: 'src/log/journal/pipeline.ts',
    find: "const mayBeThere = outcome.kind === 'uncertain' && pending.outcome?.kind !== 'unavailable';",
    replace: 'const mayBeThere = false as boolean;',
  },
  {
    name: 'journal: a proof taken for one although writes under way make it unclear',
    file: 'src/log/journal/journal-log.ts',
    find: 'number !== tip.next || !this.#pipeline.isEmpty || follower.tip !== tip',
    replace: '!this.#pipeline.isEmpty || follower.tip !== tip',
  },
  {
    name: 'journal: a proof behind writes under way that covers reads before them',
    file: 'src/engine/engine.ts',
    find: 'i >= 0 && this.#sealed[i]?.writes === false; i--) {\n          (this.#sealed[i] as Round).proven = true;',
    replace:
      'i >= 0; i--) {\n          if (this.#sealed[i]?.writes === false) (this.#sealed[i] as Round).proven = true;',
  },
  {
    name: 'journal: the rule of the dates switched off',
    file: 'src/log/journal/heads.ts',
    find: 'date - freshAt < this.#graceMs / 2)',
    replace: 'date - freshAt < Infinity)',
  },
  {
    name: 'journal: a head that was read elsewhere taken for news of the end of the log',
    file: 'src/log/journal/heads.ts',
    find: '    this.#take(fetched.content, fetched.date);\n',
    replace: '    this.#take(fetched.content, fetched.date);\n    this.#freshAt = fetched.date;\n',
  },
  {
    name: 'journal: a snapshot one key short',
    file: 'src/log/journal/snapshot-run.ts',
    find: 'for (const image of images) yield* groupsOfEntry(',
    replace: 'for (const image of images.slice(0, 2)) yield* groupsOfEntry(',
  },
  {
    name: 'journal: the expiry of a value in pieces left out of a snapshot',
    file: 'src/log/journal/pieces.ts',
    find: 'yield isFirst ? [effect, ...expiry] : [effect];',
    replace: "yield isFirst && effect.kind !== 'writeString' ? [effect, ...expiry] : [effect];",
    test: 'test/log/pieces.test.ts',
  },
  {
    name: 'EXEC that runs whatever memory is used',
    file: 'src/commands/transactions.ts',
    find: 'context.server.isOutOfMemory && steps',
    replace: '!context.server.isOutOfMemory && steps.length < 0 && steps',
    test: 'test/server/maxmemory.test.ts',
  },
  {
    name: 'journal: a snapshot that holds what came after it',
    file: 'src/log/journal/database-image.ts',
    find: 'if (this.#isWanted[slot] === 0) return;',
    replace: 'if (this.#isWanted[slot] !== 3) return;',
  },
  {
    name: 'journal: a snapshot of commits that were rolled back',
    file: 'src/log/journal/snapshot-run.ts',
    find: '    this.#isAborted = true;\n',
    replace: '    this.#isCommitted = true;\n',
  },
  {
    name: 'journal: parts of a snapshot that was replaced, named again',
    file: 'src/log/journal/snapshot-run.ts',
    find: 'if (base?.name !== snapshot) {',
    replace: 'if (base === undefined) {',
    test: 'test/log/snapshots-in-turns.test.ts',
  },
  {
    name: 'journal: changed parts taken for written',
    file: 'src/log/journal/database-image.ts',
    find: 'if (changedAt > number) hasChanged',
    replace: 'if (changedAt > number + 1) hasChanged',
  },
  {
    name: "journal: a part taken for unchanged although another node's record changed it",
    file: 'src/log/journal/follower.ts',
    find: 'snapshotter.noteRecord(keyspace, number, length);',
    replace: 'snapshotter.noteRecord(keyspace, from.next - 1, length);',
  },
  {
    name: 'journal: a database that was swapped taken for unchanged',
    file: 'src/keyspace/keyspace.ts',
    find: '        for (const moved of [database, this.database(effect.withDb)]) moved.observer?.beforeMove();\n',
    replace: '',
    test: 'test/log/tracked-database.test.ts',
  },
  {
    name: 'journal: collection one record too far',
    file: 'src/log/journal/collector.ts',
    find: 'const first = oldest.at + graceMs < now ? oldest.number : 0;',
    replace: 'const first = oldest.at + graceMs < now ? head.log.number + 1 : 0;',
  },
  {
    name: 'journal: collection without the grace period',
    file: 'src/log/journal/collector.ts',
    find: 'const first = oldest.at + graceMs < now ? oldest.number : 0;',
    replace: 'const first = head.log.number;',
  },
  {
    name: 'journal: what is obsolete let go of with snapshots only',
    file: 'src/log/journal/pipeline.ts',
    find: '        this.#options.pruner?.consider();\n',
    replace: '',
    test: 'test/log/pruner.test.ts',
  },
  {
    name: 'journal: a node that has slept writes without asking first',
    file: 'src/log/journal/pipeline.ts',
    find: 'heads.mayBeBehind ? await this.#obstacleTo(pending) : undefined',
    replace: 'heads.mayBeBehind ? undefined : undefined',
    test: 'test/log/journal-log.test.ts',
  },
  {
    name: 'journal: collection that does not know of branches',
    file: 'src/log/journal/collector.ts',
    find: 'number < first && !head.branches.some(',
    replace: 'number < first || head.branches.some(',
  },
  {
    name: 'journal: snapshots collected although branches need them',
    file: 'src/log/journal/collector.ts',
    find: '      ...head.branches.map(({ from, snapshot })',
    replace: '      ...head.branches.slice(0, 0).map(({ from, snapshot })',
  },
  {
    name: 'journal: a branch whose origins are forgotten one snapshot too early',
    file: 'src/log/journal/snapshot-run.ts',
    find: 'filter(({ until }) => until >= first - 1)',
    replace: 'filter(({ until }) => until >= point.number)',
  },
  {
    name: 'journal: a branch of a commit that is not kept any more',
    file: 'src/log/journal/branches.ts',
    find: 'head?.database !== database || !keeps(head, branch))',
    replace: 'head?.database !== database)',
    test: 'test/log/time-machine.test.ts',
  },
  {
    name: 'journal: a past that begins one head too late',
    file: 'src/log/journal/retention.ts',
    find: '    heads.findLastIndex(',
    replace: '    1 + heads.findLastIndex(',
  },
  {
    name: 'journal: restoring that leaves keys which came later',
    file: 'src/keyspace/difference.ts',
    find: 'isGone(after.find(key), now)) effects.push',
    replace: 'isGone(after.find(key), now) && now < 0) effects.push',
  },
  {
    name: 'journal: a command that lets go of what nodes are to keep',
    file: 'src/log/journal/pruner.ts',
    find: '    if (graceMs === 0) return;\n',
    replace: '',
    test: 'test/log/pruner.test.ts',
  },
  {
    name: 'journal: parts of a snapshot under way collected',
    file: 'src/log/journal/collector.ts',
    find: 'modifiedAt < newestAt - dateToleranceMs',
    replace: 'modifiedAt < now - dateToleranceMs',
    test: 'test/log/pruner.test.ts',
  },
  {
    name: 'journal: the past let go of between snapshots although it is to be kept',
    file: 'src/log/journal/pruner.ts',
    find: 'now, { graceMs, retainMs })',
    replace: 'now, { graceMs: 0, retainMs: retainMs * 0 })',
  },
  {
    name: 'journal: a new head that does not ask whether the old one is still there',
    file: 'src/log/journal/heads.ts',
    find: '{ ifMatch: etag, timeoutMs }',
    replace: '{ timeoutMs }',
  },
];
