import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Keyspace, newRecording } from '../../src/keyspace/keyspace.ts';
import type { Effect } from '../../src/keyspace/effect.ts';
import { resolveCommand } from '../../src/commands/resolve.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import { createCommandTable } from '../../src/commands/table.ts';
import { encode } from '../../src/resp/encode.ts';
import type { Reply } from '../../src/resp/reply.ts';
import { arbitraryCommands } from '../support/arbitrary-command.ts';
import { arbitraryHashCommands } from '../support/arbitrary-hash-command.ts';
import { arbitraryListCommands } from '../support/arbitrary-list-command.ts';
import { arbitrarySetCommands } from '../support/arbitrary-set-command.ts';
import { CommandRunner, isSubmitted, type Submitted } from '../support/command-runner.ts';

const table = createCommandTable(allCommands);

/** On strings only, or on every type, in turns. */
const arbitraryFamilies = fc.oneof(
  arbitraryCommands,
  fc
    .tuple(arbitraryHashCommands, arbitraryListCommands, arbitrarySetCommands)
    .map((families) => families[1].flatMap((_, i) => families.flatMap((commands) => commands.slice(i, i + 1)))),
);

/** Commands, and how much time passes after each; some expire on the way. */
const arbitraryHistory = fc
  .tuple(
    arbitraryFamilies,
    fc.array(
      fc.oneof(
        fc
          .tuple(fc.constantFrom('PEXPIRE', 'PSETEX'), fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '50'))
          .map(([name, key, ms]) => (name === 'PSETEX' ? [name, key, ms, 'v'] : [name, key, ms])),
        fc.constantFrom(['FLUSHALL'], ['KEYS', '*'], ['DBSIZE'], ['EXPIRE', 'a', '1', 'LT'], ['TTL', 'b']),
      ),
      { maxLength: 20 },
    ),
    fc.array(fc.constantFrom(0, 0, 1, 30, 1000), { minLength: 1, maxLength: 20 }),
  )
  .map(([commands, extra, pauses]) => {
    const mixed = commands.flatMap((command, index) => [command, ...extra.slice(index, index + 1)]);
    return mixed.map((words, index) => ({ words, pauseMs: pauses[index % pauses.length] as number }));
  });
type History = typeof arbitraryHistory extends fc.Arbitrary<infer T> ? T : never;

function play(runner: CommandRunner, history: History): Effect[] {
  return history.flatMap(({ words, pauseMs }) => {
    runner.now += pauseMs;
    runner.run(...words);
    return runner.effects;
  });
}

/** Keys come in any order. */
function show(reply: Reply): string {
  if (Array.isArray(reply)) return `[${(reply as Reply[]).map(show).sort().join()}]`;
  return encode(reply, 3);
}

describe('any commands', () => {
  it('are undone without a trace, replayed from their effects, and run again with the same replies', () => {
    fc.assert(
      fc.property(arbitraryHistory, arbitraryHistory, (before, speculative) => {
        const runner = new CommandRunner();
        const { keyspace } = runner;
        const copy = new Keyspace();
        for (const effect of play(runner, before)) copy.apply(effect);
        const dump = keyspace.dump();
        expect(copy.dump()).toEqual(dump);

        const client = runner.connect();
        const recording = newRecording();
        const executed: { at: number; submitted: Submitted; reply: Reply }[] = [];
        for (const { words, pauseMs } of speculative) {
          runner.now += pauseMs;
          const submitted = client.submit(...words);
          if (!isSubmitted(submitted)) continue;
          executed.push({ at: runner.now, submitted, reply: submitted.execute(recording) });
        }
        const after = keyspace.dump();
        for (const effect of recording.effects) copy.apply(effect);
        expect(copy.dump()).toEqual(after);

        keyspace.rollback(recording);
        expect(keyspace.dump()).toEqual(dump);

        for (const { at, submitted, reply } of executed) {
          runner.now = at;
          expect(show(submitted.execute(recording))).toBe(show(reply));
        }
        expect(keyspace.dump()).toEqual(after);
      }),
      { numRuns: 500 },
    );
  });

  it('that say they only read delete nothing but what has expired', () => {
    fc.assert(
      fc.property(arbitraryHistory, (history) => {
        const runner = new CommandRunner();
        for (const { words, pauseMs } of history) {
          const command = resolveCommand(table, words);
          runner.now += pauseMs;
          const before = runner.keyspace.dump();
          runner.run(...words);
          if (command.kind === 'error' || !command.flags.includes('readonly')) continue;
          for (const effect of runner.effects) {
            expect(effect.kind).toBe('delete');
            const expired = before.filter(([, , , expireAt]) => expireAt !== undefined && expireAt <= runner.now);
            expect(expired.map(([db, key]) => [db, key])).toContainEqual([
              effect.db,
              'key' in effect ? effect.key : '',
            ]);
          }
        }
      }),
    );
  });
});
