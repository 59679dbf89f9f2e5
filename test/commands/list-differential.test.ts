/** The same random commands on lists to this node and to a real server. */
import { int64Min } from '../../src/resp/integer.ts';
import { arbitraryListCommands } from '../support/arbitrary-list-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { compareCommands, isSameExpiry } from '../support/compare-commands.ts';

compareCommands('commands on lists are those of a real server', {
  commands: arbitraryListCommands,
  look: arbitraryKeys.flatMap((key) => [
    ['LRANGE', key, '0', '-1'],
    ['PEXPIRETIME', key],
  ]),
  // Redis 7.0 takes counts and ranks that have no positive counterpart; Valkey cuts an index of LSET to 32 bits, and so
  // finds an element where there is none.
  isComparable(words, reference) {
    if (reference.name === 'valkey') return words[0] !== 'LSET' || words[2]!.length <= 11;
    return !/^(LPOS|LREM)$/.test(words[0]!) || !words.includes(String(int64Min));
  },
  // An LTRIM that removes nothing, and an expiry that is set again.
  isVain: (event, runner) => (event[0] === 'ltrim' && runner.effects.length === 0) || isSameExpiry(event, runner),
});
