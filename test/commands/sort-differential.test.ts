/**
 * The same random SORT commands to this node and to a real server. Elements of a set that nothing orders are compared as
 * a set, or counted where LIMIT takes some.
 */
import type { Reply } from '../../src/resp/reply.ts';
import { arbitrarySortCommands, isUnordered } from '../support/arbitrary-sort-command.ts';
import { compareCommands } from '../support/compare-commands.ts';
import { unordered } from '../support/unordered.ts';

function isLimited(words: readonly string[]): boolean {
  return words.some((word) => word.toUpperCase() === 'LIMIT');
}

function show(reply: Reply, words: readonly string[]): unknown {
  if (!isUnordered(words) || !Array.isArray(reply) || words[0] === 'COMMAND') return reply;
  return isLimited(words) ? reply.length : unordered(reply);
}

compareCommands('SORT is that of a real server', {
  commands: arbitrarySortCommands,
  show,
  // Where BY or GET leads nowhere for members of a set, the order of what is missed is that of the set; and with LIMIT,
  // which members are looked at.
  told: (events, words) =>
    events
      .filter(([name]) => !isLimited(words) || name !== 'keymiss')
      .map((event) => event.join(' '))
      .toSorted(),
});
