/**
 * The same random commands on hashes to this node and to a real server, but for the order of fields. The expiry of
 * fields, which Redis 7.0 does not know, is held against a model elsewhere.
 */
import { arbitraryHashCommands } from '../support/arbitrary-hash-command.ts';
import { arbitraryKeys } from '../support/arbitrary-words.ts';
import { compareCommands, isSameExpiry } from '../support/compare-commands.ts';
import { unordered } from '../support/unordered.ts';

compareCommands('commands on hashes are those of a real server', {
  commands: arbitraryHashCommands,
  look: arbitraryKeys.flatMap((key) => [
    ['HGETALL', key],
    ['PEXPIRETIME', key],
  ]),
  show: unordered,
  isVain: isSameExpiry,
});
