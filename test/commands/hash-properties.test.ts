/** What must hold for any commands on hashes: the expiry of fields is that of a naive model, and all can be undone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { allCommands } from '../../src/commands/all-commands.ts';
import { createCommandTable } from '../../src/commands/table.ts';
import { isError } from '../../src/resp/reply.ts';
import { arbitraryFieldExpiryCommands, arbitraryFields } from '../support/arbitrary-hash-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { NaiveHashes } from '../support/naive-hashes.ts';
import { unordered } from '../support/unordered.ts';

const table = createCommandTable(allCommands);

const pauses = fc.array(fc.constantFrom(0, 0, 1, 30, 1000), { minLength: 1, maxLength: 10 });

describe('any commands on hashes', () => {
  it('answer as a naive model does, however time passes', () => {
    fc.assert(
      fc.property(arbitraryFieldExpiryCommands, pauses, (commands, times) => {
        const runner = new CommandRunner();
        const model = new NaiveHashes();
        const looks = arbitraryKeys.flatMap((key) => [
          ['HPEXPIRETIME', key, 'FIELDS', String(arbitraryFields.length), ...arbitraryFields],
          ['HGETALL', key],
        ]);
        for (const [index, words] of [...commands, ...looks].entries()) {
          runner.now += times[index % times.length]!;
          // A command that the model does not know, or that is refused, is none to either.
          if (new NaiveHashes().answer(words, runner.now) === undefined) continue;
          const ours = runner.run(...words);
          if (isError(ours)) expect(runner.effects.filter(({ kind }) => kind !== 'deleteFields')).toEqual([]);
          else expect(unordered(ours), JSON.stringify(words)).toBe(unordered(model.answer(words, runner.now)!));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('that say they only read delete nothing but what has expired', () => {
    fc.assert(
      fc.property(arbitraryFieldExpiryCommands, pauses, (commands, times) => {
        const runner = new CommandRunner();
        for (const [index, words] of commands.entries()) {
          runner.now += times[index % times.length]!;
          runner.run(...words);
          if (!table.find(words[0]!)!.flags.includes('readonly')) continue;
          for (const effect of runner.effects) expect('event' in effect && effect.event).toMatch(/^h?expired$/);
        }
      }),
    );
  });

  it('are undone without a trace, replayed from their effects, and run again with the same replies', () => {
    const histories = historyOf(arbitraryFieldExpiryCommands);
    fc.assert(fc.property(histories, histories, checkUndo), { numRuns: 300 });
  });
});
