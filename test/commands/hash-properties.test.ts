/** What must hold for any commands on hashes: the expiry of fields is that of a naive model, and all can be undone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isError } from '../../src/resp/reply.ts';
import { arbitraryFieldExpiryCommands, arbitraryFields } from '../support/arbitrary-hash-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { checkUndo, historyOf } from '../support/check-undo.ts';
import { CommandRunner } from '../support/command-runner.ts';
import { NaiveHashes } from '../support/naive-hashes.ts';
import { unordered } from '../support/unordered.ts';

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

  it('are undone without a trace, replayed from their effects, and run again with the same replies', () => {
    const histories = historyOf(arbitraryFieldExpiryCommands);
    fc.assert(fc.property(histories, histories, checkUndo), { numRuns: 300 });
  });
});
