/**
 * The same random commands on sets to this node and to a real server, but for the order of members. What chance chooses
 * is compared where it has no choice; test/commands/set.test.ts holds it to its bounds elsewhere.
 */
import { arbitrarySetCommands, single } from '../support/arbitrary-set-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { compareCommands, isSameExpiry } from '../support/compare-commands.ts';
import { unordered } from '../support/unordered.ts';

compareCommands('commands on sets are those of a real server', {
  commands: arbitrarySetCommands,
  look: [...arbitraryKeys, single].flatMap((key) => [
    ['SMEMBERS', key],
    ['PEXPIRETIME', key],
  ]),
  show: unordered,
  isVain: isSameExpiry,
});
