import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveCommand } from '../../src/commands/resolve.ts';
import { allCommands } from '../../src/commands/all-commands.ts';
import { createCommandTable } from '../../src/commands/table.ts';
import { arbitraryCommands } from '../support/arbitrary-command.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner } from '../support/command-runner.ts';

const table = createCommandTable(allCommands);

const arbitraryHistory = historyOf(arbitraryCommands);

describe('any commands', () => {
  it('are undone without a trace, replayed from their effects, and run again with the same replies', () => {
    fc.assert(fc.property(arbitraryHistory, arbitraryHistory, checkUndo), { numRuns: 500 });
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
